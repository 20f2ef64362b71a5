import type postgres from "postgres";
import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { type PageBatch, takenOut } from "./page-batch";

/** Of one kind of fate: how many of a page's records meet it, and the first few of them. */
export type Weighed = {
  what: "create" | "update" | "same" | "skip" | "remove" | "quarantine";
  count: number;
  some: { externalId: string; before: Record<string, unknown> | null; after: Record<string, unknown> | null; message: string | null }[];
};

/** A page's records as they would come out of it: what {@link weighPage} counts. */
const fates = (sql: postgres.TransactionSql, streamId: string, batch: PageBatch) => sql`
  select p.external_id, r.data as before, p.data::jsonb as after, null as message,
         case when r.external_id is null then 'create' when r.data = p.data::jsonb then 'same' else 'update' end as what
    from unnest(string_to_array(${batch.ids}, E'\\x1f'), string_to_array(${batch.data}, E'\\x1f')) as p(external_id, data)
    left join records r on r.stream_id = ${streamId} and r.external_id = p.external_id and r.deleted_at is null
  union all
  select g, r.data, null, null, case when r.external_id is null then 'skip' else 'remove' end
    from unnest(string_to_array(${takenOut(batch) ?? ""}, E'\\x1f')) g
    left join records r on r.stream_id = ${streamId} and r.external_id = g and r.deleted_at is null
  union all
  select f.external_id, r.data, null, f.message, 'quarantine'
    from jsonb_to_recordset(${JSON.stringify(batch.faults.map(({ external_id, message }) => ({ external_id, message })))}::text::jsonb) as f(external_id text, message text)
    left join records r on r.stream_id = ${streamId} and r.external_id = f.external_id and r.deleted_at is null`;

/**
 * What {@link writePage} would do with a page, and nothing written: the same comparisons as in `sync_write_page`, by the same
 * database. With it the first `some` of each kind, as they are and as they would become.
 */
export function weighPage(ctx: Ctx, streamId: string, batch: PageBatch, some: number): Promise<Weighed[]> {
  const { environmentId, customerId } = ctx.scope;
  return readScoped<Weighed[]>(
    ctx,
    (sql) => sql`
    with mine as (
      select id from streams where id = ${streamId} and environment_id = ${environmentId} and customer_id = ${customerId ?? ""}
    ), fates as (
      select f.*, row_number() over (partition by f.what order by f.external_id) as n from mine, lateral (${fates(sql, streamId, batch)}) f
    )
    select what, count(*)::int as count, coalesce(jsonb_agg(
             jsonb_build_object('externalId', external_id, 'before', before, 'after', after, 'message', message) order by n
           ) filter (where n <= ${some}), '[]') as some
      from fates group by what`,
  );
}
