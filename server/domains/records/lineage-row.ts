import { readScoped } from "#server/db/tenancy";
import { ofCustomer } from "#server/domains/views/connection-sql";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId, CustomerId, RunId, StreamId, WriteId } from "#server/lib/ids";
import type { SourceField } from "#server/lib/source-field";
import type { Owner } from "#server/mapping/merge-record";
import type { FieldChoices, Overrides } from "#server/mapping/overrides";
import type { FieldMapping } from "#server/mapping/schema";
import type { ConnectorRef } from "#server/runtime/find-manifest";
import type { RunKind } from "#server/trpc/views";

type Data = Record<string, unknown>;

/** A record by its id at the third party, or, where own records are written, by the vendor's own id. */
export type WhichRecord = { streamId: StreamId; externalId?: string | undefined; ownId?: string | undefined };

/** All that is stored of how a record came about. Moments inside of lists are texts. */
export type LineageRow = ConnectorRef & {
  streamId: StreamId;
  connectionId: ConnectionId;
  customerId: CustomerId;
  model: string;
  object: string;
  direction: "pull" | "push" | "two_way";
  integrationName: string;
  revision: number;
  templateVersion: number;
  choices: FieldChoices | null;
  owners: { default?: Owner; fields?: Record<string, Owner> } | null;
  sources: SourceField[] | null;
  externalId: string | null;
  data: Data | null;
  source: string | null;
  recordRevision: number | null;
  updatedAt: Date | null;
  ownId: string | null;
  ownData: Data | null;
  ownChangedAt: Date | null;
  run: { id: RunId; kind: RunKind; trigger: string; startedAt: string } | null;
  waiting: { state: string; code: string | null; message: string | null; field: string | null; since: string } | null;
  corrections: { field: string; was: string; author: string; at: string }[];
  /** Newest first. */
  conflicts: {
    fields: { field: string; ours: unknown; theirs: unknown }[];
    choice: Record<string, "ours" | "theirs" | "own"> | null;
    openedAt: string;
    settledAt: string | null;
    settledBy: string | null;
  }[];
  writes: { id: WriteId; runId: RunId; op: "create" | "update" | "delete"; after: Data; at: string }[];
  versions: { version: number; fields: FieldMapping[]; by: string; at: string }[];
  revisions: { n: number; overrides: Overrides; by: string; at: string }[];
};

/** How far back is looked: revisions of a mapping, and things done to the record. */
const MOST = 50;

/** Looks up all of a record's lineage. `not_found` when there is no such record in scope, or it was deleted. */
export async function readLineageRow(ctx: Ctx, { streamId, externalId, ownId }: WhichRecord): Promise<LineageRow> {
  const [row] = await readScoped<LineageRow[]>(
    ctx,
    (sql) => sql`
    select s.id as "streamId", s.connection_id as "connectionId", s.customer_id as "customerId", s.model_key as model, s.object, s.direction,
           i.name as "integrationName", i.connector_key as "connectorKey", i.connector_version as "connectorVersion",
           s.mapping_version as revision, s.template_version as "templateVersion", m.choices,
           coalesce(m.settings, (select x from jsonb_array_elements(t.streams) x where x ->> 'key' = s.key limit 1)) -> 'owners' as owners,
           cs.fields as sources, coalesce(r.external_id, l.external_id) as "externalId", r.data, r.source, r.mapping_version as "recordRevision", r.updated_at as "updatedAt",
           w.own_id as "ownId", w.data as "ownData", w.changed_at as "ownChangedAt",
           (select jsonb_build_object('id', u.id, 'kind', u.kind, 'trigger', u.trigger, 'startedAt', u.started_at)
              from (select f.run_id, f.seq_to from feed_pages f where f.stream_id = s.id and f.environment_id = s.environment_id and f.seq_from <= r.seq
                     order by f.seq_from desc limit 1) f
              join runs u on u.id = f.run_id and u.environment_id = s.environment_id where f.seq_to >= r.seq) as run,
           (select jsonb_build_object('state', case when o.state = 'sending' then 'waiting' else o.state end, 'code', o.code, 'message', o.message,
                                      'field', o.field, 'since', o.updated_at)
              from outbox o where o.stream_id = s.id and o.environment_id = s.environment_id and o.own_id = w.own_id) as waiting,
           (select coalesce(jsonb_agg(jsonb_build_object('field', c.field, 'was', c.was, 'author', c.author, 'at', c.at)), '[]')
              from corrections c where c.stream_id = s.id and c.environment_id = s.environment_id and c.external_id = r.external_id) as corrections,
           (select coalesce(jsonb_agg(jsonb_build_object('fields', c.fields, 'choice', c.choice, 'openedAt', c.opened_at, 'settledAt', c.settled_at,
                                      'settledBy', c.settled_by) order by c.settled_at desc nulls first, c.id desc), '[]')
              from (select * from conflicts c where c.stream_id = s.id and c.environment_id = s.environment_id and c.own_id = w.own_id
                     order by c.settled_at desc nulls first, c.id desc limit ${MOST}) c) as conflicts,
           (select coalesce(jsonb_agg(jsonb_build_object('id', j.id, 'runId', j.run_id, 'op', j.op, 'after', j.after, 'at', j.at) order by j.id desc), '[]')
              from (select * from writes j where j.stream_id = s.id and j.environment_id = s.environment_id and j.own_id = w.own_id and j.after is not null
                     order by j.id desc limit ${MOST}) j) as writes,
           (select coalesce(jsonb_agg(jsonb_build_object('version', v.version, 'fields', v.fields, 'by', v.created_by,
                                      'at', coalesce(v.published_at, v.created_at)) order by v.version desc), '[]')
              from (select * from mappings v where v.environment_id = s.environment_id and v.template_id = s.template_id and v.stream_key = s.key
                       and v.version <= s.template_version and v.status <> 'draft' order by v.version desc limit ${MOST}) v) as versions,
           (select coalesce(jsonb_agg(jsonb_build_object('n', v.n, 'overrides', v.overrides, 'by', v.created_by, 'at', v.created_at) order by v.n desc), '[]')
              from (select * from stream_overrides v where v.stream_id = s.id and v.environment_id = s.environment_id order by v.n desc limit ${MOST}) v) as revisions
      from streams s
      join templates t on t.environment_id = s.environment_id and t.id = s.template_id
      join integrations i on i.environment_id = t.environment_id and i.id = t.integration_id
      left join mappings m on m.environment_id = s.environment_id and m.template_id = s.template_id and m.stream_key = s.key
           and m.version = s.template_version and m.status <> 'draft'
      left join connection_schemas cs on cs.environment_id = s.environment_id and cs.connection_id = s.connection_id and cs.object = s.object
      left join links l on s.direction <> 'pull' and l.stream_id = s.id and l.environment_id = s.environment_id
           and (l.external_id = ${externalId ?? null}::text or l.own_id = ${ownId ?? null}::text)
      left join records r on r.stream_id = s.id and r.environment_id = s.environment_id and r.deleted_at is null
           and r.external_id = coalesce(${externalId ?? null}::text, l.external_id)
      left join own_records w on s.direction <> 'pull' and w.environment_id = s.environment_id and w.customer_id = s.customer_id
           and w.model_key = s.model_key and w.own_id = coalesce(l.own_id, ${ownId ?? null}::text) and w.deleted_at is null
     where s.id = ${streamId} and s.environment_id = ${ctx.scope.environmentId} ${ofCustomer(sql, ctx.scope, sql`s.customer_id`)}
       and (r.external_id is not null or w.own_id is not null)`,
  );
  if (!row) throw new AppError("not_found", "no such record here");
  return row;
}
