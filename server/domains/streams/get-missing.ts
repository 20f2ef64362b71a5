import { readScoped } from "#server/db/tenancy";
import { ofCustomer } from "#server/domains/views/connection-sql";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { StreamId } from "#server/lib/ids";

/** Records that did not come in a whole reading, while a person has not decided about them. */
export type Missing = {
  count: number;
  /** Records held altogether. */
  of: number;
  since: Date;
  /** Some of them: by what they were last known, which is a text or two of theirs. */
  examples: { externalId: string; what: string }[];
};

type Row = {
  count: number | null;
  of: number;
  since: Date;
  examples: { externalId: string; texts: unknown[] }[] | null;
};

const MOST_TEXTS = 2;

const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";

/** How many records of a stream are missing, and which for example; null when there is nothing to decide. */
export async function getMissing(ctx: Ctx, input: { streamId: StreamId }): Promise<Missing | null> {
  const [row] = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select s.missing_count as count, s.record_count as "of", s.missing_since as since, e.examples
      from streams s
      left join models m on m.environment_id = s.environment_id and m.key = s.model_key
      left join lateral (
        select jsonb_agg(jsonb_build_object('externalId', r.external_id, 'texts', (
                 select coalesce(jsonb_agg(r.data -> (f.value ->> 'key') order by f.ordinality), '[]')
                   from jsonb_array_elements(m.fields) with ordinality f)) order by r.external_id) as examples
          from records r
         where r.stream_id = s.id and r.environment_id = s.environment_id and r.external_id = any (s.missing_examples) and r.deleted_at is null
      ) e on true
     where s.id = ${input.streamId} and s.environment_id = ${ctx.scope.environmentId} ${ofCustomer(sql, ctx.scope, sql`s.customer_id`)}`,
  );
  if (!row) throw new AppError("not_found", `no stream ${input.streamId} here`);
  if (row.count === null) return null;
  const examples = (row.examples ?? []).map(({ externalId, texts }) => ({
    externalId,
    what: texts.filter(isText).slice(0, MOST_TEXTS).join(" · ").slice(0, 120),
  }));
  return { count: row.count, of: row.of, since: row.since, examples };
}
