import type { PageFacts } from "#server/db/schema/streams";
import { readScoped } from "#server/db/tenancy";
import { ofCustomer } from "#server/domains/views/connection-sql";
import { pageOf, readCursor, writeCursor } from "#server/domains/views/keyset";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { RunPageView } from "#server/trpc/views";

const LIMIT = 100;

/** All but the run's id are null in the one row of an empty page. */
type Row = {
  id: string;
  n: number | null;
  seen: number;
  created: number;
  updated: number;
  deleted: number;
  quarantined: number;
  facts: PageFacts;
  at: Date;
};

/** Pages of a run with the facts of their HTTP exchange, newest first, 100 at a time. */
export async function listRunPages(
  ctx: Ctx,
  input: { runId: string; cursor?: string | undefined },
): Promise<{ items: RunPageView[]; next: string | null }> {
  const before = Number(readCursor(input.cursor, 1)?.[0] ?? 2_147_483_647);
  if (!Number.isInteger(before)) throw new AppError("invalid", "the cursor is not one of ours; start again without it");
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select r.id, p.* from runs r
      left join lateral (
        select n, seen, created, updated, deleted, quarantined, facts, at from run_pages
         where run_id = r.id and environment_id = r.environment_id and n < ${before} order by n desc limit ${LIMIT + 1}
      ) p on true
     where r.environment_id = ${ctx.scope.environmentId} and r.id = ${input.runId} ${ofCustomer(sql, ctx.scope, sql`r.customer_id`)}
     order by p.n desc`,
  );
  if (rows.length === 0) throw new AppError("not_found", `no run ${input.runId} here`);
  const found = rows.flatMap(({ n, id: _, facts, ...row }) => (n === null ? [] : [{ n, ...row, ...facts }]));
  return pageOf(found, LIMIT, (last) => writeCursor(String(last.n)));
}
