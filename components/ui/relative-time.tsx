"use client";

import { formatExact, formatPast, formatPlanned, formatUtc } from "#components/ui/format";
import { useNow } from "#components/ui/use-now";

type RelativeTimeProps = {
  date: Date | null;
  className?: string;
  fallback?: string /** Something to come; else it has happened. */;
  planned?: boolean;
};

/** A moment in words ("3 min ago"), the exact one on hover. The server does not know the reader's zone: until the browser has taken over, the exact one is in UTC. */
export function RelativeTime({ date, className, fallback = "never", planned = false }: RelativeTimeProps) {
  const current = useNow();
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
