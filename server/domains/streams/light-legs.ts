/** Who may read at once in a keeper's own turn, instead of through the queue. One for each worker. */
export type LightLegs = {
  /** A place; null when all are taken, or when this stream's source was too slow of late. Call `leave` when it is over. */
  enter(streamId: string): { leave(slow: boolean): void } | null;
  readonly limits: LightLimits;
};

/** When a light leg gives way to one through the queue: it begins no page after `pagesMs`, and a source has not answered for `answerMs`. */
export type LightLimits = { pagesMs: number; answerMs: number };
const LIMITS: LightLimits = { pagesMs: 1_500, answerMs: 4_000 };

/** A source that was too slow is read through the queue for so long. */
const SLOW_MS = 3_600_000;
const MOST_REMEMBERED = 10_000;

/**
 * `most` at once: each holds on to a workflow task, of which a worker has forty, and what somebody waits for needs one too. How many legs a
 * customer and a vendor have is counted beside this, as of any leg.
 */
export function createLightLegs(most: number, nowMs: () => number, limits: LightLimits = LIMITS): LightLegs {
  let taken = 0;
  const slow = new Map<string, number>();
  return {
    limits,
    enter(streamId) {
      const since = slow.get(streamId);
      if (taken >= most || (since !== undefined && nowMs() - since < SLOW_MS)) return null;
      taken++;
      return {
        leave(wasSlow) {
          taken--;
          slow.delete(streamId);
          if (wasSlow) slow.set(streamId, nowMs());
          const [oldest] = slow.keys();
          if (slow.size > MOST_REMEMBERED && oldest !== undefined) slow.delete(oldest);
        },
      };
    },
  };
}
