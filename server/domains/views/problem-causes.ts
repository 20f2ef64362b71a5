import { readScoped } from "#server/db/tenancy";
import type { ModelField } from "#server/domains/models/schema";
import type { ProblemItem } from "#server/domains/records/list-problems";
import type { Ctx } from "#server/lib/context";
import { type CompiledMapping, compileMapping, type FieldFault } from "#server/mapping/compile";
import { ensureExpressions } from "#server/mapping/expression-slot";
import { isEmpty } from "#server/mapping/misfit";
import { misfitWords } from "#server/mapping/misfit-words";
import { type FieldChoices, type Overrides, withOverrides } from "#server/mapping/overrides";
import { compileReader } from "#server/mapping/paths";
import type { FieldMapping } from "#server/mapping/schema";
import { sayTo } from "#server/words/reader";
import type { Say } from "#server/words/say";

type Row = { id: string; fields: FieldMapping[]; choices: FieldChoices; model: ModelField[]; overrides: Overrides | null };

/** What a stream runs by: its mapping with the customer's own, and the model it fills. */
type InForce = {
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

async function readInForce(ctx: Ctx, streamIds: readonly string[]): Promise<Map<string, InForce>> {
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

/** A value as it is read in a sentence. */
function shown(value: unknown, say: Say): string {
  if (isEmpty(value)) return say("common.empty");
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function parsed(source: string | null): unknown {
  try {
    return source === null ? undefined : JSON.parse(source);
  } catch {
    return undefined; // a record that could not be taken: its source was cut
  }
}

function sentence(fault: Pick<FieldFault, "field" | "code">, stream: InForce, source: unknown, say: Say): string {
  if (fault.code === "record_invalid") return say("problems.empty_value");
  const model = stream.model.get(fault.field);
  const from = stream.fields.get(fault.field)?.from;
  if (!model) return say("problems.bad_value");
  const before = from === undefined || source === undefined ? undefined : compileReader(from)(source);
  return say("problems.misfit", { misfit: misfitWords(model, before, shown(before, say), say) });
}

export type Cause = { field: string | null; fieldName: string | null; message: string };

/** What holds one record back: the field it was stored with as long as that one is still at fault, and the names of all others that are. */
function causeOf(problem: ProblemItem, stream: InForce | undefined, say: Say): Cause {
  if (problem.hidden) return { field: null, fieldName: null, message: say("problems.hidden") };
  if (problem.field === null || problem.field === "filter" || !stream)
    return { field: null, fieldName: null, message: say("problems.untaken") };
  const source = parsed(problem.source);
  const stored = {
    field: problem.field,
    code: problem.code === "record_invalid" ? ("record_invalid" as const) : ("mapping_failed" as const),
  };
  const faults = (source === undefined ? [] : (stream.mapping?.attempt(source).faults ?? [])).filter(
    ({ field }) => !stream.hidden.has(field),
  );
  const first = faults.find(({ field }) => field === stored.field) ?? stored;
  const nameOf = (field: string) => stream.model.get(field)?.name ?? field;
  const others = [...new Set(faults.map(({ field }) => field))].filter((field) => field !== first.field).map(nameOf);
  const also = others.length > 0 ? ` ${say("problems.also", { fields: say.list(others.slice(0, 5)) })}` : "";
  return { field: first.field, fieldName: nameOf(first.field), message: sentence(first, stream, source, say) + also };
}

/** Why records are held back, as their customer reads it: in their language, by the names of fields, with the value that does not fit. */
export async function problemCauses(ctx: Ctx, problems: readonly ProblemItem[]): Promise<Cause[]> {
  const streamIds = [...new Set(problems.map(({ streamId }) => streamId))];
  const streams = streamIds.length > 0 ? await readInForce(ctx, streamIds) : new Map<string, InForce>();
  const say = sayTo(ctx);
  return problems.map((problem) => causeOf(problem, streams.get(problem.streamId), say));
}
