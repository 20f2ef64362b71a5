import type { Ctx } from "#server/lib/context";
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
