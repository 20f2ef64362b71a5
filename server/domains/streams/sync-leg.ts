import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";
import { openSource } from "#server/runtime/source";
import type { LegInput } from "#workflows/contract";
import { beginLeg } from "./begin-leg";
import { type LegTally, type Pace, pullPages } from "./pull-pages";
import { remapRecords } from "./remap-records";
import { StaleAttempt } from "./write-page";

/** How long a leg works before it gives its slot back, so that one customer's backfill does not hold up the others. */
export const LEG_MS = 5_000;

/**
 * One leg of a run: pages until about {@link LEG_MS} are over. Every page is committed with its cursor, so a leg that dies
 * loses at most a page that was never written. Throws StaleAttempt when another attempt is at work.
 */
export async function syncLeg(ctx: Ctx, input: LegInput, pace: Pace): Promise<LegTally> {
  try {
    return await runLeg(ctx, input, pace);
  } catch (error) {
    if (isAppError(error)) await noteFailure(ctx, input.runId, error.message);
    throw error;
  }
}

/** Keeps what went wrong, in the third party's words, with the run: a workflow's history is no place for them. */
async function noteFailure(ctx: Ctx, runId: string, message: string): Promise<void> {
  const { environmentId, customerId } = ctx.scope;
  await readScoped(
    ctx,
    (sql) => sql`
    update runs set error_message = ${message.slice(0, 1_000)}
     where id = ${runId} and environment_id = ${environmentId} and customer_id = ${customerId ?? ""} and status = 'running'`,
  ).catch((error: unknown) => ctx.log.warn({ err: error, runId }, "the reason of a failure could not be kept"));
}

async function runLeg(ctx: Ctx, input: LegInput, pace: Pace): Promise<LegTally> {
  const leg = await beginLeg(ctx, input);
  if (!leg) throw new StaleAttempt(`run ${input.runId} is no longer the stream's run`);
  if (leg.kind === "remap") return remapRecords(ctx, { streamId: input.streamId, runId: input.runId, leg }, pace);
  const source = await openSource(ctx, {
    vendorId: input.vendorId,
    environmentId: input.environmentId,
    customerId: input.customerId,
    connectionId: leg.connectionId,
    object: leg.object,
    phase: leg.phase,
  });
  return pullPages(ctx, { streamId: input.streamId, runId: input.runId, leg, source }, pace);
}
