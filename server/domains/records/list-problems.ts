import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";

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
};

const SOURCE_BYTES = 65_536;

/** Records held back, of one stream or of all streams of a connection; newest first, 200 at most. */
export async function listProblems(ctx: Ctx, input: { streamId: string } | { connectionId: string }): Promise<ProblemItem[]> {
  const { environmentId, customerId } = ctx.scope;
  const streamId = "streamId" in input ? input.streamId : null;
  const connectionId = "connectionId" in input ? input.connectionId : null;
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select q.stream_id, q.external_id, q.code, q.message, q.field, coalesce(m.choices -> q.field ->> 'customer' = 'hidden', false) as hidden,
           case when octet_length(q.source) <= ${SOURCE_BYTES} then q.source end as source, q.attempts, q.last_seen_at
      from quarantine q join streams s on s.id = q.stream_id and s.environment_id = q.environment_id
      left join mappings m on m.environment_id = s.environment_id and m.template_id = s.template_id and m.stream_key = s.key
           and m.version = s.template_version and m.status <> 'draft'
     where q.environment_id = ${environmentId} and (${customerId ?? null}::text is null or q.customer_id = ${customerId ?? null})
       and (${streamId}::text is null or s.id = ${streamId}) and (${connectionId}::text is null or s.connection_id = ${connectionId})
     order by q.last_seen_at desc, q.external_id limit 200`,
  );
  return rows.map((row) => ({
    streamId: row.stream_id,
    externalId: row.external_id,
    code: row.code,
    message: row.message,
    field: row.field,
    hidden: row.hidden,
    source: row.source,
    attempts: row.attempts,
    lastSeenAt: row.last_seen_at,
  }));
}
