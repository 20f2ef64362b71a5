import { AppError, isAppError } from "#server/lib/errors";
import { type App, grantOf } from "./auth/place";
import type { Renewer } from "./auth/renewer";
import type { AuthMethod } from "./auth/schema";
import { condemnConnection, type StoredConnection } from "./credential-store";
import type { Manifest } from "./manifest";
import { type Opened, type RefreshDeps, refreshCredential } from "./refresh";
import { type CredentialOwner, openSecret } from "./secret";
import type { Grant, Grants } from "./send";

const CACHE_SIZE = 2_000;
/** After an early renewal failed: until the next attempt, so that a token endpoint in trouble does not slow every page. */
const EARLY_AGAIN_MS = 60_000;
/** Opened credentials by id; a version that is not the row's is of no use and is replaced. */
const opened = new Map<string, Opened>();

function remember(credentialId: string, value: Opened): Opened {
  opened.delete(credentialId);
  opened.set(credentialId, value);
  if (opened.size > CACHE_SIZE) opened.delete(opened.keys().next().value as string);
  return value;
}

/** The auth method of a manifest that an integration offers. */
export function authMethodOf(manifest: Manifest, authKey: string): AuthMethod {
  const method = Object.hasOwn(manifest.auth, authKey) ? manifest.auth[authKey] : undefined;
  if (!method) throw new AppError("config_invalid", `${manifest.name} has no way to sign in called "${authKey.slice(0, 40)}".`);
  return method;
}

/** Grants of one stored connection: opened once a version, renewed before they end. */
export function createGrants(
  deps: RefreshDeps,
  owner: CredentialOwner,
  row: StoredConnection,
  manifest: Manifest,
  { renewer, app }: { renewer: Renewer | null; app: App | null },
): Grants {
  const method = authMethodOf(manifest, row.auth_key);
  const open = (): Opened => {
    const known = opened.get(row.credential_id);
    if (known && known.version >= row.version) return known;
    return remember(row.credential_id, {
      version: row.version,
      secret: openSecret(deps.vault, owner, row.version, row.secret),
      expiresAtMs: row.expires_at?.getTime() ?? null,
      refreshAfterMs: row.refresh_after?.getTime() ?? null,
    });
  };
  let held = open();
  const ready = () => grantOf(method, held.secret, row.config, held.version, app);
  let grant = ready();

  const condemn = async (version: number, reason: string) => {
    const stands = await condemnConnection(deps, row.credential_id, version, null, reason);
    return stands
      ? new AppError("reauth_required", reason)
      : new AppError("provider_unavailable", "The credential was renewed meanwhile; trying again.");
  };
  const renew = async (version: number): Promise<Grant> => {
    if (held.version > version) return grant;
    if (!renewer) throw await condemn(version, `${manifest.name} refused the key.`);
    held = remember(row.credential_id, await refreshCredential(deps, { owner, credentialId: row.credential_id, renewer }, version));
    grant = ready();
    return grant;
  };

  return {
    renew,
    condemn,
    async current() {
      const now = deps.clock.now().getTime();
      if (held.refreshAfterMs === null || now < held.refreshAfterMs) return grant;
      try {
        return await renew(held.version);
      } catch (error) {
        // Early renewal is a precaution: while the token still lives, trouble with it is no trouble.
        const alive = held.expiresAtMs !== null && now < held.expiresAtMs - 5_000;
        if (!alive || !isAppError(error) || error.code === "reauth_required" || error.code === "not_found") throw error;
        held.refreshAfterMs = now + EARLY_AGAIN_MS;
        return grant;
      }
    },
  };
}
