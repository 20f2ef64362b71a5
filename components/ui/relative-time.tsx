"use client";

import { formatExact, formatPast, formatPlanned, formatUtc } from "#components/ui/format";
import { useNow } from "#components/ui/use-now";
import { useUiWords } from "#components/ui/words.tsx";

type RelativeTimeProps = {
  date: Date | null;
  className?: string;
  fallback?: string /** Something to come; else it has happened. */;
  planned?: boolean;
};

/** A moment in words ("3 min ago"), the exact one on hover. The server does not know the reader's zone: until the browser has taken over, the exact one is in UTC. */
export function RelativeTime({ date, className, fallback, planned = false }: RelativeTimeProps) {
  const current = useNow();
  const words = useUiWords();
  if (date === null) return <span className={className}>{fallback ?? words.never}</span>;
  const hydrated = current !== 0 && typeof window !== "undefined";
  return (
    <time
      dateTime={date.toISOString()}
      title={hydrated ? formatExact(date, words.locale) : formatUtc(date)}
      className={className}
      suppressHydrationWarning
    >
      {current !== 0 ? (planned ? formatPlanned : formatPast)(date, Math.max(current, 0), words) : formatUtc(date)}
    </time>
  );
}
