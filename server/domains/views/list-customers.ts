import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { ConnectionState, CustomerRow } from "#server/trpc/views";
import { customerState, ofCustomer } from "./connection-sql";
import { anywhere, pageOf, readCursor, writeCursor } from "./keyset";

export type ListCustomers = {
  search?: string | undefined;
  state?: ConnectionState | undefined;
  cursor?: string | undefined;
  limit: number;
};

/** `id` is null in the one row of an empty page, which is there for its `total`. */
type Row = Omit<CustomerRow, "id"> & { id: string | null; total: number };
type Found = Row & { id: string };

/** Customers in scope, newest first, with what their streams add up to. `total` counts all that match, on every page. */
export async function listCustomers(ctx: Ctx, input: ListCustomers): Promise<{ items: CustomerRow[]; next: string | null; total: number }> {
  const { environmentId } = ctx.scope;
  const { state, limit } = input;
  const before = readCursor(input.cursor, 1)?.[0];
  const search = input.search ? anywhere(input.search) : null;
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    with matched as (
      select cu.id, cu.external_id, cu.name, cu.created_at from customers cu
       where cu.environment_id = ${environmentId} ${ofCustomer(sql, ctx.scope, sql`cu.id`)}
         ${search === null ? sql`` : sql`and (cu.name ilike ${search} or cu.external_id ilike ${search} or cu.id = ${input.search ?? ""})`}
         ${state === undefined ? sql`` : sql`and ${customerState(sql, ctx.scope, sql`cu.id`)} = ${state}`}
    )
    select n.total, p.* from (select count(*)::int as total from matched) n
      left join lateral (
        select m.id, m.external_id as "externalId", m.name, m.created_at as "createdAt",
               ${customerState(sql, ctx.scope, sql`m.id`)} as state, k.connections, f.records, f."lastSyncAt"
          from (select * from matched ${before === undefined ? sql`` : sql`where id < ${before}`} order by id desc limit ${limit + 1}) m
          cross join lateral (
            select count(*)::int as connections from connections c
             where c.environment_id = ${environmentId} and c.customer_id = m.id and c.status <> 'disconnected'
          ) k
          cross join lateral (
            select coalesce(sum(s.record_count), 0)::float8 as records, max(s.last_success_at) as "lastSyncAt" from streams s
             where s.environment_id = ${environmentId} and s.customer_id = m.id
          ) f
      ) p on true
     order by p.id desc`,
  );
  const total = rows[0]?.total ?? 0;
  const found = rows.filter((row): row is Found => row.id !== null);
  const page = pageOf(found, limit, (last) => writeCursor(last.id));
  return { items: page.items.map(({ total: _, ...row }) => row), next: page.next, total };
}
