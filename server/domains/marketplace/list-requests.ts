import { readScoped } from "#server/db/tenancy";
import type { Ctx, CustomerCtx } from "#server/lib/context";

/** An integration that is missed: by how many customers, who they are (a few), and since when. */
export type IntegrationRequest = { key: string; name: string; votes: number; customers: string[]; firstAt: Date; lastAt: Date };

const MOST_SHOWN = 200;

/** What the environment's customers miss, most wanted first. */
export async function listRequests(ctx: Ctx): Promise<IntegrationRequest[]> {
  const rows = await readScoped<IntegrationRequest[]>(
    ctx,
    (sql) => sql`
    select r.key, min(r.name) as name, count(*)::int as votes, (array_agg(c.name order by r.created_at desc))[1:5] as customers,
           min(r.created_at) as "firstAt", max(r.created_at) as "lastAt"
      from integration_requests r
      join customers c on c.environment_id = r.environment_id and c.id = r.customer_id
     where r.environment_id = ${ctx.scope.environmentId}
     group by r.key order by count(*) desc, max(r.created_at) desc limit ${MOST_SHOWN}`,
  );
  return [...rows];
}

/** Names this customer has asked for already. */
export async function listOwnRequests(ctx: CustomerCtx): Promise<string[]> {
  const { environmentId, customerId } = ctx.scope;
  const rows = await readScoped<{ name: string }[]>(
    ctx,
    (sql) => sql`
    select name from integration_requests where environment_id = ${environmentId} and customer_id = ${customerId} order by created_at desc`,
  );
  return rows.map((row) => row.name);
}
