"use client";

import { useCallback, useState } from "react";

/** So many changes can be taken back. */
const MOST = 100;
/** Changes that follow each other so closely are one: a word typed is not taken back letter by letter. */
const TOGETHER_MS = 600;

type History<T> = { now: T | null; past: (T | null)[]; future: (T | null)[]; at: number };

/** A value with its changes, which can be taken back and made again. Null = nothing is edited: from there nothing is taken back any more. */
export function useUndone<T>() {
  const [{ now, past, future }, set] = useState<History<T>>({ now: null, past: [], future: [], at: 0 });
  const setEdited = useCallback((change: (before: T | null) => T | null) => {
    const at = Date.now();
    set((before) => {
      const next = change(before.now);
      if (next === null) return { now: null, past: [], future: [], at: 0 };
      const isOne = before.past.length > 0 && at - before.at < TOGETHER_MS;
      return { now: next, past: isOne ? before.past : [...before.past, before.now].slice(-MOST), future: [], at };
    });
  }, []);
  const undo = useCallback(
    () =>
      set((before) =>
        before.past.length === 0
          ? before
          : { now: before.past.at(-1) ?? null, past: before.past.slice(0, -1), future: [before.now, ...before.future], at: 0 },
      ),
    [],
  );
  const redo = useCallback(
    () =>
      set((before) =>
        before.future.length === 0
          ? before
          : { now: before.future[0] ?? null, past: [...before.past, before.now], future: before.future.slice(1), at: 0 },
      ),
    [],
  );
  return { edited: now, setEdited, undo: { may: past.length > 0, run: undo }, redo: { may: future.length > 0, run: redo } };
}
