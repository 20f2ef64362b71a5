import { useCallback, useEffect, useRef } from "react";
import { newNonce } from "./channel";

const KEY = "inlay";
const marked = (mark: string) => (window.history.state as Record<string, unknown> | null)?.[KEY] === mark;

/**
 * The browser's Back leads to the screen before, and from the first screen off the page, as ever. The frame holds one entry of
 * the history at most, however deep one goes, so that a page that takes the frame away is not left with a row of dead entries;
 * and it never goes back by itself, because the entry before may be the page's. Returns what to call as a screen is opened.
 */
export function useBrowserBack(depth: number, back: () => void): () => void {
  const mark = useRef("");
  const latest = useRef({ depth, back });
  latest.current = { depth, back };
  useEffect(() => {
    mark.current ||= newNonce();
    const onPop = () => {
      if (marked(mark.current)) return; // forward again, to our own entry
      const { depth: deep, back: leave } = latest.current;
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
