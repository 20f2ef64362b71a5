import { readScoped, withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { mergeOverrides, type Overrides } from "#server/mapping/overrides";
import { lockTemplateStream, type MappingRef, newestMapping } from "../mappings/internal";

export type RolloutPreview = {
  streams: number;
  customers: number;
  /** Of them the vendor's own, who go first. */
  internal: number;
  records: number;
  /** Who has changes of their own, those with conflicts first; the first hundred. */
  diverging: { customerId: string; customerName: string; fields: string[]; conflicts: string[]; needless: string[] }[];
  /** How many have changes of their own, and how many conflicts would arise. */
  withOwn: number;
  conflicts: number;
};

type Counts = Pick<RolloutPreview, "streams" | "customers" | "internal" | "records">;
type Own = { customerId: string; customerName: string; overrides: Overrides };

/** More than these are not merged for a preview; the number of who has changes of their own stays exact. */
const MERGED = 2_000;
const SHOWN = 100;

/**
 * Whom the next version of a stream's mapping reaches: the draft's, or the published one's where there is none. Says who has changes of their
 * own, and merges each with the version to see which would be in conflict and which needless; nothing is written.
 */
export async function previewRollout(ctx: Ctx, input: MappingRef): Promise<RolloutPreview> {
  const { environmentId } = ctx.scope;
  const next = await withScope(ctx, async (tx) => {
    const { model } = await lockTemplateStream(ctx, tx, input);
    const mapping = (await newestMapping(ctx, tx, input, "draft")) ?? (await newestMapping(ctx, tx, input, "published"));
    return mapping && { fields: mapping.fields, names: new Map(model.fields.map((field) => [field.key, field.name])) };
  });
  if (!next) throw new AppError("conflict", "There is no mapping yet. Change the mapping first.");
  const [counts] = await readScoped<(Counts & { withOwn: number; own: Own[] })[]>(
    ctx,
    (sql) => sql`
    with running as (
      select s.id, s.record_count, s.customer_id, cu.name, cu.internal from streams s
        join customers cu on cu.environment_id = s.environment_id and cu.id = s.customer_id
       where s.environment_id = ${environmentId} and s.template_id = ${input.templateId} and s.key = ${input.streamKey} and s.status = 'active'
    ), own as (
      select r.id, r.customer_id, r.name, o.overrides from running r
        join lateral (select x.overrides from stream_overrides x where x.stream_id = r.id and x.environment_id = ${environmentId} order by x.n desc limit 1) o
          on o.overrides <> '{}'
    )
    select count(*)::int as streams, count(distinct customer_id)::int as customers, (count(distinct customer_id) filter (where internal))::int as internal,
           coalesce(sum(record_count), 0)::int as records, (select count(distinct customer_id)::int from own) as "withOwn",
           (select coalesce(jsonb_agg(jsonb_build_object('customerId', f.customer_id, 'customerName', f.name, 'overrides', f.overrides)), '[]')
              from (select * from own order by name, id limit ${MERGED}) f) as own
      from running`,
  );
  if (!counts) throw new AppError("platform_error", "nothing was counted");
  const { own, ...rest } = counts;
  const nameOf = (target: string) => next.names.get(target) ?? target;
  const diverging = own
    .map(({ overrides, ...customer }) => {
      const merged = mergeOverrides(next.fields, overrides);
      const fields = Object.keys(overrides);
      return {
        ...customer,
        fields: fields.map(nameOf),
        conflicts: merged.conflicts.map(({ target }) => nameOf(target)),
        needless: fields.filter((target) => !Object.hasOwn(merged.overrides, target)).map(nameOf),
      };
    })
    .sort((a, b) => b.conflicts.length - a.conflicts.length);
  return { ...rest, diverging: diverging.slice(0, SHOWN), conflicts: diverging.reduce((sum, one) => sum + one.conflicts.length, 0) };
}
