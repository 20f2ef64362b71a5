import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";

type Row = { name: string; id: string | null };

/** The customer's account at an integration: the one connected first of those that work. Throws what holds records back when there is none. */
export async function connectionOf(ctx: Ctx, integrationId: string): Promise<string> {
  const { environmentId, customerId } = ctx.scope;
  const [row] = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select i.name, (
        select c.id from connections c
         where c.environment_id = i.environment_id and c.integration_id = i.id and c.customer_id = ${customerId ?? ""} and c.status <> 'disconnected'
         order by c.status = 'active' desc, c.created_at, c.id limit 1) as id
      from integrations i where i.environment_id = ${environmentId} and i.id = ${integrationId}`,
  );
  if (!row) throw new AppError("config_invalid", "the integration that is to be asked is no more");
  if (row.id === null) throw new AppError("reauth_required", `no account of ${row.name} is connected, which is to be asked`);
  return row.id;
}
