import { useCallback, useEffect, useRef } from "react";
import { newNonce } from "./channel";

const KEY = "inlay";
const marked = (mark: string) => (window.history.state as Record<string, unknown> | null)?.[KEY] === mark;

/**
 * The browser's Back leads to the screen before, and from the first screen off the page, as ever. The frame holds one entry of
 * the history at most, however deep one goes, so that a page that takes the frame away is not left with a row of dead entries;
 * and it never goes back by itself, because the entry before may be the page's. Forward onto that entry calls `again`, which opens what
 * Back has left. Returns what to call as a screen is opened.
 */
export function useBrowserBack(depth: number, back: () => void, again: () => void): () => void {
  const mark = useRef("");
  const latest = useRef({ depth, back, again });
  latest.current = { depth, back, again };
  useEffect(() => {
    mark.current ||= newNonce();
    const onPop = () => {
      const { depth: deep, back: leave, again: reopen } = latest.current;
      if (marked(mark.current)) return deep < 2 ? reopen() : undefined; // forward onto our own entry: a person, or we ourselves (below)
      if (deep < 2) return window.history.back();
      leave();
      if (deep > 2) window.history.forward(); // one entry stands for all screens below the first
    };
    window.addEventListener("popstate", onPop);
    return () => window.removeEventListener("popstate", onPop);
  }, []);
  return useCallback(() => {
    // Without a click of the customer it would be an entry that browsers skip, and rightly.
    if (!mark.current || marked(mark.current) || navigator.userActivation?.isActive === false) return;
    window.history.pushState({ ...window.history.state, [KEY]: mark.current }, "");
  }, []);
}
