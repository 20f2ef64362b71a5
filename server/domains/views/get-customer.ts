import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { CustomerDetail } from "#server/trpc/views";
import { connectionRows, customerState, ofCustomer } from "./connection-sql";
import { type ConnectionRow, connectionView } from "./connection-view";
import { audienceOf } from "./problem";

/** One customer with all its connections, newest first. */
export async function getCustomer(ctx: Ctx, input: { customerId: string }): Promise<CustomerDetail> {
  const { environmentId } = ctx.scope;
  const [row] = await readScoped<(Omit<CustomerDetail, "connections" | "connectionList"> & { list: ConnectionRow[] })[]>(
    ctx,
    (sql) => sql`
    select cu.id, cu.external_id as "externalId", cu.name, cu.internal, cu.traits, cu.created_at as "createdAt",
           ${customerState(sql, ctx.scope, sql`cu.id`)} as state, f.records, f."lastSyncAt", l.list
      from customers cu
      cross join lateral (
        select coalesce(sum(s.record_count), 0)::float8 as records, max(s.last_success_at) as "lastSyncAt" from streams s
         where s.environment_id = ${environmentId} and s.customer_id = cu.id
      ) f
      cross join lateral (
        select coalesce(jsonb_agg(to_jsonb(v) order by v.id desc), '[]') as list
          from (${connectionRows(sql, ctx.scope, sql`and c.customer_id = ${input.customerId}`)}) v
      ) l
     where cu.environment_id = ${environmentId} and cu.id = ${input.customerId} ${ofCustomer(sql, ctx.scope, sql`cu.id`)}`,
  );
  if (!row) throw new AppError("not_found", `no customer ${input.customerId} here`);
  const { list, ...customer } = row;
  const connectionList = list.map((item) => connectionView(item, audienceOf(ctx)));
  return { ...customer, connections: connectionList.filter((item) => item.state !== "disconnected").length, connectionList };
}
