import { setTimeout as sleep } from "node:timers/promises";
import { isAppError } from "#server/lib/errors";

/** A wait that the third party asks for, once for each request. */
const PATIENCE_MS = 15_000;

/** Once more after a short wait, when that is all the third party asks for. */
export async function patiently<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const waitMs = isAppError(error) && error.code === "provider_rate_limited" ? error.retryAfterMs : undefined;
    if (waitMs === undefined || waitMs > PATIENCE_MS) throw error;
    await sleep(waitMs, undefined, { signal });
    return work();
  }
}
