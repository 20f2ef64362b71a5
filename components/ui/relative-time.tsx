"use client";

import { useSyncExternalStore } from "react";
import { formatExact, formatPast, formatPlanned, formatUtc } from "#components/ui/format";

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

/** One clock for every time on the page, ticking only while something shows it. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  now = Date.now();
  timer ??= setInterval(() => {
    now = Date.now();
    for (const tell of listeners) tell();
  }, 10_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

type RelativeTimeProps = {
  date: Date | null;
  className?: string;
  fallback?: string /** Something to come; else it has happened. */;
  planned?: boolean;
};

/** A moment in words ("3 min ago"), the exact one on hover. The server does not know the reader's zone: until the browser has taken over, the exact one is in UTC. */
export function RelativeTime({ date, className, fallback = "never", planned = false }: RelativeTimeProps) {
  const current = useSyncExternalStore(
    subscribe,
    () => now,
    // The server knows no later than its own now; the browser's first look is no moment at all, and is then replaced.
    () => (typeof window === "undefined" ? Date.now() : 0),
  );
  if (date === null) return <span className={className}>{fallback}</span>;
  const hydrated = current !== 0 && typeof window !== "undefined";
  return (
    <time
      dateTime={date.toISOString()}
      title={hydrated ? formatExact(date) : formatUtc(date)}
      className={className}
      suppressHydrationWarning
    >
      {current !== 0 ? (planned ? formatPlanned : formatPast)(date, Math.max(current, 0)) : formatUtc(date)}
    </time>
  );
}
