"use client";

import { type RefObject, useCallback } from "react";

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
 * that frames us could lead a press here unseen. It looks when it is asked, a moment longer for what is just appearing: a frame that looks all the
 * time is kept from its presses by the browser whenever it has moved. Browsers that cannot tell say yes.
 */
export function useUncovered<T extends Element>(target: RefObject<T | null>): () => Promise<boolean> {
  return useCallback(() => {
    const element = target.current;
    if (!element || !canTell()) return Promise.resolve(true);
    return new Promise((resolve) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const watching: Watching = { threshold: [0, 1], trackVisibility: true, delay: LOOK_MS };
      const observer = new IntersectionObserver((entries) => {
        if ((entries.at(-1) as Seen | undefined)?.isVisible === true) end(true);
        else timer ??= setTimeout(() => end(false), PATIENCE_MS);
      }, watching);
      const end = (seen: boolean) => {
        clearTimeout(timer);
        observer.disconnect();
        resolve(seen);
      };
      observer.observe(element);
    });
  }, [target]);
}
