import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { ConnectionState, ConnectionView } from "#server/trpc/views";
import { connectionRows, connectionStates, given } from "./connection-sql";
import { type ConnectionRow, connectionView } from "./connection-view";
import { anywhere, pageOf, readCursor, writeCursor } from "./keyset";
import { audienceOf } from "./problem";

export type ListConnections = {
  state?: ConnectionState | undefined;
  integrationId?: string | undefined;
  customerId?: string | undefined;
  /** In the customer's name or id, or the account's label. */
  search?: string | undefined;
  cursor?: string | undefined;
  limit: number;
};

/** Connections in scope, newest first, a page at a time. */
export async function listConnections(ctx: Ctx, input: ListConnections): Promise<{ items: ConnectionView[]; next: string | null }> {
  const { integrationId, customerId, state, limit } = input;
  const before = readCursor(input.cursor, 1)?.[0];
  const search = input.search ? anywhere(input.search) : null;
  const rows = await readScoped<ConnectionRow[]>(
    ctx,
    (sql) => sql`
    with chosen as materialized (
      select v.id from (${connectionStates(
        sql,
        ctx.scope,
        sql`
        ${given(sql, integrationId, (it) => sql`and c.integration_id = ${it}`)}
        ${given(sql, customerId, (it) => sql`and c.customer_id = ${it}`)}
        ${given(sql, before, (it) => sql`and c.id < ${it}`)}
        ${given(sql, search, (it) => sql`and (cu.name ilike ${it} or cu.external_id ilike ${it} or c.account_label ilike ${it})`)}`,
      )}) v
       ${given(sql, state, (it) => sql`where v.state = ${it}`)}
       order by v.id desc limit ${limit + 1}
    )
    select w.* from (${connectionRows(sql, ctx.scope, sql`and c.id in (select id from chosen)`)}) w order by w.id desc`,
  );
  const page = pageOf(rows, limit, (last) => writeCursor(last.id));
  return { items: page.items.map((row) => connectionView(row, audienceOf(ctx))), next: page.next };
}
