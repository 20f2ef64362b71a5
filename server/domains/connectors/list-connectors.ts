import { listManifests } from "#server/connectors/index";
import { readScoped } from "#server/db/tenancy";
import { iconUrl } from "#server/domains/views/connection-view";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { Manifest } from "#server/runtime/manifest";
import type { VersionStatus } from "./schema";

export type ConnectorRow = {
  key: string;
  name: string;
  tagline: string;
  categories: string[];
  iconUrl: string;
  origin: "shipped" | "private";
  objects: number;
  /** Of this environment. */
  integrations: number;
  /** Private ones: the newest version, and the newest published one. */
  latest: { version: number; status: VersionStatus; createdAt: string } | null;
  published: number | null;
};

type Own = {
  key: string;
  version: number;
  status: VersionStatus;
  createdAt: string;
  published: number | null;
  head: Pick<Manifest, "name" | "tagline" | "categories">;
  objects: number;
};

const own = (ctx: Ctx, key: string | null) =>
  readScoped<Own[]>(
    ctx,
    (sql) => sql`
    select distinct on (v.key) v.key, v.version, v.status, to_jsonb(v.created_at) #>> '{}' as "createdAt",
           (select max(p.version) from connector_versions p where p.vendor_id = v.vendor_id and p.key = v.key and p.status = 'published') as published,
           json_build_object('name', v.manifest->'name', 'tagline', v.manifest->'tagline', 'categories', v.manifest->'categories') as head,
           (select count(*)::int from json_object_keys(v.manifest->'objects')) as objects
      from connector_versions v
     where v.vendor_id = ${ctx.scope.vendorId} ${key === null ? sql`` : sql`and v.key = ${key}`}
     order by v.key, v.version desc`,
  );

const integrationCounts = async (ctx: Ctx): Promise<Map<string, number>> => {
  const rows = await readScoped<{ key: string; n: number }[]>(
    ctx,
    (sql) =>
      sql`select connector_key as key, count(*)::int as n from integrations where environment_id = ${ctx.scope.environmentId} group by 1`,
  );
  return new Map(rows.map(({ key, n }) => [key, n]));
};

/** What there is to integrate with: the vendor's own connectors first, then those we ship, each by name. */
export async function listConnectors(ctx: Ctx, input: { key?: string } = {}): Promise<ConnectorRow[]> {
  const [rows, counts] = await Promise.all([own(ctx, input.key ?? null), integrationCounts(ctx)]);
  const privates = rows.map(
    ({ key, version, status, createdAt, published, head, objects }): ConnectorRow => ({
      ...{ key, ...head, iconUrl: iconUrl(key), origin: "private", objects, integrations: counts.get(key) ?? 0, published },
      latest: { version, status, createdAt: new Date(createdAt).toISOString() },
    }),
  );
  const shipped = listManifests()
    .filter(({ key }) => input.key === undefined || key === input.key)
    .map(
      ({ key, name, tagline, categories, objects }): ConnectorRow => ({
        ...{ key, name, tagline, categories, iconUrl: iconUrl(key), origin: "shipped", objects: Object.keys(objects).length },
        ...{ integrations: counts.get(key) ?? 0, latest: null, published: null },
      }),
    );
  const byName = (a: ConnectorRow, b: ConnectorRow) => a.name.localeCompare(b.name, "en");
  return [...privates.sort(byName), ...shipped.sort(byName)];
}

/** One connector; `not_found` when it is neither shipped nor the vendor's own. */
export async function getConnector(ctx: Ctx, { key }: { key: string }): Promise<ConnectorRow> {
  const [row] = await listConnectors(ctx, { key });
  if (!row) throw new AppError("not_found", `There is no connector "${key.slice(0, 60)}" here.`);
  return row;
}
