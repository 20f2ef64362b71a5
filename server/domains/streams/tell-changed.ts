import { sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";

/** A record that is told of in the feed; `data` = as it is from now on. */
export type Told = { externalId: string; data?: Record<string, unknown> | undefined };

/**
 * Tells of records in the stream's feed that no page has told of: those whose newest entry is older than `before`, or, without it, those
 * whose data really changes. Part of a transaction that holds the stream's lock.
 */
export const tellChanged = (
  tx: Tx,
  { streamId, runId, before, records }: { streamId: string; runId: string | null; before: number | null; records: readonly Told[] },
) =>
  tx.execute(sql`
    with g as (
      select g.external_id, g.data, row_number() over (order by g.external_id) as n
        from jsonb_to_recordset(${JSON.stringify(records.map(({ externalId, data }) => ({ external_id: externalId, data })))}::text::jsonb)
          as g(external_id text, data jsonb)
        join records r on r.stream_id = ${streamId} and r.external_id = g.external_id and r.deleted_at is null
       where case when ${before}::bigint is null then r.data <> g.data else r.seq < ${before}::bigint end
    ), s as (
      update streams set next_seq = next_seq + (select count(*) from g) where id = ${streamId}
      returning id, environment_id, customer_id, next_seq - (select count(*) from g) - 1 as base
    ), told as (
      update records r set data = coalesce(g.data, r.data), seq = s.base + g.n, updated_at = clock_timestamp()
        from g cross join s where r.stream_id = s.id and r.external_id = g.external_id
      returning r.external_id, r.seq
    ), entries as (
      insert into changes (stream_id, seq, environment_id, customer_id, external_id, op, at)
      select s.id, t.seq, s.environment_id, s.customer_id, t.external_id, 'updated', clock_timestamp() from told t cross join s
    )
    insert into feed_pages (stream_id, seq_from, seq_to, environment_id, customer_id, run_id, at)
    select s.id, min(t.seq), max(t.seq), s.environment_id, s.customer_id, ${runId}, clock_timestamp()
      from told t cross join s group by s.id, s.environment_id, s.customer_id`);
