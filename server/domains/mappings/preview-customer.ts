import type postgres from "postgres";
import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId, CustomerId, StreamId } from "#server/lib/ids";
import type { SourceField, StoredSample } from "#server/lib/source-field";
import { inferFields, joinFields } from "#server/mapping/infer";
import type { Overrides } from "#server/mapping/overrides";
import { findManifests } from "#server/runtime/find-manifest";
import type { MappingEditorView } from "#server/trpc/views";
import { designedStreams } from "../templates/internal";
import { type StoredSource, samplesOf } from "../templates/samples";
import type { MappingRef } from "./internal";
import { noteReader } from "./note-reader";

/** One customer's account to try a mapping on: its own fields, records of it, and what the customer has made of the mapping. */
export type CustomerPreview = {
  connectionId: ConnectionId;
  customerName: string;
  streamId: StreamId | null;
  /** They run the stream. */
  isOn: boolean;
  sourceFields: MappingEditorView["sourceFields"];
  samples: MappingEditorView["samples"];
  overrides: Overrides;
  takenAt: Date | null;
};

type Row = {
  connectorKey: string;
  connectorVersion: number | null;
  object: string;
  customerId: CustomerId;
  customerName: string;
  streamId: StreamId | null;
  isOn: boolean;
  overrides: Overrides | null;
  schema: { fields: SourceField[]; samples: StoredSample[]; takenAt: string } | null;
  stored: StoredSource[];
  held: { source: string; field: string | null }[];
};

const EACH_WAY = 8;
const HELD = 5;

const storedOf = (sql: postgres.TransactionSql) => sql`(
  select coalesce(jsonb_agg(jsonb_build_object('source', r.source, 'updatedAt', r.updated_at, 'customer', null)), '[]') from records r
   where r.stream_id = s.id and r.environment_id = s.environment_id and r.deleted_at is null and r.external_id in (
     (select external_id from changes where stream_id = s.id order by seq desc limit ${EACH_WAY})
     union
     (select external_id from records where stream_id = s.id and deleted_at is null order by external_id limit ${EACH_WAY})))`;

const heldOf = (sql: postgres.TransactionSql) => sql`(
  select coalesce(jsonb_agg(jsonb_build_object('source', q.source, 'field', q.field)), '[]') from (
    select q.source, q.field from quarantine q where q.stream_id = s.id and q.environment_id = s.environment_id and q.field is not null
     order by q.last_seen_at desc limit ${HELD}) q)`;

async function rowOf(ctx: Ctx, input: MappingRef & { connectionId: ConnectionId }): Promise<Row> {
  const { environmentId } = ctx.scope;
  const [row] = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select i.connector_key as "connectorKey", i.connector_version as "connectorVersion", e.value->>'object' as object, c.customer_id as "customerId",
           cu.name as "customerName", s.id as "streamId", coalesce(s.status = 'active', false) as "isOn", o.overrides, ${storedOf(sql)} as stored, ${heldOf(sql)} as held,
           case when cs.connection_id is not null then jsonb_build_object('fields', cs.fields, 'samples', cs.samples, 'takenAt', cs.taken_at) end as schema
      from templates t
      cross join jsonb_array_elements(${designedStreams(sql)}) e
      join integrations i on i.environment_id = t.environment_id and i.id = t.integration_id
      join connections c on c.environment_id = t.environment_id and c.integration_id = t.integration_id
      join customers cu on cu.environment_id = c.environment_id and cu.id = c.customer_id
      left join streams s on s.environment_id = c.environment_id and s.customer_id = c.customer_id and s.connection_id = c.id
           and s.template_id = t.id and s.key = e.value->>'key'
      left join lateral (
        select x.overrides from stream_overrides x where x.stream_id = s.id and x.environment_id = s.environment_id order by x.n desc limit 1
      ) o on true
      left join connection_schemas cs on cs.environment_id = c.environment_id and cs.connection_id = c.id and cs.object = e.value->>'object'
     where t.environment_id = ${environmentId} and t.id = ${input.templateId} and e.value->>'key' = ${input.streamKey} and c.id = ${input.connectionId}
     limit 1`,
  );
  if (!row) throw new AppError("not_found", `no connection ${input.connectionId} for this template`);
  return row;
}

const parsed = (source: string): unknown => {
  try {
    return JSON.parse(source) as unknown;
  } catch {
    return null; // cut when it was held back
  }
};

const LOOKED: Record<StoredSample["why"], string> = {
  newest: "Newest",
  oldest: "Oldest",
  emptiest: "Emptiest",
  longest: "Longest",
  failing: "Does not fit",
  other: "Another record",
};

/** What we hold, else what was seen when the account was looked at; those that are held back behind them. */
function samplesFor({ stored, held, schema }: Row, example: unknown): MappingEditorView["samples"] {
  const looked = (schema?.samples ?? []).map(({ why, source }) => ({ label: LOOKED[why], source }));
  const usual = stored.length > 0 || looked.length === 0 ? samplesOf(stored, example) : looked;
  const failing = held.flatMap(({ source, field }) => {
    const value = parsed(source);
    return value === null ? [] : [{ label: field ? `Held back for ${field}` : "Held back", source: value }];
  });
  const counted = new Map<string, number>();
  return [...usual, ...failing].map(({ label, source }) => {
    const n = (counted.get(label) ?? 0) + 1;
    counted.set(label, n);
    return { label: n === 1 ? label : `${label} (${n})`, source };
  });
}

/**
 * What a member may try a mapping on: one customer's fields and records. Who looked is noted. `not_found` when the account
 * is not of the template's integration.
 */
export async function previewCustomer(ctx: Ctx, input: MappingRef & { connectionId: ConnectionId }): Promise<CustomerPreview> {
  const row = await rowOf(ctx, input);
  await noteReader(ctx, [row.customerId], input.connectionId);
  const object = (await findManifests(ctx, [row]))(row)?.objects[row.object];
  const samples = samplesFor(row, object?.sample ?? null);
  const declared = (object?.fields ?? []).map(({ path, type, title }): SourceField => ({ path, type, title }));
  const fields = row.schema?.fields ?? joinFields(declared, inferFields(samples.map(({ source }) => source)));
  return {
    connectionId: input.connectionId,
    customerName: row.customerName,
    streamId: row.streamId,
    isOn: row.isOn,
    sourceFields: fields.map((field) => ({ ...field, example: field.example ?? null })),
    samples,
    overrides: row.overrides ?? {},
    takenAt: row.schema ? new Date(row.schema.takenAt) : null,
  };
}
