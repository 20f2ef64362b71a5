import { readScoped } from "#server/db/tenancy";
import type { ModelField } from "#server/domains/models/schema";
import type { Ctx } from "#server/lib/context";
import { type CompiledMapping, compileMapping } from "#server/mapping/compile";
import { ensureExpressions } from "#server/mapping/expression-slot";
import { type FieldChoices, type Overrides, withOverrides } from "#server/mapping/overrides";
import type { FieldMapping } from "#server/mapping/schema";

type Row = { id: string; fields: FieldMapping[]; choices: FieldChoices; model: ModelField[]; overrides: Overrides | null };

/** What a stream runs by: its mapping with the customer's own, and the model it fills. */
export type InForce = {
  fields: ReadonlyMap<string, FieldMapping>;
  model: ReadonlyMap<string, ModelField>;
  mapping: CompiledMapping | null;
  hidden: Set<string>;
};

/** A mapping that cannot be compiled any more tells nothing of a record; what was stored with it is told then. */
async function compiled(fields: readonly FieldMapping[], model: readonly ModelField[]): Promise<CompiledMapping | null> {
  try {
    await ensureExpressions(fields);
    return compileMapping(fields, model);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

async function inForce({ fields: given, choices, model, overrides }: Row): Promise<InForce> {
  const fields = withOverrides(given, overrides ?? {});
  return {
    fields: new Map(fields.map((field) => [field.target, field])),
    model: new Map(model.map((field) => [field.key, field])),
    mapping: await compiled(fields, model),
    hidden: new Set(Object.entries(choices).flatMap(([target, { customer }]) => (customer === "hidden" ? [target] : []))),
  };
}

/** What each of these streams runs by, by its id. */
export async function readInForce(ctx: Ctx, streamIds: readonly string[]): Promise<Map<string, InForce>> {
  const { environmentId, customerId = null } = ctx.scope;
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select s.id, m.fields, m.choices, o.fields as model,
           (select v.overrides from stream_overrides v where v.stream_id = s.id and v.environment_id = s.environment_id
             order by v.n desc limit 1) as overrides
      from streams s
      join mappings m on m.environment_id = s.environment_id and m.template_id = s.template_id and m.stream_key = s.key
           and m.version = s.template_version and m.status <> 'draft'
      join models o on o.environment_id = s.environment_id and o.key = s.model_key
     where s.environment_id = ${environmentId} and (${customerId}::text is null or s.customer_id = ${customerId}) and s.id = any(${[...streamIds]})`,
  );
  return new Map(await Promise.all(rows.map(async (row) => [row.id, await inForce(row)] as const)));
}
