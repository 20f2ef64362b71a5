"use client";

import { startTransition, useEffect, useState } from "react";

/** What is in sight of anybody at once, and how much is added whenever the page has nothing else to do. */
const FIRST = 48;
const STEP = 96;

/** How many of a long list are drawn: the first ones at once, the others bit by bit, so that a key or a press never waits for them. Begins anew with each `of`. */
export function useGrowing(total: number, of: unknown): number {
  const [grown, setGrown] = useState({ of, n: FIRST });
  const n = grown.of === of ? grown.n : FIRST;
  useEffect(() => {
    if (n >= total) return;
    const timer = setTimeout(() => startTransition(() => setGrown({ of, n: n + STEP })), 60);
    return () => clearTimeout(timer);
  }, [n, total, of]);
  return Math.min(n, total);
}
