import { type AppError, isAppError } from "#server/lib/errors";
import type { TakenWish } from "./outbox";
import { backOff, hold, type Ready, settle } from "./push-ready";

/** A record that cannot be looked at is left to a person after so many attempts, when others can be; else they may all be out of reach. */
const MOST_ATTEMPTS = 5;
/** A day, at the longest wait between two. */
const MOST_ALONE = 28;

type Trouble = { wish: TakenWish; error: AppError };

/**
 * Records of one batch that could not be looked at, or looked for. Each waits by itself, so that it does not hold the others up. When none of those
 * that were asked for could be, it is the stream's trouble, but for records that have been tried often enough.
 */
export function createPutOffs(signal: AbortSignal) {
  const troubles: Trouble[] = [];
  let asked = 0;
  const isAlone = () => troubles.length === asked;

  /** Something of one record was asked for. */
  const ask = () => {
    asked++;
  };
  /** What is no answer about this one record is thrown on. */
  function note(wish: TakenWish, error: unknown): void {
    const isOfOne = isAppError(error) && (error.code === "provider_unavailable" || error.code === "provider_invalid_response");
    if (signal.aborted || !isOfOne) throw error;
    troubles.push({ wish, error });
  }
  /** What becomes of them, once all of the batch were asked for. */
  function settled(): Ready[] {
    const most = isAlone() ? MOST_ALONE : MOST_ATTEMPTS;
    return troubles.map(({ wish, error: { code, message, retryAfterMs = 0 } }) => {
      if (wish.attempts + 1 >= most) return hold(wish, code, message, null, { attempted: true });
      const waitMs = Math.max(retryAfterMs, backOff(wish.attempts));
      return settle(wish, { result: "later", attempted: true, waitMs, code, message });
    });
  }
  /** The error that ends the leg; null = the stream goes on. */
  const trouble = (): AppError | null => (isAlone() ? (troubles.find(({ wish }) => wish.attempts < MOST_ATTEMPTS)?.error ?? null) : null);
  return { ask, note, settled, trouble };
}

export type PutOffs = ReturnType<typeof createPutOffs>;
