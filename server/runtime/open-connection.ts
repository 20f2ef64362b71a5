import { AppError } from "#server/lib/errors";
import { appOf, wantedScopes } from "./auth/app";
import { type Renewer, renewerOf } from "./auth/renewer";
import { loadConnection, type StoredConnection } from "./credential-store";
import { egressTo } from "./egress";
import { findManifest } from "./find-manifest";
import { authMethodOf, createGrants } from "./grants";
import type { Manifest } from "./manifest";
import type { RefreshDeps } from "./refresh";
import type { CredentialOwner } from "./secret";
import type { Grants } from "./send";

export type OpenConnection = { row: StoredConnection; manifest: Manifest; grants: Grants; renewer: Renewer | null };

/**
 * A stored connection made ready for requests. Worker only: it opens the credential. Throws `not_found` when it is gone,
 * `reauth_required` when its customer has to reconnect, `config_invalid` when the integration is incomplete.
 */
export async function openConnection(deps: RefreshDeps, owner: CredentialOwner): Promise<OpenConnection> {
  const row = await loadConnection(deps, owner);
  if (!row || row.status === "disconnected") throw new AppError("not_found", "The connection is gone.");
  if (row.status === "reauth") throw new AppError("reauth_required", row.status_reason ?? undefined);
  return assemble(deps, owner, row);
}

/** A connection that was disconnected, as long as its credential is there: to take leave of the third party. Null when it is not. */
export async function openForLeave(deps: RefreshDeps, owner: CredentialOwner): Promise<OpenConnection | null> {
  const row = await loadConnection(deps, owner);
  return row?.status === "disconnected" ? assemble(deps, owner, row) : null;
}

async function assemble(deps: RefreshDeps, owner: CredentialOwner, row: StoredConnection): Promise<OpenConnection> {
  const manifest = await findManifest(deps, { connectorKey: row.connector_key, connectorVersion: row.connector_version });
  const method = authMethodOf(manifest, row.auth_key);
  const app = appOf(deps, manifest.name, method, integrationFacts(owner.environmentId, row));
  const renewer = renewerOf({
    caller: { egress: egressTo(deps.egress, manifest), name: manifest.name, sandboxOrigin: row.sandbox_origin },
    method,
    app,
    config: row.config,
    scopes: wantedScopes(manifest.name, method, row.scopes),
    clock: deps.clock,
  });
  return { row, manifest, renewer, grants: createGrants(deps, owner, row, manifest, { renewer, app }) };
}

/** The integration's part of a stored connection. */
export const integrationFacts = (environmentId: string, row: StoredConnection) => ({
  environmentId,
  id: row.integration_id,
  clientId: row.client_id,
  clientSecret: row.client_secret,
  sandboxOrigin: row.sandbox_origin,
});
