import { sql } from "drizzle-orm";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { CustomerId } from "#server/lib/ids";
import type { Both } from "./both-ways";
import { guardOf } from "./delete-guard";
import type { Ending, Finished } from "./finish-scan";
import { lockPushing } from "./lock-pushing";
import { unlinkGone } from "./unlink-gone";

/**
 * The end of a reading of a stream that goes both ways, at most `limit` deletions: links of records that are no more end with them. What the
 * filter leaves out is still there, so its links stay.
 */
export async function finishScanBoth(
  ctx: Ctx,
  { streamId, runId, leg, moving = false }: Ending,
  both: Both,
  limit: number,
): Promise<Finished | undefined> {
  const { vendorId, environmentId, customerId = "" } = ctx.scope;
  const { free, share } = guardOf(leg.settings);
  return withScope(ctx, async (tx) => {
    await lockPushing(ctx, tx, { customerId: customerId as CustomerId, modelKey: both.modelKey });
    const filtered = await tx.execute<{ external_id: string }>(sql`
      select s.external_id from seen s join links l on l.stream_id = s.stream_id and l.external_id = s.external_id
       where s.stream_id = ${streamId} and s.scan = -1 and s.environment_id = ${environmentId} and s.customer_id = ${customerId}`);
    const [end] = await tx.execute<Finished>(sql`
      select missing, live, deleted, tripped, more, left_out from sync_finish_scan(
        ${vendorId}, ${environmentId}, ${customerId}, ${streamId}, ${runId}, ${leg.fence}, ${limit}, ${moving}, ${free}, ${share})`);
    if (!end || end.deleted === 0) return end;
    const left = new Set(filtered.map((row) => row.external_id));
    const buried = await tx.execute<{ external_id: string }>(sql`
      select r.external_id from records r join links l on l.stream_id = r.stream_id and l.external_id = r.external_id
       where r.stream_id = ${streamId} and r.environment_id = ${environmentId} and r.customer_id = ${customerId} and r.deleted_at >= now()`);
    const gone = buried.map((row) => row.external_id).filter((id) => !left.has(id));
    if (gone.length > 0) await unlinkGone(ctx, tx, { streamId, both }, gone);
    return end;
  });
}
