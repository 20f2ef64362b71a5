import type { Ctx } from "#server/lib/context";
import { type AppError, isAppError } from "#server/lib/errors";
import type { Claim, LegInput, StreamRef } from "#workflows/contract";
import { pokeEndpoints } from "../webhooks/poke-endpoints";
import { CIRCUIT_CODES } from "./circuit";
import { decideRun, placed } from "./claim-run";
import { finishRun } from "./finish-run";
import type { LightLegs } from "./light-legs";
import type { LegTally } from "./pull-pages";
import { syncLeg } from "./sync-leg";

/**
 * One turn of a stream's keeper: decides what is next and, where that is only to read what is new at the source, does it at once, ends the run, and
 * says what is next after that. So a sync that finds little costs one wake of its workflow and no task of a queue. Whatever does not come to
 * its end here (much that is new, a source that fails or does not answer, no place among the light ones) goes through the queue, as a run that
 * is open; a second attempt is the fence's business.
 */
export async function takeTurn(ctx: Ctx, input: StreamRef, legs: LightLegs): Promise<Claim> {
  const next = await decideRun(ctx, input);
  const place = next.kind === "run" && next.light ? await legs.enter(input.streamId) : null;
  if (next.kind !== "run" || !place) return placed(ctx, input.streamId, next);
  const runId = next.runId;
  const answer = AbortSignal.timeout(legs.limits.answerMs);
  const tally = await lightLeg(ctx, { ...input, runId }, answer, legs.limits.pagesMs).finally(() => place.leave(answer.aborted));
  if (isAppError(tally)) {
    const { code, message } = tally;
    await pokeEndpoints(ctx); // a few were taken
    await finishRun(ctx, { ...input, runId, outcome: { kind: "failed", code, message, retryAfterMs: null } });
    return placed(ctx, input.streamId, await decideRun(ctx, input));
  }
  if (tally !== null && tally.changed > 0) await pokeEndpoints(ctx);
  if (tally?.waitMs !== undefined) return { kind: "wait", waitMs: tally.waitMs };
  if (!tally?.done && !tally?.paused) return placed(ctx, input.streamId, next);
  const dueInMs = await finishRun(ctx, { ...input, runId, outcome: { kind: tally.done ? "succeeded" : "paused" } });
  if (dueInMs !== null) return { kind: "wait", waitMs: dueInMs };
  const after = await decideRun(ctx, input);
  // One light run a wake: the others' turns come in between.
  return after.kind === "run" && after.light ? { kind: "wait", waitMs: 0 } : placed(ctx, input.streamId, after);
}

/**
 * Null: it came to nothing here; the leg that goes through the queue meets the same trouble, and says what it is. An error: nearly everything was
 * held back (see circuit.ts), which another page would only show once more.
 */
async function lightLeg(ctx: Ctx, input: LegInput, signal: AbortSignal, pagesMs: number): Promise<LegTally | AppError | null> {
  try {
    return await syncLeg(ctx, input, { signal, untilMs: performance.now() + pagesMs, beat: () => {} });
  } catch (error) {
    if (isAppError(error) && CIRCUIT_CODES.includes(error.code)) return error;
    ctx.log.debug({ err: error, streamId: input.streamId }, "a light leg came to nothing");
    return null;
  }
}
