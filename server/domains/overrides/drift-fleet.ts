import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { DriftView } from "./schema";

/** One change at a source, over all customers whom it reaches. */
export type FleetDrift = {
  integrationId: string;
  integrationName: string;
  object: string;
  kind: DriftView["kind"];
  path: string;
  /** The model's fields that it reaches. */
  targets: string[];
  /** The streams whose filter reads it: only the vendor can change by what records are chosen. */
  filters: { templateId: string; streamKey: string; name: string }[];
  customers: number;
  /** Of them the five whom it reached last. */
  reached: { id: string; name: string }[];
  foundAt: Date;
};

const MOST = 100;

/** Changes at the sources that wait for somebody, the same change once: by integration, those that reach most customers first. */
export async function driftFleet(ctx: Ctx): Promise<FleetDrift[]> {
  const rows = await readScoped<(Omit<FleetDrift, "foundAt"> & { foundAt: string })[]>(
    ctx,
    (sql) => sql`
    with open as (
      select d.*, i.id as integration_id, i.name as integration, i.position, s.object, s.key, t.id as template_id, t.name as template, cu.name as customer
        from drifts d
        join streams s on s.environment_id = d.environment_id and s.customer_id = d.customer_id and s.id = d.stream_id
        join customers cu on cu.environment_id = d.environment_id and cu.id = d.customer_id
        join templates t on t.environment_id = s.environment_id and t.id = s.template_id
        join integrations i on i.environment_id = t.environment_id and i.id = t.integration_id
       where d.environment_id = ${ctx.scope.environmentId} and d.status = 'open'
    )
    select o.integration_id as "integrationId", o.integration as "integrationName", o.object, o.kind, o.path, count(distinct o.customer_id)::int as customers,
           max(o.found_at)::text as "foundAt",
           (select coalesce(jsonb_agg(distinct x.t), '[]') from open p cross join jsonb_array_elements_text(p.detail->'targets') x(t)
             where p.integration_id = o.integration_id and p.object = o.object and p.kind = o.kind and p.path = o.path) as targets,
           (select coalesce(jsonb_agg(distinct jsonb_build_object('templateId', p.template_id, 'streamKey', p.key, 'name', p.template)), '[]') from open p
             where p.integration_id = o.integration_id and p.object = o.object and p.kind = o.kind and p.path = o.path and (p.detail->>'filter')::boolean and not coalesce((p.detail->>'own')::boolean, false)) as filters,
           (select jsonb_agg(jsonb_build_object('id', p.customer_id, 'name', p.customer) order by p.found_at desc) from (
              select p.customer_id, p.customer, max(p.found_at) as found_at from open p
               where p.integration_id = o.integration_id and p.object = o.object and p.kind = o.kind and p.path = o.path
               group by 1, 2 order by 3 desc, 1 limit 5) p) as reached
      from open o
     group by o.integration_id, o.integration, o.position, o.object, o.kind, o.path
     order by o.position, o.integration, o.integration_id, customers desc, o.object, o.path, o.kind limit ${MOST}`,
  );
  return rows.map((row) => ({ ...row, foundAt: new Date(row.foundAt) }));
}
