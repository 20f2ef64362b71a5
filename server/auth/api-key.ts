import { and, eq, isNull, lt, or, sql } from "drizzle-orm";
import type { Database } from "#server/db/client";
import { apiKeys } from "#server/db/schema";
import type { ApiScope } from "#server/db/schema/identity";
import { asSystem } from "#server/db/tenancy";
import type { Actor, Ctx, Deps } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ApiKeyId, EnvironmentId, VendorId } from "#server/lib/ids";
import { hashToken } from "#server/lib/tokens";
import { bearerOf, type Incoming } from "./request";

/** How exact "last used" is; a write a minute and key, not one a request. */
const USED_GRANULARITY = sql`now() - interval '1 minute'`;

type Key = { id: ApiKeyId; vendorId: VendorId; environmentId: EnvironmentId; scopes: ApiScope[]; revokedAt: Date | null };

/** A key that was good a moment ago is good: the look-up would cost more than most reads. So a revocation takes a second. */
const FRESH_MS = 1_000;
const MOST = 10_000;
const good = new WeakMap<Database, Map<string, { key: Key; until: number }>>();

async function lookUp(deps: Deps, secretHash: string): Promise<Key | undefined> {
  const keys = good.get(deps.db) ?? new Map<string, { key: Key; until: number }>();
  good.set(deps.db, keys);
  const now = Date.now();
  const hit = keys.get(secretHash);
  if (hit && hit.until > now) return hit.key;
  keys.delete(secretHash);
  const key = await asSystem(deps.db, "a key is looked up before its scope is known", async (tx) => {
    const [row] = await tx
      .select({
        ...{ id: apiKeys.id, vendorId: apiKeys.vendorId, environmentId: apiKeys.environmentId },
        ...{ scopes: apiKeys.scopes, revokedAt: apiKeys.revokedAt },
      })
      .from(apiKeys)
      .where(eq(apiKeys.secretHash, secretHash));
    if (!row || row.revokedAt) return row;
    await tx
      .update(apiKeys)
      .set({ lastUsedAt: sql`now()` })
      .where(and(eq(apiKeys.id, row.id), or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, USED_GRANULARITY))));
    return row;
  });
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
