import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { staleOr } from "./write-page";

const BATCH = 5_000;

type Finished = { missing: number; live: number; deleted: number; tripped: boolean; more: boolean; left_out: number };

/** What was held, and why. */
function trippedBy({ missing, live, left_out }: Finished): string {
  if (left_out === 0) return `${missing} of ${live} records did not come any more; none of them was deleted.`;
  const filtered = `the filter leaves out ${left_out} of ${live} records that are held`;
  return left_out === missing
    ? `${filtered}; none of them was deleted.`
    : `${filtered}, and ${missing - left_out} did not come any more; none of them was deleted.`;
}

/**
 * Ends a run's reading: records that did not come in a whole one, or that the filter leaves out, become tombstones. Returns how many.
 * Does nothing when there are none such. Throws `delete_guard_tripped` when so many are missing that a person has to say so first; nothing is deleted then.
 */
export async function finishScan(ctx: Ctx, input: { streamId: string; runId: string; leg: { fence: number } }): Promise<number> {
  const { vendorId, environmentId, customerId } = ctx.scope;
  let total = 0;
  for (;;) {
    const [end] = await ctx.db.raw<Finished[]>`
      select missing, live, deleted, tripped, more, left_out from sync_finish_scan(
        ${vendorId}, ${environmentId}, ${customerId ?? ""}, ${input.streamId}, ${input.runId}, ${input.leg.fence}, ${BATCH})`.catch(
      (error) => {
        throw staleOr(error);
      },
    );
    if (!end) throw new AppError("platform_error", "the reading was not ended");
    if (end.tripped) throw new AppError("delete_guard_tripped", trippedBy(end));
    total += end.deleted;
    if (!end.more) return total;
  }
}
