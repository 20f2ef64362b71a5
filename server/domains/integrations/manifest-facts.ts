import { getManifest, listManifests } from "#server/connectors/index";
import type { AuthMethod, Manifest } from "#server/runtime/manifest";

/** The manifest behind an integration, or null for one that is only announced. */
export function manifestOf(connectorKey: string): Manifest | null {
  return listManifests().some((manifest) => manifest.key === connectorKey) ? getManifest(connectorKey) : null;
}

/** The auth method the vendor offers, or null when the connector has none of that name. */
export function authOf(manifest: Manifest | null, authKey: string): AuthMethod | null {
  return manifest && Object.hasOwn(manifest.auth, authKey) ? (manifest.auth[authKey] ?? null) : null;
}

/** What is asked of the third party: the vendor's own choice of scopes, else all the connector knows. */
export function scopesOf(auth: AuthMethod | null, chosen: readonly string[]): { scope: string; reason: string }[] {
  if (auth?.type !== "oauth2_code") return [];
  if (chosen.length === 0) return auth.scopes;
  return chosen.map((scope) => ({ scope, reason: auth.scopes.find((known) => known.scope === scope)?.reason ?? "" }));
}
