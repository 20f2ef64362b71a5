import { readScoped } from "#server/db/tenancy";
import { iconUrl } from "#server/domains/views/connection-view";
import type { Ctx } from "#server/lib/context";
import type { TemplateRow } from "#server/trpc/views";

type Row = Omit<TemplateRow, "iconUrl"> & { connectorKey: string };

/** All templates of the environment with where their mappings stand. `mappingVersion` is 0 before the first publish. */
export async function listTemplates(ctx: Ctx): Promise<TemplateRow[]> {
  const { environmentId } = ctx.scope;
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select t.id, t.name, t.description, i.name as "integrationName", i.connector_key as "connectorKey", t.version, t.status, t.draft is not null as drafted,
           (select count(*)::int from installations n where n.environment_id = t.environment_id and n.template_id = t.id
              and n.status = 'active') as installations,
           (select coalesce(jsonb_agg(jsonb_build_object('key', e.value->>'key', 'label', e.value->>'label', 'object', e.value->>'object',
                     'model', e.value->>'model', 'mappingVersion', coalesce(m.version, 0), 'hasDraft', coalesce(m.draft, false))
                     order by e.ordinality), '[]')
              from jsonb_array_elements(t.streams) with ordinality e
              left join lateral (
                select max(p.version) filter (where p.status = 'published') as version, bool_or(p.status = 'draft') as draft
                  from mappings p
                 where p.environment_id = t.environment_id and p.template_id = t.id and p.stream_key = e.value->>'key'
              ) m on true) as streams
      from templates t
      join integrations i on i.environment_id = t.environment_id and i.id = t.integration_id
     where t.environment_id = ${environmentId}
     order by t.status = 'archived', i.position, t.name, t.id`,
  );
  return rows.map(({ connectorKey, ...row }) => ({ ...row, iconUrl: iconUrl(connectorKey) }));
}
