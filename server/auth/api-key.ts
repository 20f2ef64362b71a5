import type { Database } from "#server/db/client";
import type { ApiScope } from "#server/db/schema/identity";
import { systemStatement } from "#server/db/tenancy";
import type { Actor, Ctx, Deps } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ApiKeyId, EnvironmentId, VendorId } from "#server/lib/ids";
import { hashToken } from "#server/lib/tokens";
import { bearerOf, type Incoming } from "./request";

type Key = { id: ApiKeyId; vendorId: VendorId; environmentId: EnvironmentId; scopes: ApiScope[]; revokedAt: Date | null };

/** A key that was good a moment ago is good: the look-up would cost more than most reads. So a revocation takes a second. */
const FRESH_MS = 1_000;
const MOST = 10_000;
const good = new WeakMap<Database, Map<string, { key: Key; until: number }>>();

// How exact "last used" is: a write a minute and key, not one a request.
const FIND = `
  with found as (
    select id, vendor_id, environment_id, array_to_string(scopes, ' ') as scopes, revoked_at, last_used_at from api_keys where secret_hash = $1
  ), used as (
    update api_keys set last_used_at = now()
      from found where api_keys.id = found.id and found.revoked_at is null
       and (found.last_used_at is null or found.last_used_at < now() - interval '1 minute')
  )
  select id, vendor_id, environment_id, scopes, revoked_at::text from found`;

type Row = { id: ApiKeyId; vendor_id: VendorId; environment_id: EnvironmentId; scopes: string; revoked_at: string | null };

async function find(deps: Deps, secretHash: string): Promise<Key | undefined> {
  const [row] = await systemStatement<Row>(deps.db, "a key is looked up before its scope is known", FIND, [secretHash]);
  return (
    row && {
      ...{ id: row.id, vendorId: row.vendor_id, environmentId: row.environment_id },
      scopes: row.scopes === "" ? [] : (row.scopes.split(" ") as ApiScope[]),
      revokedAt: row.revoked_at === null ? null : new Date(row.revoked_at),
    }
  );
}

async function lookUp(deps: Deps, secretHash: string): Promise<Key | undefined> {
  const keys = good.get(deps.db) ?? new Map<string, { key: Key; until: number }>();
  good.set(deps.db, keys);
  const now = Date.now();
  const hit = keys.get(secretHash);
  if (hit && hit.until > now) return hit.key;
  keys.delete(secretHash);
  const key = await find(deps, secretHash);
  if (key && !key.revokedAt) {
    if (keys.size >= MOST) keys.clear();
    keys.set(secretHash, { key, until: now + FRESH_MS });
  }
  return key;
}

/** A verb's context whose actor is a secret key, and what the key may do. */
export type ApiCtx = Ctx & { actor: Extract<Actor, { type: "apiKey" }>; scopes: readonly ApiScope[] };

/**
 * The vendor's backend by its secret key (`Authorization: Bearer sk_…`). The key decides the environment. Throws
 * `unauthenticated` for a key that is missing, unknown or revoked.
 */
export async function authenticateApiKey(deps: Deps, incoming: Incoming, requestId: string): Promise<ApiCtx> {
  const token = bearerOf(incoming);
  if (!token) throw new AppError("unauthenticated", "Send your secret key as `Authorization: Bearer sk_…`.");
  if (token.startsWith("pk_")) {
    throw new AppError("unauthenticated", "This is a publishable key. The API needs the secret key (sk_…), from your server only.");
  }
  if (!token.startsWith("sk_")) throw new AppError("unauthenticated", "This is not a secret key; secret keys start with sk_.");
  const key = await lookUp(deps, hashToken(token));
  if (!key) throw new AppError("unauthenticated", "This secret key is not known here. Was it made for another installation?");
  if (key.revokedAt) throw new AppError("unauthenticated", `This secret key was revoked at ${key.revokedAt.toISOString()}.`);
  return {
    ...deps,
    actor: { type: "apiKey", apiKeyId: key.id },
    scope: { vendorId: key.vendorId, environmentId: key.environmentId },
    requestId,
    scopes: key.scopes,
  };
}
