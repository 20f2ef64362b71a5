import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { StreamId } from "#server/lib/ids";

/**
 * Stops the reading that is under way. What it has written stays, and the stream goes on from there at its next time; pausing keeps it from that.
 * Nothing under way: `conflict`. Writing and re-mapping would begin again at once: they are not stopped, but paused with the stream.
 */
export async function stopRun(ctx: Ctx, input: { streamId: StreamId }): Promise<{ runId: string }> {
  const { environmentId, customerId } = ctx.scope;
  const [row] = await readScoped<{ kind: string | null; run_id: string | null }[]>(
    ctx,
    (sql) => sql`
    with s as (
      select * from streams where id = ${input.streamId} and environment_id = ${environmentId}
         and (${customerId ?? null}::text is null or customer_id = ${customerId ?? null}) for update
    ), open as (
      select r.id, r.kind from s join runs r on r.id = s.run_id and r.environment_id = s.environment_id and r.status = 'running'
    ), ended as (
      update runs r set status = 'cancelled', finished_at = clock_timestamp() from open o
       where r.id = o.id and o.kind in ('backfill', 'incremental', 'named')
      returning r.id
    ), moved as (
      -- The fence moves: what the worker still has in hand is refused.
      update streams t set run_id = null, waiting_until = null, fence = t.fence + 1, trigger = 'schedule',
             due_at = greatest(t.due_at, clock_timestamp() + t.interval_ms / 2 * interval '1 ms')
        from ended e where t.run_id = e.id and t.environment_id = ${environmentId}
    )
    select o.kind, e.id as run_id from s left join open o on true left join ended e on true`,
  );
  if (!row) throw new AppError("not_found", `no stream ${input.streamId} here`);
  if (row.kind === null) throw new AppError("conflict", "nothing is under way that could be stopped");
  if (row.run_id === null) throw new AppError("conflict", "writing and re-mapping would begin again at once; pause the stream instead");
  return { runId: row.run_id };
}
