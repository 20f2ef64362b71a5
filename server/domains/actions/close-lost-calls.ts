import { sql } from "drizzle-orm";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";

/**
 * Worker: ends calls that nobody works on any more. One that was never begun was not done; one that was begun may have been. Returns
 * how many.
 */
export async function closeLostCalls(deps: Pick<Deps, "db">): Promise<number> {
  const closed = await asSystem(deps.db, "calls whose worker was lost, for everybody", (tx) =>
    tx.execute(sql`
      update action_calls set finished_at = now(), doubtful = doubtful or (status = 'running' and kind not in ('look', 'dry_run')),
             status = case when kind in ('look', 'dry_run') or (status = 'pending' and not doubtful) then 'failed' else 'unknown' end, code = 'platform_error'
       where (status = 'pending' and created_at < now() - interval '30 minutes' and coalesce(finished_at, started_at, created_at) < now() - interval '30 minutes')
          or (status = 'running' and started_at < now() - interval '30 minutes')`),
  );
  return closed.count;
}
