"use client";

import { type RefObject, useCallback, useEffect, useRef } from "react";

/** What newer browsers add to the observer: whether an element is really seen, with nothing over it and no effect on it. */
type Seen = IntersectionObserverEntry & { isVisible?: boolean };
type Watching = IntersectionObserverInit & { trackVisibility: boolean; delay: number };

/** How often the browser looks: the least it allows. */
const LOOK_MS = 100;
/** What only fades in or is scrolled by is seen within this time. */
const PATIENCE_MS = 400;

const canTell = () => typeof IntersectionObserverEntry !== "undefined" && "isVisible" in IntersectionObserverEntry.prototype;

/**
 * Tells whether a person can see `target`: nothing of the page around lies over it, and it is neither faint nor distorted. By such means a page
 * that frames us could lead a press here unseen. `isSeen` waits a moment for what is just appearing. Browsers that cannot tell say yes.
 */
export function useUncovered<T extends Element>(target: RefObject<T | null>): () => Promise<boolean> {
  const seen = useRef(false);
  const heard = useRef<() => void>(() => {});
  useEffect(() => {
    if (!target.current || !canTell()) return;
    const watching: Watching = { threshold: [0, 1], trackVisibility: true, delay: LOOK_MS };
    const observer = new IntersectionObserver((entries) => {
      seen.current = (entries.at(-1) as Seen | undefined)?.isVisible === true;
      heard.current();
    }, watching);
    observer.observe(target.current);
    return () => observer.disconnect();
  }, [target]);
  return useCallback(async () => {
    if (!canTell() || seen.current) return true;
    await new Promise<void>((resolve) => {
      heard.current = () => seen.current && resolve();
      setTimeout(resolve, PATIENCE_MS);
    });
    heard.current = () => {};
    return seen.current;
  }, []);
}
