import { activityInfo, Context, log } from "@temporalio/activity";
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from "@temporalio/common";
import { StaleAttempt } from "#server/domains/streams/stale-attempt";
import { ERRORS, isAppError } from "#server/lib/errors";
import { STALE } from "#workflows/contract";

/** Longer waits than this do not hold an attempt open: the run ends and the stream is due again when the wait is over. */
const LONGEST_WAIT_MS = 60_000;

/** An error as it may cross into a history: a code and our own words for it. What the third party said stays in Postgres. */
export function toFailure(error: unknown): Error {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  if (error instanceof StaleAttempt) return ApplicationFailure.create({ type: STALE, message: error.message, nonRetryable: true });
  if (!isAppError(error)) {
    return ApplicationFailure.create({ type: "platform_error", message: "an unexpected error; the worker's log has it" });
  }
  const wait = error.retryAfterMs ?? null;
  const tooLong = wait !== null && wait > LONGEST_WAIT_MS;
  return ApplicationFailure.create({
    type: error.code,
    message: ERRORS[error.code].vendor,
    nonRetryable: tooLong,
    details: wait === null ? [] : [wait],
    ...(wait === null || tooLong ? {} : { nextRetryDelay: Math.max(wait, 1) }),
  });
}

/** What can be begun anew at any time is given up when its process is to end; another does it. */
const CLOSED = ApplicationFailure.create({
  ...{ type: "platform_error", message: "the worker was closed; another one does this", nextRetryDelay: 1 },
  category: ApplicationFailureCategory.BENIGN,
});

/** Runs an activity's work with a heartbeat every two seconds, so that a worker that died is noticed in ten. */
export async function guarded<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), 2_000);
  try {
    return await work(context.cancellationSignal);
  } catch (error) {
    if (context.cancellationSignal.aborted && context.cancellationSignal.reason instanceof CancelledFailure)
      throw context.cancellationSignal.reason;
    if (error instanceof Error && error.name === "AbortError") throw CLOSED;
    if (!isAppError(error) && !(error instanceof StaleAttempt)) log.error("activity failed", { error, attempt: activityInfo().attempt });
    throw toFailure(error);
  } finally {
    clearInterval(timer);
  }
}
