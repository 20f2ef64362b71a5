/** A place; `slow`: its source was too slow for one. */
type Place = { leave(slow: boolean): void };

/** Who may read at once in a keeper's own turn, instead of through the queue. One for each worker. */
export type LightLegs = {
  /** A place, after a moment's wait where all are taken; null = through the queue, as does a stream whose source was too slow of late. */
  enter(streamId: string): Promise<Place | null>;
  readonly limits: LightLimits;
};

/**
 * When a light leg gives way to one through the queue: it begins no page after `pagesMs`, and a source has not answered for `answerMs`; a
 * place was waited for for `waitMs`.
 */
export type LightLimits = { pagesMs: number; answerMs: number; waitMs: number };
const LIMITS: LightLimits = { pagesMs: 1_500, answerMs: 4_000, waitMs: 300 };

/** A source that was too slow is read through the queue for so long. */
const SLOW_MS = 3_600_000;
const MOST_REMEMBERED = 10_000;
/** So many for each place may wait. */
const WAITING = 3;

/**
 * `most` at once, first come first served. Who has a place or waits for one holds on to a workflow task, of which a worker has forty, and what
 * somebody waits for needs one too. How many legs a customer and a vendor have is counted beside this, as of any leg.
 */
export function createLightLegs(most: number, nowMs: () => number, limits: LightLimits = LIMITS): LightLegs {
  let taken = 0;
  const slow = new Map<string, number>();
  const waiting = new Set<(placed: boolean) => void>();

  const placeOf = (streamId: string): Place => ({
    leave(wasSlow) {
      slow.delete(streamId);
      if (wasSlow) slow.set(streamId, nowMs());
      const [oldest] = slow.keys();
      if (slow.size > MOST_REMEMBERED && oldest !== undefined) slow.delete(oldest);
      taken--;
      const [next] = waiting;
      next?.(true);
    },
  });
  const called = () =>
    new Promise<boolean>((resolve) => {
      const end = (placed: boolean) => {
        clearTimeout(timer);
        waiting.delete(end);
        if (placed) taken++;
        resolve(placed);
      };
      const timer = setTimeout(end, limits.waitMs, false);
      waiting.add(end);
    });

  return {
    limits,
    async enter(streamId) {
      const since = slow.get(streamId);
      if (since !== undefined && nowMs() - since < SLOW_MS) return null;
      if (taken < most) {
        taken++;
        return placeOf(streamId);
      }
      return waiting.size < most * WAITING && (await called()) ? placeOf(streamId) : null;
    },
  };
}
