import { getManifest, isPrivateKey } from "#server/connectors/index";
import type { Database } from "#server/db/client";
import { readScoped } from "#server/db/tenancy";
import type { Scope } from "#server/lib/context";
import { AppError, isAppError } from "#server/lib/errors";
import { Manifest } from "./manifest";

/** Which manifest is meant. `connectorVersion` null = the newest published one; shipped connectors have no versions. */
export type ConnectorRef = { connectorKey: string; connectorVersion: number | null };
type Holder = { db: Database; scope: Pick<Scope, "vendorId" | "environmentId"> };
type Known = { manifest: Manifest; until: number };

/** A newly published version reaches every process after this long at most. */
const FRESH_MS = 2_000;
const MOST = 500;
const caches = new WeakMap<Database, Map<string, Known>>();

const cacheOf = (db: Database): Map<string, Known> => {
  const cache = caches.get(db) ?? new Map<string, Known>();
  caches.set(db, cache);
  return cache;
};
const nameOf = (vendorId: string, key: string, version: number | null) => `${vendorId} ${key} ${version ?? ""}`;

function remember(cache: Map<string, Known>, name: string, known: Known): void {
  if (cache.size >= MOST) cache.clear();
  cache.set(name, known);
}

type Row = { key: string; wanted: number | null; version: number; manifest: unknown };

/** The stored manifests that are meant, in one statement. */
const load = (holder: Holder, wanted: { key: string; version: number | null }[]) =>
  readScoped<Row[]>(
    { db: holder.db, scope: { vendorId: holder.scope.vendorId, environmentId: holder.scope.environmentId } },
    (sql) => sql`
      select w.key, w.version as wanted, v.version, v.manifest
        from jsonb_to_recordset(${JSON.stringify(wanted)}::text::jsonb) as w(key text, version int)
        join lateral (
          select c.version, c.manifest from connector_versions c
           where c.vendor_id = ${holder.scope.vendorId} and c.key = w.key
             and case when w.version is null then c.status = 'published' else c.version = w.version end
           order by c.version desc limit 1
        ) v on true`,
  );

function parse({ key, version, manifest }: Row): Manifest {
  const parsed = Manifest.safeParse(manifest);
  if (parsed.success) return parsed.data;
  throw new AppError("config_invalid", `Version ${version} of the connector "${key}" does not fit any more: publish a new version of it.`);
}

/**
 * Looks the manifests of several integrations up at once: shipped ones are data, the vendor's own are read from its stored
 * versions and remembered. The answer gives null for a connector that is only announced.
 */
export async function findManifests(holder: Holder, refs: readonly ConnectorRef[]): Promise<(ref: ConnectorRef) => Manifest | null> {
  const cache = cacheOf(holder.db);
  const { vendorId } = holder.scope;
  const now = Date.now();
  const here = new Map<string, Manifest>();
  const missing = new Map<string, { key: string; version: number | null }>();
  for (const { connectorKey: key, connectorVersion: version } of refs) {
    if (!isPrivateKey(key)) continue;
    const name = nameOf(vendorId, key, version);
    const hit = cache.get(name);
    if (hit && hit.until > now) here.set(name, hit.manifest);
    else missing.set(name, { key, version });
  }
  for (const row of missing.size === 0 ? [] : await load(holder, [...missing.values()])) {
    const exact = nameOf(vendorId, row.key, row.version);
    const manifest = cache.get(exact)?.manifest ?? parse(row);
    remember(cache, exact, { manifest, until: Number.POSITIVE_INFINITY });
    if (row.wanted === null) remember(cache, nameOf(vendorId, row.key, null), { manifest, until: now + FRESH_MS });
    here.set(nameOf(vendorId, row.key, row.wanted), manifest);
  }
  return ({ connectorKey, connectorVersion }) =>
    isPrivateKey(connectorKey) ? (here.get(nameOf(vendorId, connectorKey, connectorVersion)) ?? null) : shipped(connectorKey);
}

function shipped(key: string): Manifest | null {
  try {
    return getManifest(key);
  } catch (error) {
    if (isAppError(error) && error.code === "not_found") return null;
    throw error;
  }
}

/** One manifest. Throws `not_found` for a connector there is not, or one whose versions are all drafts or retired. */
export async function findManifest(holder: Holder, ref: ConnectorRef): Promise<Manifest> {
  if (!isPrivateKey(ref.connectorKey)) return getManifest(ref.connectorKey);
  const manifest = (await findManifests(holder, [ref]))(ref);
  if (!manifest) throw new AppError("not_found", `There is no published connector "${ref.connectorKey.slice(0, 60)}".`);
  return manifest;
}

/** What was remembered of a vendor's newest versions is looked up anew: one was just published or retired. */
export function forgetNewest(db: Database, vendorId: string, key: string): void {
  caches.get(db)?.delete(nameOf(vendorId, key, null));
}
