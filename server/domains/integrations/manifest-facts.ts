import { appNeeds } from "#server/runtime/auth/holes";
import type { AuthMethod } from "#server/runtime/auth/schema";
import type { Manifest } from "#server/runtime/manifest";

/** The auth method the vendor offers, or null when the connector has none of that name. */
export function authOf(manifest: Manifest | null, authKey: string): AuthMethod | null {
  return manifest && Object.hasOwn(manifest.auth, authKey) ? (manifest.auth[authKey] ?? null) : null;
}

/** Whether the vendor has entered what the method needs of its app at the third party. */
export function hasApp(auth: AuthMethod, has: { hasClientId: boolean; hasClientSecret: boolean }): boolean {
  const needs = appNeeds(auth);
  return (!needs.id || has.hasClientId) && (!needs.secret || has.hasClientSecret);
}

/** What is asked of the third party: the vendor's own choice of scopes, else all the connector knows. */
export function scopesOf(auth: AuthMethod | null, chosen: readonly string[]): { scope: string; reason: string }[] {
  if (!auth || !("scopes" in auth)) return [];
  if (chosen.length === 0) return auth.scopes;
  return chosen.map((scope) => ({ scope, reason: auth.scopes.find((known) => known.scope === scope)?.reason ?? "" }));
}
