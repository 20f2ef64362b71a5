import type { Bucket } from "../protocols/schema";

/** Who goes first: a person who waits, a change somebody made just now, the schedule, a first import. */
export const RANKS = ["interactive", "realtime", "incremental", "backfill"] as const;
export type RequestClass = (typeof RANKS)[number];

/** Longer than this nobody waits in a slot: the request is refused with the time to come back. */
export const LONGEST_WAIT_MS = 5_000;

/** The part of a bucket that a class leaves to those above it. */
const LEFT_TO_OTHERS: Record<RequestClass, number> = { interactive: 0, realtime: 0.1, incremental: 0.2, backfill: 0.4 };
/** The part of a window that may be used up at once; the rest comes evenly. */
const AT_ONCE = 1 / 8;
/** Kept back, because the network stretches and shortens the distances between requests. */
const KEPT_BACK = 0.02;
/** How long a process may hold tokens that it took for its next requests. */
const LONGEST_HOLD_MS = 1_000;

/** What a bucket comes to: so many tokens at most, so many more each ms, and how long taken ones may be held unspent. */
export type Pace = { capacity: number; perMs: number; holdMs: number };

/**
 * The pace that keeps a declared limit. A window of `n` is kept by a bucket of `b` refilled with `n - b + 1` a window: no
 * window, wherever it begins, then sees more than `n`. Tokens held by a process are spent later than they were taken, which
 * would add what was refilled meanwhile; the capacity is smaller by just that, so any number of processes keeps the limit.
 */
export function paceOf({ requests, perMs, burst }: Pick<Bucket, "requests" | "perMs" | "burst">): Pace {
  const atOnce = burst ?? Math.max(1, Math.floor(requests * AT_ONCE));
  const rate = ((burst === undefined ? requests - atOnce + 1 : requests) * (1 - KEPT_BACK)) / perMs;
  const holdMs = rate * LONGEST_HOLD_MS < 1 ? 0 : Math.min(LONGEST_HOLD_MS, (0.5 * (atOnce - 1)) / rate);
  return { capacity: atOnce - rate * holdMs, perMs: rate, holdMs };
}

/** A class that was served so many tokens' time ago takes its next one before all others: a tenth of the pace is sure. */
const TURN_TOKENS = 10;

/** Whether it is the turn of a class that last got a token `sinceServedMs` ago: nobody waits for ever. */
export const isTurn = ({ perMs }: Pace, sinceServedMs: number): boolean => sinceServedMs * perMs >= TURN_TOKENS;

/** Tokens that a class does not touch, `sinceServedMs` after it last got one. */
export function reserveOf(klass: RequestClass, pace: Pace, sinceServedMs: number): number {
  if (isTurn(pace, sinceServedMs)) return 0;
  return Math.max(0, Math.min(LEFT_TO_OTHERS[klass] * pace.capacity, pace.capacity - 1));
}

/** Tokens as they stood at a moment. */
export type Level = { tokens: number; atMs: number };
export type Ask = { want: number; reserve: number; back: number };

/** Rounding must not cost the last token. */
const GRAIN = 1e-9;

export const levelAt = ({ tokens, atMs }: Level, pace: Pace, nowMs: number): number =>
  Math.min(pace.capacity, tokens + Math.max(0, nowMs - atMs) * pace.perMs);

/**
 * Takes whole tokens, at most `want`, and leaves `reserve`; `back` are tokens taken earlier and not spent. The statement in
 * store.ts does the same by the database's clock, which a test holds.
 */
export function take(level: Level, pace: Pace, ask: Ask, nowMs: number): { granted: number; level: Level } {
  const there = Math.min(pace.capacity, level.tokens + ask.back + Math.max(0, nowMs - level.atMs) * pace.perMs);
  const granted = Math.max(0, Math.min(ask.want, Math.floor(there - ask.reserve + GRAIN)));
  return { granted, level: { tokens: there - granted, atMs: Math.max(level.atMs, nowMs) } };
}

/** Until `ahead` others and then oneself can be served, in ms. */
export function waitFor(there: number, pace: Pace, klass: RequestClass, sinceServedMs: number, ahead: number): number {
  const until = (reserve: number) => Math.max(0, Math.ceil((reserve + ahead + 1 - there) / pace.perMs));
  const turn = Math.max(0, Math.ceil(TURN_TOKENS / pace.perMs - sinceServedMs));
  return Math.min(until(reserveOf(klass, pace, sinceServedMs)), Math.max(turn, until(0)));
}

export type SlotAsk = { limit: number; using: number; want: number };
/** Other processes' holdings; 0 = it waits for its first. */
export type Others = readonly number[];

/**
 * Up to how many requests a process may have under way of `limit`. While another process has none, nobody gets more than an
 * even share; what is under way beyond that ends first.
 */
export function slotsFor({ limit, want }: SlotAsk, others: Others): number {
  const free = Math.max(0, limit - others.reduce((sum, n) => sum + n, 0));
  const fair = others.includes(0) ? Math.max(1, Math.floor(limit / (others.length + 1))) : limit;
  return Math.min(want, free, fair);
}

/** After refusals in a row without a success between them, the wait grows: a source that says "0 s" is not asked at once for ever. */
export function waitAfter(saidMs: number, strikes: number): number {
  const LONGEST_GUESS_MS = 300_000;
  return Math.max(saidMs, Math.min(LONGEST_GUESS_MS, saidMs * 2 ** Math.max(0, Math.min(strikes, 12) - 2)));
}
