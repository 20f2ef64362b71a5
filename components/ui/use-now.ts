"use client";

import { useSyncExternalStore } from "react";

const EVERY_MS = 5_000;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

function tick(): void {
  now = Date.now();
  for (const tell of listeners) tell();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  // Who comes later brings the others up to date: two times on one page never disagree.
  if (Date.now() - now > 1_000) tick();
  timer ??= setInterval(tick, EVERY_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/**
 * The time in ms: one clock for the whole page, ticking only while something shows it. The server knows no later than its own now;
 * the browser's first look is no moment at all (0), and is then replaced.
 */
export function useNow(): number {
  return useSyncExternalStore(
    subscribe,
    () => now,
    () => (typeof window === "undefined" ? Date.now() : 0),
  );
}
