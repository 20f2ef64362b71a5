"use client";

import { useEffect, useState } from "react";

async function readJson<T>(url: string): Promise<T> {
  const answer = await fetch(url, { cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as T;
}

/** Reads `url` now and every `everyMs` after each answer; keeps the last good answer. `failed` while the newest try did. */
export function usePolled<T>(url: string, everyMs: number): { data: T | null; failed: boolean } {
  const [state, setState] = useState<{ url: string; data: T | null; failed: boolean }>({ url, data: null, failed: false });
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = (data: T | null) => {
      if (stopped) return;
      setState((before) => ({ url, data: data ?? (before.url === url ? before.data : null), failed: data === null }));
      timer = setTimeout(() => void read(), everyMs);
    };
    const read = () => readJson<T>(url).then(tell, () => tell(null));
    void read();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [url, everyMs]);
  return { data: state.url === url ? state.data : null, failed: state.failed };
}

export const clock = (at: string | number | Date): string => new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" }).format(new Date(at));
