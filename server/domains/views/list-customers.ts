import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { ConnectionState, CustomerRow } from "#server/trpc/views";
import { customerStates, given, ofCustomer } from "./connection-sql";
import { anywhere, pageOf, readCursor, writeCursor } from "./keyset";
import { audienceOf, problemOf } from "./problem";

export type ListCustomers = {
  search?: string | undefined;
  state?: ConnectionState | undefined;
  /** `urgent`: what needs somebody first. `newest`: by when they came. */
  sort?: "urgent" | "newest" | undefined;
  cursor?: string | undefined;
  limit: number;
};

/** `id` is null in the one row of an empty page, which is there for its `total`. */
type Row = Omit<CustomerRow, "id" | "problem"> & { id: string | null; total: number; urgency: number; failure: string | null };
type Found = Row & { id: string };

/** Where those without a connection stand. */
const LAST = 99;
const TROUBLED: ReadonlySet<ConnectionState | null> = new Set(["reauth", "attention", "delayed"]);

/** Customers in scope with what their streams add up to. `total` counts all that match, on every page. */
export async function listCustomers(ctx: Ctx, input: ListCustomers): Promise<{ items: CustomerRow[]; next: string | null; total: number }> {
  const { environmentId } = ctx.scope;
  const { state, limit, sort = "newest" } = input;
  const [urgency, id] = readCursor(input.cursor, 2) ?? [];
  const after = urgency === undefined || id === undefined ? null : { urgency: Number(urgency) || 0, id };
  const search = input.search ? anywhere(input.search) : null;
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    with states as materialized (${customerStates(sql, ctx.scope)}), matched as materialized (
      select cu.id, cu.external_id, cu.name, cu.created_at, k.state, k.failure,
             ${sort === "urgent" ? sql`coalesce(k.urgency, ${LAST}::int)` : sql`0`} as urgency
        from customers cu left join states k on k.customer_id = cu.id
       where cu.environment_id = ${environmentId} ${ofCustomer(sql, ctx.scope, sql`cu.id`)}
         ${given(sql, search, (it) => sql`and (cu.name ilike ${it} or cu.external_id ilike ${it} or cu.id = ${input.search ?? ""})`)}
         ${given(sql, state, (it) => sql`and k.state = ${it}`)}
    )
    select n.total, p.* from (select count(*)::int as total from matched) n
      left join lateral (
        select m.id, m.external_id as "externalId", m.name, m.created_at as "createdAt", m.state, m.urgency, m.failure,
               k.connections, f.records, f."lastSyncAt"
          from (
            select * from matched
             ${given(sql, after, (it) => sql`where urgency > ${it.urgency}::int or (urgency = ${it.urgency}::int and id < ${it.id})`)}
             order by urgency, id desc limit ${limit + 1}
          ) m
          cross join lateral (
            select count(*)::int as connections from connections c
             where c.environment_id = ${environmentId} and c.customer_id = m.id and c.status <> 'disconnected'
          ) k
          cross join lateral (
            select coalesce(sum(s.record_count), 0)::float8 as records, max(s.last_success_at) as "lastSyncAt" from streams s
             where s.environment_id = ${environmentId} and s.customer_id = m.id
          ) f
      ) p on true
     order by p.urgency, p.id desc`,
  );
  const total = rows[0]?.total ?? 0;
  const found = rows.filter((row): row is Found => row.id !== null);
  const page = pageOf(found, limit, (last) => writeCursor(String(last.urgency), last.id));
  const audience = audienceOf(ctx);
  const items = page.items.map(({ total: _total, urgency: _urgency, failure, ...row }) => ({
    ...row,
    problem: failure !== null && TROUBLED.has(row.state) ? problemOf(audience, failure, null) : null,
  }));
  return { items, next: page.next, total };
}
