import type postgres from "postgres";
import { readScoped } from "#server/db/tenancy";
import type { ModelField } from "#server/domains/models/schema";
import type { Ctx } from "#server/lib/context";
import type { ConnectionId, DriftId, StreamId, TemplateId } from "#server/lib/ids";
import type { SourceField, StoredSample } from "#server/lib/source-field";
import type { Drift } from "#server/mapping/drift";
import type { Conflict, FieldChoices, Overrides } from "#server/mapping/overrides";
import type { FieldMapping } from "#server/mapping/schema";
import type { ConnectorRef } from "#server/runtime/find-manifest";
import type { StreamChosen, StreamOffers } from "../templates/offers";
import type { Direction, Lookup, Owners } from "../templates/schema";
import { ofCustomer } from "../views/connection-sql";

type Sql = postgres.TransactionSql;

export type StoredDrift = { id: DriftId; kind: Drift["kind"]; path: string; detail: Drift; foundAt: string };

/** One stream of a template on a connection, with all that a customer may see or change of its mapping. */
export type AdaptationRow = ConnectorRef & {
  connectionId: ConnectionId;
  integrationName: string;
  accountLabel: string;
  templateId: TemplateId;
  templateName: string;
  stream: {
    key: string;
    object: string;
    label: string;
    model: string;
    /** Absent = it is read. */
    direction?: Direction;
    match?: string | null;
    owners?: Owners;
    deletes?: "keep" | "propagate";
    intervalMs: number;
    /** What is asked about each record before it is mapped. */
    lookups?: Lookup[];
    backfillDays?: number | null;
    offers?: StreamOffers;
  };
  chosen: StreamChosen;
  streamId: StreamId | null;
  isOn: boolean;
  mapping: { version: number; fields: FieldMapping[]; choices: FieldChoices; filter: string | null } | null;
  model: { key: string; name: string; fields: ModelField[] } | null;
  standing: { n: number; overrides: Overrides; conflicts: Conflict[] } | null;
  schema: { fields: SourceField[]; takenAt: string; samples: StoredSample[] } | null;
  drifts: StoredDrift[];
  /** The newest stored records, newest first: their source as JSON text, and what they became. */
  records: { source: string; data: Record<string, unknown>; updatedAt: string }[];
};

const RECORDS = 12;

const driftsOf = (sql: Sql) => sql`(
  select coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'kind', d.kind, 'path', d.path, 'detail', d.detail, 'foundAt', d.found_at) order by d.found_at, d.id), '[]')
    from drifts d where d.stream_id = s.id and d.environment_id = s.environment_id and d.customer_id = s.customer_id and d.status = 'open')`;

const recordsOf = (sql: Sql) => sql`(
  select coalesce(jsonb_agg(jsonb_build_object('source', r.source, 'data', r.data, 'updatedAt', r.updated_at) order by r.seq desc), '[]') from records r
   where r.stream_id = s.id and r.environment_id = s.environment_id and r.customer_id = s.customer_id and r.deleted_at is null and r.external_id in (
     select n.external_id from changes n where n.stream_id = s.id and n.environment_id = s.environment_id order by n.seq desc limit ${RECORDS}))`;

/** A stream that only writes sends what it is given: a filter that was stored with it counts nowhere, and is told nowhere. */
function withoutFilters(row: AdaptationRow): AdaptationRow {
  if (row.stream.direction !== "push") return row;
  const { filters: _filters, ...offers } = row.stream.offers ?? {};
  const { only: _only, ...chosen } = row.chosen;
  return { ...row, chosen, stream: { ...row.stream, offers }, mapping: row.mapping && { ...row.mapping, filter: null } };
}

/**
 * The streams of a connection's templates as {@link AdaptationRow}s, in the templates' order and in one statement: those of one template that
 * may be turned on or is, or (none named) those that are on. A stream that is on is as at its version, any other as at the newest.
 */
export async function adaptationRows(ctx: Ctx, input: { connectionId: ConnectionId; templateId?: TemplateId }): Promise<AdaptationRow[]> {
  const { scope } = ctx;
  const { templateId } = input;
  const rows = await readScoped<AdaptationRow[]>(
    ctx,
    (sql) => sql`
    select c.id as "connectionId", i.name as "integrationName", c.account_label as "accountLabel", i.connector_key as "connectorKey",
           i.connector_version as "connectorVersion", t.id as "templateId", t.name as "templateName", case when s.status = 'active' then coalesce(m.settings, e.value) else e.value end as stream, coalesce(s.chosen, '{}') as chosen, s.id as "streamId",
           coalesce(s.status = 'active', false) as "isOn", to_jsonb(m) - 'settings' as mapping, to_jsonb(mo) as model, to_jsonb(o) as standing,
           case when cs.connection_id is not null then
             jsonb_build_object('fields', cs.fields, 'takenAt', cs.taken_at, 'samples', cs.samples) end as schema,
           ${driftsOf(sql)} as drifts, ${recordsOf(sql)} as records
      from connections c
      join integrations i on i.environment_id = c.environment_id and i.id = c.integration_id
      join templates t on t.environment_id = c.environment_id and t.integration_id = c.integration_id
      cross join lateral jsonb_array_elements(t.streams) with ordinality e
      left join streams s on s.environment_id = c.environment_id and s.customer_id = c.customer_id and s.connection_id = c.id
           and s.template_id = t.id and s.key = e.value->>'key'
      left join lateral (
        select p.version, p.fields, p.choices, p.filter, p.settings from mappings p
         where p.environment_id = t.environment_id and p.template_id = t.id and p.stream_key = e.value->>'key'
           and case when s.status = 'active' then p.version = s.template_version and p.status <> 'draft' else p.status = 'published' end
         order by p.version desc limit 1
      ) m on true
      left join lateral (
        select x.key, x.name, x.fields from models x where x.environment_id = t.environment_id and x.key = e.value->>'model'
      ) mo on true
      left join lateral (
        select x.n, x.overrides, x.conflicts from stream_overrides x
         where x.stream_id = s.id and x.environment_id = s.environment_id and x.customer_id = s.customer_id order by x.n desc limit 1
      ) o on true
      left join connection_schemas cs on cs.environment_id = c.environment_id and cs.customer_id = c.customer_id and cs.connection_id = c.id
           and cs.object = e.value->>'object'
     where c.id = ${input.connectionId} and c.environment_id = ${scope.environmentId} ${ofCustomer(sql, scope, sql`c.customer_id`)}
       and ${templateId === undefined ? sql`s.status = 'active'` : sql`t.id = ${templateId} and (t.status = 'published' or s.id is not null)`}
     order by t.name, t.id, e.ordinality`,
  );
  return rows.map(withoutFilters);
}
