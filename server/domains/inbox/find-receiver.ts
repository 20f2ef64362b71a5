import { eq } from "drizzle-orm";
import { connections, environments, inboundEndpoints, integrations } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import type { ConnectionId, CustomerId, EnvironmentId, InboundId, IntegrationId, VendorId } from "#server/lib/ids";
import { hashToken } from "#server/lib/tokens";
import type { Sealed } from "#server/lib/vault";

/** Who is called at an address, with what its calls are checked. */
export type Receiver = {
  endpointId: InboundId;
  vendorId: VendorId;
  environmentId: EnvironmentId;
  customerId: CustomerId | null;
  connectionId: ConnectionId | null;
  integrationId: IntegrationId;
  connectorKey: string;
  connectorVersion: number | null;
  sandboxOrigin: string | null;
  /** Opened secrets: the integration's own, and the endpoint's. */
  clientSecret: string | null;
  secret: string | null;
};

/** A change of a secret or a disconnection is noticed after this long at most. */
const FRESH_MS = 5_000;
const MOST = 10_000;

export type FindReceiver = (token: string) => Promise<Receiver | null>;

async function lookUp(deps: Deps, tokenHash: string): Promise<Receiver | null> {
  const [row] = await asSystem(deps.db, "an inbound endpoint is looked up before its scope is known", (tx) =>
    tx
      .select({ endpoint: inboundEndpoints, integration: integrations, vendorId: environments.vendorId, status: connections.status })
      .from(inboundEndpoints)
      .innerJoin(integrations, eq(integrations.id, inboundEndpoints.integrationId))
      .innerJoin(environments, eq(environments.id, inboundEndpoints.environmentId))
      .leftJoin(connections, eq(connections.id, inboundEndpoints.connectionId))
      .where(eq(inboundEndpoints.tokenHash, tokenHash)),
  );
  if (!row || row.status === "disconnected") return null;
  const { endpoint, integration } = row;
  const open = (sealed: Sealed | null, ownerId: string, customerId: string, field: string) =>
    sealed && deps.vault.open(sealed, { environmentId: endpoint.environmentId, customerId, ownerId, field, version: 1 });
  return {
    endpointId: endpoint.id,
    vendorId: row.vendorId,
    environmentId: endpoint.environmentId,
    customerId: endpoint.customerId,
    connectionId: endpoint.connectionId,
    integrationId: integration.id,
    connectorKey: integration.connectorKey,
    connectorVersion: integration.connectorVersion,
    sandboxOrigin: integration.sandboxOrigin,
    clientSecret: open(integration.clientSecret, integration.id, "", "client_secret"),
    secret: open(endpoint.secret, endpoint.id, endpoint.customerId ?? "", "secret"),
  };
}

/** Looks receivers up by the last part of their address, and remembers the answers for a few seconds; null is an answer too. */
export function createFindReceiver(deps: Deps): FindReceiver {
  const known = new Map<string, { found: Promise<Receiver | null>; until: number }>();
  return (token) => {
    const now = Date.now();
    const hit = known.get(token);
    if (hit && hit.until > now) return hit.found;
    const found = lookUp(deps, hashToken(token));
    if (known.size >= MOST) known.clear();
    known.set(token, { found, until: now + FRESH_MS });
    found.catch(() => known.delete(token)); // a failure is not an answer
    return found;
  };
}
