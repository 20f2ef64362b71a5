import { readScoped } from "#server/db/tenancy";
import { iconUrl } from "#server/domains/views/connection-view";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { IntegrationId, TemplateId } from "#server/lib/ids";
import type { FieldChoice } from "#server/mapping/overrides";
import { findManifests } from "#server/runtime/find-manifest";
import { directionsOf } from "./check-direction";
import { canBeginAt, designedStreams } from "./internal";
import type { StreamOffers } from "./offers";
import type { Direction, Lookup, Owners } from "./schema";

export type TemplateStreamView = {
  key: string;
  label: string;
  object: string;
  objectTitle: string;
  model: string;
  modelName: string;
  intervalMs: number;
  backfillDays: number | null;
  direction: Direction;
  match: string | null;
  owners: Owners | null;
  deletes: "keep" | "propagate";
  /** What of it customers may choose. */
  offers: StreamOffers;
  /** What is asked about each record before it is mapped. */
  lookups: Lookup[];
  /** Which ways records of the object can go. */
  directions: Direction[];
  /** Whether the first reading may begin at a date. */
  canBeginAt: boolean;
  mappingVersion: number;
  hasDraft: boolean;
  /** The template's next version brings it. */
  isNew: boolean;
  fields: number;
  filter: string | null;
  /** How many fields customers may do what with. */
  choices: Partial<Record<FieldChoice["customer"], number>>;
  running: number;
  records: number;
};

export type TemplateDetail = {
  id: TemplateId;
  name: string;
  description: string;
  version: number;
  status: "draft" | "published" | "archived";
  integrationId: IntegrationId;
  integrationName: string;
  iconUrl: string;
  installations: number;
  streams: TemplateStreamView[];
};

type Row = Omit<TemplateDetail, "iconUrl" | "streams"> & {
  connectorKey: string;
  connectorVersion: number | null;
  streams: Omit<TemplateStreamView, "objectTitle" | "canBeginAt" | "directions">[];
};

/**
 * One template with its streams: settings, mapping, and who runs them, as they are in force; `designed`: with what is drafted. One statement.
 */
export async function getTemplate(ctx: Ctx, input: { templateId: TemplateId; designed?: boolean | undefined }): Promise<TemplateDetail> {
  const { environmentId } = ctx.scope;
  const { designed = false } = input;
  const [row] = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select t.id, case when ${designed} then coalesce(t.draft->>'name', t.name) else t.name end as name,
           case when ${designed} then coalesce(t.draft->>'description', t.description) else t.description end as description, t.version, t.status, t.integration_id as "integrationId", i.name as "integrationName",
           i.connector_key as "connectorKey", i.connector_version as "connectorVersion",
           (select count(*)::int from installations n where n.environment_id = t.environment_id and n.template_id = t.id and n.status = 'active') as installations,
           (select coalesce(jsonb_agg(jsonb_build_object(
               'key', e.value->>'key', 'label', e.value->>'label', 'object', e.value->>'object', 'model', e.value->>'model',
               'modelName', coalesce(mo.name, e.value->>'model'), 'intervalMs', (e.value->>'intervalMs')::int,
               'backfillDays', (e.value->>'backfillDays')::int, 'direction', coalesce(e.value->>'direction', 'pull'), 'match', e.value->>'match',
               'owners', e.value->'owners', 'offers', coalesce(e.value->'offers', '{}'), 'lookups', coalesce(e.value->'lookups', '[]'), 'deletes', coalesce(e.value->>'deletes', 'keep'), 'mappingVersion', coalesce(p.version, 0), 'hasDraft', d.version is not null,
               'isNew', not exists (select from jsonb_array_elements(t.streams) f where f.value->>'key' = e.value->>'key'),
               'fields', coalesce(jsonb_array_length(p.fields), 0), 'filter', p.filter,
               'choices', (select coalesce(jsonb_object_agg(c.customer, c.n), '{}') from (
                  select x.value->>'customer' as customer, count(*) as n from jsonb_each(coalesce(p.choices, '{}')) x group by 1) c),
               'running', r.running, 'records', r.records) order by e.ordinality), '[]')
              from jsonb_array_elements(case when ${designed} then ${designedStreams(sql)} else t.streams end) with ordinality e
              left join models mo on mo.environment_id = t.environment_id and mo.key = e.value->>'model'
              left join lateral (select m.* from mappings m where m.environment_id = t.environment_id and m.template_id = t.id
                 and m.stream_key = e.value->>'key' and (m.status = 'published' or (${designed} and m.status in ('draft', 'rolling'))) order by m.version desc limit 1) p on true
              left join lateral (select m.version from mappings m where m.environment_id = t.environment_id and m.template_id = t.id
                 and m.stream_key = e.value->>'key' and m.status = 'draft' limit 1) d on true
              cross join lateral (select count(*)::int as running, coalesce(sum(s.record_count), 0)::int as records from streams s
                 where s.environment_id = t.environment_id and s.template_id = t.id and s.key = e.value->>'key' and s.status = 'active') r) as streams
      from templates t
      join integrations i on i.environment_id = t.environment_id and i.id = t.integration_id
     where t.environment_id = ${environmentId} and t.id = ${input.templateId}`,
  );
  if (!row) throw new AppError("not_found", `no template ${input.templateId} here`);
  const { connectorKey, connectorVersion, streams, ...template } = row;
  const manifest = (await findManifests(ctx, [row]))(row);
  return {
    ...template,
    iconUrl: iconUrl(connectorKey),
    streams: streams.map((stream) => {
      const spec = manifest?.objects[stream.object];
      const directions: Direction[] = manifest ? directionsOf(manifest, stream.object) : ["pull"];
      return { ...stream, directions, objectTitle: spec?.title ?? stream.object, canBeginAt: spec ? canBeginAt(spec) : false };
    }),
  };
}
