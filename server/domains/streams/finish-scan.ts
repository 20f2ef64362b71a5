import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { Both } from "./both-ways";
import { type Guarded, guardOf } from "./delete-guard";
import { finishScanBoth } from "./finish-scan-both";
import { staleOr } from "./stale-attempt";

const BATCH = 5_000;

export type Finished = { missing: number; live: number; deleted: number; tripped: boolean; more: boolean; left_out: number };

/** What was held, and why. */
function trippedBy({ missing, live, left_out }: Finished): string {
  if (left_out === 0) return `${missing} of ${live} records did not come any more; none of them was deleted.`;
  const filtered = `the filter leaves out ${left_out} of ${live} records that are held`;
  return left_out === missing
    ? `${filtered}; none of them was deleted.`
    : `${filtered}, and ${missing - left_out} did not come any more; none of them was deleted.`;
}

export type Ending = {
  streamId: string;
  runId: string;
  leg: { fence: number; both: Both | null; settings: Guarded };
  /** Rows may have moved between the pages of the reading: one that it did not show is no more when the one before did not show it either. */
  moving?: boolean;
};

async function finishOne(ctx: Ctx, { streamId, runId, leg, moving = false }: Ending): Promise<Finished | undefined> {
  const { vendorId, environmentId, customerId } = ctx.scope;
  const { free, share } = guardOf(leg.settings);
  const [end] = await ctx.db.raw<Finished[]>`
    select missing, live, deleted, tripped, more, left_out from sync_finish_scan(
      ${vendorId}, ${environmentId}, ${customerId ?? ""}, ${streamId}, ${runId}, ${leg.fence}, ${BATCH}, ${moving}, ${free}, ${share})`;
  return end;
}

/**
 * Ends a run's reading: records that did not come in a whole one, or that the filter leaves out, become tombstones. Returns how many.
 * Does nothing when there are none such. Throws `delete_guard_tripped` when so many are missing that a person has to say so first; nothing is deleted then.
 */
export async function finishScan(ctx: Ctx, input: Ending): Promise<number> {
  let total = 0;
  for (;;) {
    const end = await (input.leg.both ? finishScanBoth(ctx, input, input.leg.both, BATCH) : finishOne(ctx, input)).catch(
      (error: unknown) => {
        throw staleOr(error);
      },
    );
    if (!end) throw new AppError("platform_error", "the reading was not ended");
    if (end.tripped) throw new AppError("delete_guard_tripped", trippedBy(end));
    total += end.deleted;
    if (!end.more) return total;
  }
}
