import { and, eq, sql } from "drizzle-orm";
import { connections, credentials, environments } from "#server/db/schema";
import { asSystem, withScope } from "#server/db/tenancy";
import type { Deps, Scope } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";
import { oauthClientOf } from "#server/runtime/auth/app";
import { type Holder, loadConnection } from "#server/runtime/credential-store";
import { egressTo } from "#server/runtime/egress";
import { findManifest } from "#server/runtime/find-manifest";
import { authMethodOf } from "#server/runtime/grants";
import { revokeGrant } from "#server/runtime/oauth";
import { integrationFacts } from "#server/runtime/open-connection";
import { type CredentialOwner, openSecret } from "#server/runtime/secret";
import { endSubscription } from "../inbox/end-subscription";
import { withinBudget } from "./within-budget";

const BATCH = 50;
/** One call ends within a minute: none is begun after 40 seconds, and none takes longer than 20. */
const PACE = { atOnce: 8, budgetMs: 40_000 };
/** After this long the secret is destroyed even if the third party could not be told. */
const PATIENCE_MS = 24 * 3_600_000;

/**
 * Worker: gives grants of disconnected connections back to their third parties and destroys the secrets. What cannot be
 * reached now is tried again by a later call, for a day. Returns how many secrets were destroyed.
 */
export async function revokeDisconnected(deps: Deps, pace = PACE): Promise<number> {
  const rows = await asSystem(deps.db, "secrets of disconnected connections, of everybody", (tx) =>
    tx
      .select({
        credentialId: credentials.id,
        connectionId: connections.id,
        environmentId: connections.environmentId,
        customerId: connections.customerId,
        vendorId: environments.vendorId,
        disconnectedAt: connections.disconnectedAt,
      })
      .from(credentials)
      .innerJoin(connections, and(eq(connections.environmentId, credentials.environmentId), eq(connections.id, credentials.connectionId)))
      .innerJoin(environments, eq(environments.id, connections.environmentId))
      .where(eq(connections.status, "disconnected"))
      // A third party that never answers must not stand in the way of the others.
      .orderBy(sql`random()`)
      .limit(BATCH),
  );
  let destroyed = 0;
  await withinBudget(rows, pace, async (row) => {
    const scope: Scope = { vendorId: row.vendorId, environmentId: row.environmentId, customerId: row.customerId };
    const holder = { db: deps.db, scope };
    const late = deps.clock.now().getTime() - (row.disconnectedAt?.getTime() ?? 0) > PATIENCE_MS;
    const told = await leave(deps, row);
    if (!late && !(told && (await revoked(deps, holder, row)))) return;
    try {
      await destroy(holder, row);
      destroyed++;
    } catch (error) {
      deps.log.error({ err: error, connectionId: row.connectionId }, "a secret could not be destroyed");
    }
  });
  return destroyed;
}

/** Takes back what the third party was asked for; trouble of any kind is met again later. */
async function leave(deps: Deps, row: Parameters<typeof endSubscription>[1]): Promise<boolean> {
  try {
    return await endSubscription(deps, row);
  } catch (error) {
    deps.log.warn({ err: error, connectionId: row.connectionId }, "a subscription could not be taken back");
    return isAppError(error) && error.code === "config_invalid";
  }
}

type Row = Pick<typeof credentials.$inferSelect, "environmentId" | "customerId"> & {
  credentialId: (typeof credentials.$inferSelect)["id"];
};

async function destroy(holder: Holder, row: Row): Promise<void> {
  await withScope(holder, (tx) =>
    tx
      .delete(credentials)
      .where(
        and(
          eq(credentials.id, row.credentialId),
          eq(credentials.environmentId, row.environmentId),
          eq(credentials.customerId, row.customerId),
        ),
      ),
  );
}

/** True when there is nothing left to tell the third party; false when it should be told later. */
async function revoked(deps: Deps, holder: Holder, owner: CredentialOwner): Promise<boolean> {
  try {
    const row = await loadConnection(holder, owner);
    if (!row) return true;
    const secret = openSecret(deps.vault, owner, row.version, row.secret);
    const manifest = await findManifest(holder, { connectorKey: row.connector_key, connectorVersion: row.connector_version });
    const method = authMethodOf(manifest, row.auth_key);
    const values = { ...row.config, ...(secret.type === "oauth2" ? { ...secret.extra, ...secret.kept } : {}) };
    const client = oauthClientOf(deps, manifest.name, method, integrationFacts(owner.environmentId, row), values);
    return client === null || secret.type !== "oauth2" || (await revokeGrant(egressTo(deps.egress, manifest), client, secret));
  } catch (error) {
    const code = isAppError(error) ? error.code : "platform_error";
    deps.log.warn({ connectionId: owner.connectionId, code }, "a grant could not be given back");
    return code === "config_invalid"; // an incomplete OAuth app will not get better by waiting
  }
}
