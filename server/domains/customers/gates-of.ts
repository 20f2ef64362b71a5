import { readScoped } from "#server/db/tenancy";
import { passesGate, readyFor, type Traits } from "#server/domains/integrations/gate";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { CustomerId } from "#server/lib/ids";

export type GateOf = { integrationId: string; integrationName: string; gate: string; passes: boolean };
type Row = { traits: Traits; id: string | null; name: string; gate: string };

/** What a customer may connect of the integrations that have a gate, judged as at the door; by `traits` where they are given, before they are saved. */
export async function gatesOf(ctx: Ctx, input: { customerId: CustomerId; traits?: Traits | undefined }): Promise<GateOf[]> {
  const { environmentId } = ctx.scope;
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select cu.traits, i.id, i.name, i.gate from customers cu
      left join integrations i on i.environment_id = cu.environment_id and i.gate is not null and i.status <> 'hidden'
     where cu.environment_id = ${environmentId} and cu.id = ${input.customerId} order by i.position, i.id`,
  );
  if (rows.length === 0) throw new AppError("not_found", `no customer ${input.customerId} here`);
  await readyFor(rows);
  return rows.flatMap(({ traits, id, name, gate }) =>
    id === null ? [] : [{ integrationId: id, integrationName: name, gate, passes: passesGate(gate, input.traits ?? traits) }],
  );
}
