import { readScoped } from "#server/db/tenancy";
import { given, ofCustomer } from "#server/domains/views/connection-sql";
import { pageOf, readMomentCursor, writeCursor } from "#server/domains/views/keyset";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";

export type ProblemItem = {
  streamId: string;
  externalId: string;
  code: string;
  message: string;
  field: string | null;
  /** The vendor hides this field from customers. */
  hidden: boolean;
  /** The record as it came, as text; null when it is too large to be looked at in a list. */
  source: string | null;
  attempts: number;
  lastSeenAt: Date;
};

type Row = {
  stream_id: string;
  external_id: string;
  code: string;
  message: string;
  field: string | null;
  hidden: boolean;
  source: string | null;
  attempts: number;
  last_seen_at: Date;
  /** `last_seen_at` as text with microseconds, for the cursor. */
  at: string;
};

const SOURCE_BYTES = 65_536;

export type ListProblems = ({ streamId: string } | { connectionId: string }) & { cursor?: string | undefined; limit?: number };

/** Records held back, of one stream or of all streams of a connection; newest first, 200 a page unless told. Not there: `not_found`. */
export async function listProblems(ctx: Ctx, input: ListProblems): Promise<{ items: ProblemItem[]; next: string | null }> {
  const { environmentId } = ctx.scope;
  const { limit = 200 } = input;
  const before = readMomentCursor(input.cursor);
  const isStream = "streamId" in input;
  const rows = await readScoped<(Row | { stream_id: null })[]>(ctx, (sql) => {
    const place = isStream ? sql`s.id = ${input.streamId}` : sql`s.connection_id = ${input.connectionId}`;
    const known = isStream ? sql`streams k where k.id = ${input.streamId}` : sql`connections k where k.id = ${input.connectionId}`;
    return sql`
    select p.* from (select from ${known} and k.environment_id = ${environmentId} ${ofCustomer(sql, ctx.scope, sql`k.customer_id`)}) there
      left join (
        select q.stream_id, q.external_id, q.code, q.message, q.field, coalesce(m.choices -> q.field ->> 'customer' = 'hidden', false) as hidden,
               case when octet_length(q.source) <= ${SOURCE_BYTES} then q.source end as source, q.attempts, q.last_seen_at, q.last_seen_at::text as at
          from quarantine q join streams s on s.id = q.stream_id and s.environment_id = q.environment_id
          left join mappings m on m.environment_id = s.environment_id and m.template_id = s.template_id and m.stream_key = s.key
               and m.version = s.template_version and m.status <> 'draft'
         where q.environment_id = ${environmentId} ${ofCustomer(sql, ctx.scope, sql`q.customer_id`)} and ${place}
               ${given(sql, before, (it) => sql`and (q.last_seen_at, q.external_id) < (${it.at}::text::timestamptz, ${it.id})`)}
         order by q.last_seen_at desc, q.external_id desc limit ${limit + 1}) p on true
     order by p.last_seen_at desc, p.external_id desc`;
  });
  if (rows.length === 0) throw new AppError("not_found", "what these records were asked of does not exist here");
  const found = rows.filter((row): row is Row => row.stream_id !== null);
  const page = pageOf(found, limit, (last) => writeCursor(last.at, last.external_id));
  return { items: page.items.map(itemOf), next: page.next };
}

const itemOf = (row: Row): ProblemItem => ({
  streamId: row.stream_id,
  externalId: row.external_id,
  code: row.code,
  message: row.message,
  field: row.field,
  hidden: row.hidden,
  source: row.source,
  attempts: row.attempts,
  lastSeenAt: row.last_seen_at,
});
