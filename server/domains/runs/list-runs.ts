import { readScoped } from "#server/db/tenancy";
import { given, ofCustomer } from "#server/domains/views/connection-sql";
import { pageOf, readMomentCursor, writeCursor } from "#server/domains/views/keyset";
import { audienceOf } from "#server/domains/views/problem";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { RunRow, RunStatus } from "#server/trpc/views";
import { runRow, runRows, type StoredRun } from "./run-sql";

export type ListRuns = {
  customerId?: string | undefined;
  streamId?: string | undefined;
  connectionId?: string | undefined;
  status?: RunStatus | undefined;
  cursor?: string | undefined;
  limit: number;
};

type Row = StoredRun & { found: boolean };

/** Runs in scope, newest first. A customer, connection or stream that is named but not there is `not_found`. */
export async function listRuns(ctx: Ctx, input: ListRuns): Promise<{ items: RunRow[]; next: string | null }> {
  const { environmentId } = ctx.scope;
  const { customerId, streamId, connectionId, status, limit } = input;
  const before = readMomentCursor(input.cursor);
  const rows = await readScoped<Row[]>(ctx, (sql) => {
    const own = ofCustomer(sql, ctx.scope, sql`customer_id`);
    const where = sql`r.environment_id = ${environmentId} ${ofCustomer(sql, ctx.scope, sql`r.customer_id`)}
      ${given(sql, customerId, (it) => sql`and r.customer_id = ${it}`)}
      ${given(sql, streamId, (it) => sql`and r.stream_id = ${it}`)}
      ${given(sql, connectionId, (it) => sql`and r.stream_id in (select id from streams where environment_id = ${environmentId} and connection_id = ${it})`)}
      ${given(sql, status, (it) => sql`and r.status = ${it}`)}
      ${given(sql, before, (it) => sql`and (r.started_at, r.id) < (${it.at}::text::timestamptz, ${it.id})`)}`;
    return sql`
      select a.found, v.* from (select true
        ${given(sql, customerId, (it) => sql`and exists (select from customers where environment_id = ${environmentId} and id = ${it})`)}
        ${given(sql, streamId, (it) => sql`and exists (select from streams where environment_id = ${environmentId} and id = ${it} ${own})`)}
        ${given(sql, connectionId, (it) => sql`and exists (select from connections where environment_id = ${environmentId} and id = ${it} ${own})`)}
        as found) a
        left join (${runRows(sql, where, limit + 1)}) v on true
       order by v."startedAt" desc, v.id desc`;
  });
  if (!rows[0]?.found) throw new AppError("not_found", "what these runs were asked of does not exist here");
  const found = rows.filter((row) => row.id !== null);
  const page = pageOf(found, limit, (last) => writeCursor(last.at, last.id));
  return { items: page.items.map(({ found: _, ...row }) => runRow(row, audienceOf(ctx))), next: page.next };
}
