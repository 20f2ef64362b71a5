import type postgres from "postgres";
import { readScoped } from "#server/db/tenancy";
import type { ModelField } from "#server/domains/models/schema";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { findManifests } from "#server/runtime/find-manifest";
import type { MappingContent, MappingEditorView } from "#server/trpc/views";
import { basisOf } from "../mappings/basis";
import { writeSideOf } from "./check-direction";
import { askedBy } from "./check-lookups";
import { designedStreams } from "./internal";
import { answersOfLookups } from "./lookup-answers";
import { type StoredSource, samplesOf } from "./samples";
import type { Direction, Lookup } from "./schema";
import { sourceFields } from "./source-fields";

type StoredMapping = MappingContent & { id: string; version: number; publishedAt: string | null };

type Row = {
  templateName: string;
  integrationId: string;
  integrationName: string;
  stream: { label: string; object: string; model: string; direction?: Direction; lookups?: Lookup[] };
  connectorKey: string;
  connectorVersion: number | null;
  model: { key: string; name: string; fields: ModelField[] } | null;
  published: StoredMapping | null;
  draft: StoredMapping | null;
  affects: { streams: number; records: number };
  sources: StoredSource[];
  nextVersion: number;
  isNew: boolean;
};

const STREAMS_SAMPLED = 3;
const RECORDS_EACH_WAY = 8;

/** Up to 48 stored sources of three streams: their newest changes, and the first by id. Bounded whatever the streams hold. */
const sampled = (sql: postgres.TransactionSql) => sql`
  select coalesce(jsonb_agg(jsonb_build_object('source', y.source, 'updatedAt', y.updated_at, 'customer', y.customer)), '[]')
    from (
      select s.id, cu.name as customer from streams s
        join customers cu on cu.environment_id = s.environment_id and cu.id = s.customer_id
       where s.environment_id = t.environment_id and s.template_id = t.id and s.key = e.value->>'key' and s.record_count > 0
       order by s.last_success_at desc nulls last, s.id limit ${STREAMS_SAMPLED}
    ) z
    cross join lateral (
      select r.source, r.updated_at, z.customer from records r
       where r.stream_id = z.id and r.environment_id = t.environment_id and r.deleted_at is null and r.external_id in (
         (select external_id from changes where stream_id = z.id order by seq desc limit ${RECORDS_EACH_WAY})
         union
         (select external_id from records where stream_id = z.id and deleted_at is null order by external_id limit ${RECORDS_EACH_WAY}))
    ) y`;

/** What a roll-out brings to customers is published to those who go on from it. */
const newest = (sql: postgres.TransactionSql, status: readonly ("published" | "rolling" | "draft")[]) => sql`(
  select jsonb_build_object('id', m.id, 'version', m.version, 'fields', m.fields, 'filter', m.filter, 'choices', m.choices, 'publishedAt', m.published_at) from mappings m
   where m.environment_id = t.environment_id and m.template_id = t.id and m.stream_key = e.value->>'key' and m.status in ${sql(status)}
   order by m.version desc limit 1)`;

/** As `nextVersion` counts: no number is given out twice. */
const nextNumber = (sql: postgres.TransactionSql) => sql`(1 + greatest(t.version,
  (select max(v.version) from template_versions v where v.environment_id = t.environment_id and v.template_id = t.id),
  (select max(m.version) from mappings m where m.environment_id = t.environment_id and m.template_id = t.id and m.status <> 'draft')))`;

/** All the mapping editor needs of one stream of a template, in one statement. */
export async function getMappingEditor(ctx: Ctx, input: { templateId: string; streamKey: string }): Promise<MappingEditorView> {
  const { templateId, streamKey } = input;
  const [row] = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select t.name as "templateName", ${nextNumber(sql)} as "nextVersion",
           not exists (select from jsonb_array_elements(t.streams) f where f.value->>'key' = e.value->>'key') as "isNew", t.integration_id as "integrationId", i.name as "integrationName", e.value as stream, i.connector_key as "connectorKey", i.connector_version as "connectorVersion",
           (select jsonb_build_object('key', m.key, 'name', m.name, 'fields', m.fields) from models m
             where m.environment_id = t.environment_id and m.key = e.value->>'model') as model,
           ${newest(sql, ["published", "rolling"])} as published, ${newest(sql, ["draft"])} as draft, (${sampled(sql)}) as sources,
           (select jsonb_build_object('streams', count(*), 'records', coalesce(sum(s.record_count), 0)) from streams s
             where s.environment_id = t.environment_id and s.template_id = t.id and s.key = e.value->>'key' and s.status = 'active') as affects
      from templates t
      join integrations i on i.environment_id = t.environment_id and i.id = t.integration_id
      cross join jsonb_array_elements(${designedStreams(sql)}) e
     where t.environment_id = ${ctx.scope.environmentId} and t.id = ${templateId} and e.value->>'key' = ${streamKey}
     limit 1`,
  );
  if (!row) throw new AppError("not_found", `no stream "${streamKey}" in template ${templateId}`);
  if (!row.model) throw new AppError("config_invalid", `the template's model "${row.stream.model}" does not exist`);
  const manifest = (await findManifests(ctx, [row]))(row);
  const object = manifest?.objects[row.stream.object];
  const answers = answersOfLookups(manifest, row.stream.lookups ?? [], await askedBy(ctx, [row.stream]));
  const sample = object ? { ...object.sample, ...answers.sample } : null;
  const samples = samplesOf(row.sources, sample);
  const sources = row.sources.map((stored) => JSON.parse(stored.source) as unknown);
  const { published, draft } = row;
  return {
    templateId,
    templateName: row.templateName,
    integrationId: row.integrationId,
    integrationName: row.integrationName,
    streamKey,
    streamLabel: row.stream.label,
    basis: basisOf(published, draft),
    nextVersion: row.nextVersion,
    isNew: row.isNew,
    published: published && { ...published, publishedAt: published.publishedAt === null ? null : new Date(published.publishedAt) },
    draft: draft && { id: draft.id, version: draft.version, fields: draft.fields, filter: draft.filter, choices: draft.choices },
    model: row.model,
    sourceFields: sourceFields([...(object?.fields ?? []), ...answers.fields], sources.length > 0 ? sources : [sample ?? {}]),
    samples,
    affects: row.affects,
    direction: row.stream.direction ?? "pull",
    writing: writeSideOf(manifest, row.stream.object),
  };
}
