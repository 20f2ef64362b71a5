import { readScoped, withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { mergeVersion } from "#server/mapping/merge-version";
import { type Conflict, keeping, keptBy, leftOpen, type Overrides } from "#server/mapping/overrides";
import { lockTemplateStream, type MappingRef, newestMapping } from "../mappings/internal";
import { manifestOf } from "../mappings/publishing";
import { writingOf } from "../overrides/written-back";

/** An account that runs the stream. */
export type Reached = {
  customerId: string;
  customerName: string;
  connectionId: string;
  accountLabel: string;
  records: number;
  /** One of the vendor's own, who go first. */
  internal: boolean;
  /** Names of the fields that are the customer's own, that would be in conflict, and that would say what the new version says. */
  fields: string[];
  conflicts: string[];
  needless: string[];
  /** Names of the fields that would not be written for them, because another has their place; where they are the customer's, they are in conflict. */
  unwritten: string[];
  /** Names of the fields that they would have to say where they come from: nothing fills them until then. */
  toChoose: string[];
};

export type RolloutPreview = {
  streams: number;
  customers: number;
  /** Of them the vendor's own, who go first. */
  internal: number;
  records: number;
  /** Who has changes of their own, those with conflicts first; the first hundred. */
  diverging: Reached[];
  /** Who has none, as many as make a hundred with those. */
  others: Reached[];
  /** How many have changes of their own, and how many conflicts would arise. */
  withOwn: number;
  conflicts: number;
  /** How many customers would have to choose a field, and which fields those are. */
  toChoose: number;
  asked: AskedField[];
};

/** `needed`: the model requires it, so that records are held back until it is chosen. */
export type AskedField = { name: string; needed: boolean };

type Counts = Pick<RolloutPreview, "streams" | "customers" | "internal" | "records" | "withOwn" | "toChoose">;
type Account = Omit<Reached, "fields" | "conflicts" | "needless" | "unwritten" | "toChoose"> & { overrides: Overrides; open: Conflict[] };

/** More than these are not merged for a preview; the number of who has changes of their own stays exact. */
const MERGED = 2_000;
const SHOWN = 100;

/** What comes next, as who runs the stream would get it. */
async function nextOf(ctx: Ctx, input: MappingRef) {
  const manifest = await manifestOf(ctx, input.templateId);
  return withScope(ctx, async (tx) => {
    const { model, stream } = await lockTemplateStream(ctx, tx, input);
    const standing = await newestMapping(ctx, tx, input, "published");
    const mapping = (await newestMapping(ctx, tx, input, "draft")) ?? standing;
    if (!mapping) throw new AppError("conflict", "There is no mapping yet. Change the mapping first.");
    const known = new Map(model.fields.map((field) => [field.key, field]));
    const choices = Object.fromEntries(Object.entries(mapping.choices).filter(([target]) => known.has(target)));
    const before = standing?.fields ?? [];
    const spec = writingOf(manifest, stream.object, stream.direction)?.spec ?? null;
    return { before, fields: mapping.fields, choices, known, spec, kept: keptBy(before, mapping.fields, choices) };
  });
}

/**
 * Whom the next version of a stream's mapping reaches: the draft's, or the published one's where there is none. Says who has changes of their
 * own, and merges each with the version to see which would be in conflict and which needless; nothing is written.
 */
export async function previewRollout(ctx: Ctx, input: MappingRef): Promise<RolloutPreview> {
  const { environmentId } = ctx.scope;
  const next = await nextOf(ctx, input);
  const asked = Object.keys(next.choices).filter((target) => next.choices[target]?.customer === "must_choose");
  const bare = leftOpen(next.fields, keeping({}, next.kept), next.choices);
  const [counts] = await readScoped<(Counts & { asked: string[]; own: Account[]; others: Account[] })[]>(
    ctx,
    (sql) => sql`
    with running as (
      select s.id, s.record_count, s.customer_id, cu.internal, coalesce(o.overrides, '{}') as overrides, row_number() over (order by cu.name, s.id) as place,
             jsonb_build_object('customerId', cu.id, 'customerName', cu.name, 'connectionId', c.id, 'accountLabel', c.account_label,
                                'records', s.record_count, 'internal', cu.internal, 'overrides', coalesce(o.overrides, '{}'),
                                'open', coalesce(o.conflicts, '[]')) as account
        from streams s
        join customers cu on cu.environment_id = s.environment_id and cu.id = s.customer_id
        join connections c on c.environment_id = s.environment_id and c.id = s.connection_id
        left join lateral (
          select x.overrides, x.conflicts from stream_overrides x where x.stream_id = s.id and x.environment_id = ${environmentId} order by x.n desc limit 1
        ) o on true
       where s.environment_id = ${environmentId} and s.template_id = ${input.templateId} and s.key = ${input.streamKey} and s.status = 'active'
    ), open as (
      select r.customer_id, t.target from running r cross join unnest(${asked}::text[]) t(target)
       where case when jsonb_exists(r.overrides, t.target) then jsonb_typeof(r.overrides->t.target->'field') = 'null' else t.target = any(${bare}::text[]) end
    )
    select count(*)::int as streams, count(distinct customer_id)::int as customers, (count(distinct customer_id) filter (where internal))::int as internal,
           coalesce(sum(record_count), 0)::int as records, (count(distinct customer_id) filter (where overrides <> '{}'))::int as "withOwn",
           (select count(distinct customer_id)::int from open) as "toChoose", (select coalesce(jsonb_agg(distinct target), '[]') from open) as asked,
           (select coalesce(jsonb_agg(f.account order by f.place), '[]')
              from (select * from running where overrides <> '{}' order by place limit ${MERGED}) f) as own,
           (select coalesce(jsonb_agg(f.account order by f.place), '[]')
              from (select * from running where overrides = '{}' order by place limit ${SHOWN}) f) as others
      from running`,
  );
  if (!counts) throw new AppError("platform_error", "nothing was counted");
  const { own, others, ...rest } = counts;
  const nameOf = (target: string) => next.known.get(target)?.name ?? target;
  const reachedOf = ({ overrides, open, ...account }: Account): Reached => {
    const merged = mergeVersion(next, { overrides, conflicts: open });
    const fields = Object.keys(overrides);
    return {
      ...account,
      fields: fields.map(nameOf),
      conflicts: merged.conflicts.map(({ target }) => nameOf(target)),
      needless: fields.filter((target) => !Object.hasOwn(merged.overrides, target)).map(nameOf),
      unwritten: merged.unwritten.map(nameOf),
      toChoose: leftOpen(next.fields, keeping(merged.overrides, next.kept), next.choices).map(nameOf),
    };
  };
  const diverging = own.map(reachedOf).sort((a, b) => b.conflicts.length - a.conflicts.length);
  const shown = diverging.slice(0, SHOWN);
  return {
    ...rest,
    asked: rest.asked.map((target) => ({ name: nameOf(target), needed: next.known.get(target)?.required ?? false })),
    diverging: shown,
    others: others.slice(0, SHOWN - shown.length).map(reachedOf),
    conflicts: diverging.reduce((sum, one) => sum + one.conflicts.length, 0),
  };
}
