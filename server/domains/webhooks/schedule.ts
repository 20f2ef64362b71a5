const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Waits before attempt 1, 2, 3 … (Standard Webhooks' own example): about 3 days in all, then the delivery is dead. */
export const SCHEDULE_MS = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const;

const LONGEST_RETRY_AFTER_MS = 24 * HOUR;

/**
 * An endpoint that fails for so long without one success is switched off, once so many events have failed so often (some eight hours each):
 * one that is told little is not switched off for one event of last week and one bad moment today.
 */
export const FAILING_LIMIT_MS = 5 * 24 * HOUR;
export const FAILING_EVENTS = 2;
export const FAILING_ATTEMPTS = 6;
/** Who has asked us to slow down so often in a row is asked too seldom for any event to fail so often: then once is enough. */
export const FAILING_HOLDS = 20;

const FIRST_HOLD_MS = 5 * SECOND;
const LONGEST_HOLD_MS = 10 * MINUTE;

/** Whether an answer says that the receiver, or what stands before it, is overloaded: then not only this message waits. */
export const asksToSlowDown = (status: number | null, askedMs: number | null): boolean =>
  status === 429 || status === 502 || status === 504 || (status === 503 && askedMs !== null);

/** How long nothing is sent to an endpoint that has asked for it `holds` times in a row before: twice as long each time, at least what it asked for. */
export const holdMs = (holds: number, askedMs: number | null): number =>
  Math.max(Math.min(FIRST_HOLD_MS * 2 ** Math.min(holds, 20), LONGEST_HOLD_MS), askedMs ?? 0);

/** The Retry-After header in ms from `now`, in either of its two forms; null when absent or unreadable. */
export function retryAfterMs(header: string | undefined, now: Date): number | null {
  const value = header?.trim() ?? "";
  // Date.parse reads "120" as the year 120 and "-1" as 2001, so digits come first and a date must look like one.
  if (/^\d{1,9}$/.test(value)) return Math.min(Number(value) * SECOND, LONGEST_RETRY_AFTER_MS);
  if (!/^[A-Z][a-z]{2,8},? .* GMT$/.test(value)) return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.min(Math.max(at - now.getTime(), 0), LONGEST_RETRY_AFTER_MS);
}

/**
 * How long to wait after `attempts` failed attempts, ±20 %, at least what the receiver asked for; null = give up.
 * `chance` is a number in [0, 1).
 */
export function nextDelayMs(attempts: number, chance: number, askedMs: number | null): number | null {
  const base = SCHEDULE_MS[attempts];
  if (base === undefined) return null;
  return Math.round(Math.max(base * (0.8 + 0.4 * chance), askedMs ?? 0));
}
