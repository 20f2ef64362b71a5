/** Calls a second that a key may make for ever, and how many at once after a rest. */
export const RATE = { perSecond: 100, burst: 1_000 } as const;

const MOST_KEYS = 10_000;

type Bucket = { tokens: number; atMs: number };

export type Allowance = {
  ok: boolean;
  remaining: number /** Until the bucket is full again, or, when refused, until the next call. */;
  resetMs: number;
};

/**
 * A token bucket a key, in this process's memory: a look-up elsewhere would cost more than the calls it guards. With several web
 * processes each has its own, so a key gets that many times as much. `now` is in ms.
 */
export function createRateLimit({ perSecond, burst }: { perSecond: number; burst: number } = RATE) {
  const buckets = new Map<string, Bucket>();
  return (key: string, now: number): Allowance => {
    let bucket = buckets.get(key);
    if (!bucket) {
      if (buckets.size >= MOST_KEYS) buckets.clear();
      bucket = { tokens: burst, atMs: now };
      buckets.set(key, bucket);
    }
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.atMs) * perSecond) / 1_000);
    bucket.atMs = now;
    const ok = bucket.tokens >= 1;
    if (ok) bucket.tokens -= 1;
    const missing = ok ? burst - bucket.tokens : 1 - bucket.tokens;
    return { ok, remaining: Math.floor(bucket.tokens), resetMs: (missing * 1_000) / perSecond };
  };
}
