import { eq } from "drizzle-orm";
import { environments, integrations } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import type { IntegrationId } from "#server/lib/ids";
import { findManifest } from "#server/runtime/find-manifest";
import type { Manifest } from "#server/runtime/manifest";

type Offered = { id: IntegrationId; authKey: string; sandboxOrigin: string | null; manifest: Manifest };

/** Worker: the integrations of everybody with the manifest each goes by; those that are announced only, or whose connector is gone, are left out. */
export async function everyManifest(deps: Deps, reason: string): Promise<Offered[]> {
  const rows = await asSystem(deps.db, reason, (tx) =>
    tx
      .select({
        id: integrations.id,
        environmentId: integrations.environmentId,
        vendorId: environments.vendorId,
        connectorKey: integrations.connectorKey,
        connectorVersion: integrations.connectorVersion,
        authKey: integrations.authKey,
        sandboxOrigin: integrations.sandboxOrigin,
      })
      .from(integrations)
      .innerJoin(environments, eq(environments.id, integrations.environmentId)),
  );
  const offered: Offered[] = [];
  for (const { id, environmentId, vendorId, authKey, sandboxOrigin, ...connector } of rows) {
    const manifest = await findManifest({ db: deps.db, scope: { vendorId, environmentId } }, connector).catch(() => null);
    if (manifest) offered.push({ id, authKey, sandboxOrigin, manifest });
  }
  return offered;
}
