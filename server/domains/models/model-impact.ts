import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { compareModels, type ModelChange } from "#server/mapping/model-changes";
import type { ModelField } from "./schema";

/** A change with who it reaches. Without a mapping that fills the field, nobody. */
export type ModelImpact = ModelChange & {
  /** Names of templates whose mapping reaches the field, published or draft. */
  templates: string[];
  customers: number;
  /** Who they are, by name; the first {@link NAMED}. */
  names: string[];
  records: number;
  /** Customers who have mapped the field themselves. */
  overrides: number;
};

const NAMED = 20;

type Row = { field: string; templates: string[]; customers: number; names: string[]; records: number; overrides: number };

/**
 * Who fills the fields, in one statement. A field that becomes required (`needed`) reaches all streams of the model, for those
 * that do not fill it are hurt; any other reaches the mappings and patches that name it.
 */
async function reachOf(ctx: Ctx, key: string, fields: readonly string[], needed: ReadonlySet<string>): Promise<Map<string, Row>> {
  const { environmentId } = ctx.scope;
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    with flow as (
      select t.id as template_id, t.name, e.value->>'key' as stream_key
        from templates t cross join jsonb_array_elements(t.streams) e
       where t.environment_id = ${environmentId} and t.status <> 'archived' and e.value->>'model' = ${key}
    ), filled as (
      select distinct f.template_id, f.name, f.stream_key, x.value->>'target' as field
        from flow f
        cross join lateral (
          select distinct on (m.status) m.fields from mappings m
           where m.environment_id = ${environmentId} and m.template_id = f.template_id and m.stream_key = f.stream_key and m.status <> 'withdrawn'
           order by m.status, m.version desc
        ) m cross join jsonb_array_elements(m.fields) x
    ), running as (
      select s.id, s.customer_id, cu.name as customer_name, s.template_id, s.key, s.record_count, coalesce(o.overrides, '{}') as overrides
        from streams s
        join customers cu on cu.environment_id = s.environment_id and cu.id = s.customer_id
        left join lateral (
          select o.overrides from stream_overrides o where o.stream_id = s.id and o.environment_id = ${environmentId} order by o.n desc limit 1
        ) o on true
       where s.environment_id = ${environmentId} and s.model_key = ${key} and s.status = 'active'
    )
    select w.field,
           (select coalesce(jsonb_agg(distinct f.name), '[]') from flow f
             where w.everyone or exists (select 1 from filled l where l.template_id = f.template_id and l.stream_key = f.stream_key and l.field = w.field)) as templates,
           count(distinct r.customer_id)::int as customers,
           coalesce(to_jsonb((array_agg(distinct r.customer_name) filter (where r.customer_name is not null))[1:${NAMED}]), '[]') as names, coalesce(sum(r.record_count), 0)::int as records,
           (count(distinct r.customer_id) filter (where jsonb_exists(r.overrides, w.field)))::int as overrides
      from (select f as field, f = any(${[...needed]}::text[]) as everyone from unnest(${[...fields]}::text[]) f) w
      left join running r on w.everyone or jsonb_exists(r.overrides, w.field)
        or exists (select 1 from filled l where l.template_id = r.template_id and l.stream_key = r.key and l.field = w.field)
     group by w.field, w.everyone`,
  );
  return new Map(rows.map((row) => [row.field, row]));
}

/** What a new content of a model would change and whom it reaches, breaking changes first. */
export async function modelImpact(
  ctx: Ctx,
  key: string,
  before: readonly ModelField[],
  after: readonly ModelField[],
): Promise<ModelImpact[]> {
  const changes = compareModels(before, after);
  const breaking = changes.filter((change) => change.breaking);
  const needed = new Set(breaking.filter(({ kind }) => kind === "required" || kind === "added").map(({ field }) => field));
  const fields = [...new Set(breaking.map(({ field }) => field))];
  const reach = fields.length === 0 ? new Map<string, Row>() : await reachOf(ctx, key, fields, needed);
  return changes.map((change) => {
    const {
      templates = [],
      customers = 0,
      names = [],
      records = 0,
      overrides = 0,
    } = (change.breaking ? reach.get(change.field) : undefined) ?? {};
    return { ...change, templates, customers, names, records, overrides };
  });
}
