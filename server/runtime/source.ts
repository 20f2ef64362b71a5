import { getManifest } from "#server/connectors/index";
import type { PageFacts } from "#server/db/schema/streams";
import type { Ctx, Scope } from "#server/lib/context";
import { AppError, type ErrorCode } from "#server/lib/errors";
import type { Sealed } from "#server/lib/vault";
import { loadConnection } from "./credential-store";
import { authMethodOf, createGrants } from "./grants";
import type { Manifest } from "./manifest";
import type { OAuthClient } from "./oauth";
import { planOf, readPage } from "./pages";
import { createSend } from "./send";

/** A record as the source gave it, under its id there. */
export type SourceRecord = { id: string; value: unknown };

/** A record that could not be taken; `source` is its JSON text, cut. */
export type SourceFault = { externalId: string; code: ErrorCode; message: string; source: string };

export type SourcePage = {
  records: SourceRecord[];
  faults: SourceFault[];
  /** Opaque. Where to go on; when `done`, where the next incremental pass starts. */
  cursor: string;
  done: boolean;
  /** The source's own count of this pass, when it tells one. */
  total: number | null;
  facts: PageFacts;
};

export type Source = {
  /** One page. `cursor` null = from the beginning. Needs nothing but the cursor, so a page may be fetched ahead or again. */
  readPage(cursor: string | null, signal?: AbortSignal): Promise<SourcePage>;
};

export type SourceRef = {
  vendorId: string;
  environmentId: string;
  customerId: string;
  connectionId: string;
  /** Key of an object in the connector's manifest. */
  object: string;
  phase: "backfill" | "incremental";
};

export type SourceDeps = Pick<Ctx, "db" | "vault" | "egress" | "clock">;

/** The OAuth app of an integration, or null when its auth method needs none. Throws `config_invalid` when it is incomplete. */
export function oauthClientOf(
  deps: Pick<Ctx, "vault">,
  manifest: Manifest,
  integration: {
    environmentId: string;
    id: string;
    authKey: string;
    clientId: string | null;
    clientSecret: Sealed | null;
    sandboxOrigin: string | null;
  },
): OAuthClient | null {
  const method = authMethodOf(manifest, integration.authKey);
  if (method.type !== "oauth2_code") return null;
  const { environmentId, id, clientId, clientSecret, sandboxOrigin } = integration;
  if (!clientId || !clientSecret) throw new AppError("config_invalid", `The ${manifest.name} integration has no client id and secret yet.`);
  const secret = deps.vault.open(clientSecret, { environmentId, customerId: "", ownerId: id, field: "client_secret", version: 1 });
  return { name: manifest.name, method, clientId, clientSecret: secret, sandboxOrigin };
}

/**
 * Opens a connection's object for reading. Worker only: it opens the credential. Throws `not_found` when the connection is
 * gone and `reauth_required` when its customer has to reconnect.
 */
export async function openSource(deps: SourceDeps, ref: SourceRef): Promise<Source> {
  const scope = { vendorId: ref.vendorId, environmentId: ref.environmentId, customerId: ref.customerId } as Scope;
  const holder = { db: deps.db, scope, vault: deps.vault, egress: deps.egress, clock: deps.clock };
  const owner = { environmentId: ref.environmentId, customerId: ref.customerId, connectionId: ref.connectionId };
  const row = await loadConnection(holder, owner);
  if (!row || row.status === "disconnected") throw new AppError("not_found", "The connection is gone.");
  if (row.status === "reauth") throw new AppError("reauth_required", row.status_reason ?? undefined);

  const manifest = getManifest(row.connector_key);
  const plan = planOf(manifest, ref.object);
  const client = oauthClientOf(deps, manifest, {
    environmentId: ref.environmentId,
    id: row.integration_id,
    authKey: row.auth_key,
    clientId: row.client_id,
    clientSecret: row.client_secret,
    sandboxOrigin: row.sandbox_origin,
  });
  const grants = createGrants(holder, owner, row, manifest, client);
  const send = createSend({ egress: deps.egress, manifest, grants, sandboxOrigin: row.sandbox_origin, clock: deps.clock });
  return { readPage: (cursor, signal) => readPage(send, plan, cursor, deps.clock.now().getTime(), signal) };
}
