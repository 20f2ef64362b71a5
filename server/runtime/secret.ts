import { z } from "zod";
import type { Sealed, Vault } from "#server/lib/vault";
import type { AuthMethod } from "./auth/schema";
import type { TokenSet } from "./oauth";

/** What a credential row holds, sealed. */
export const Secret = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("oauth2"),
    accessToken: z.string(),
    refreshToken: z.string().nullable(),
    /** What a renewal's answer said anew about the account (an address that moved); it stands before the connection's config. */
    extra: z.record(z.string(), z.string()).optional(),
    /** Further credentials that were told after the consent; no renewal tells them again. */
    kept: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({ type: z.literal("api_key"), values: z.record(z.string(), z.string()) }),
  /** `values` stay; `token` is had from them, again and again. */
  z.strictObject({ type: z.literal("session"), values: z.record(z.string(), z.string()), token: z.record(z.string(), z.string()) }),
]);
export type Secret = z.infer<typeof Secret>;

export type CredentialOwner = { environmentId: string; customerId: string; connectionId: string };

const contextOf = ({ environmentId, customerId, connectionId }: CredentialOwner, field: "secret" | "orphan", version: number) => ({
  environmentId,
  customerId,
  ownerId: connectionId,
  field,
  version,
});

export const sealSecret = (vault: Vault, owner: CredentialOwner, version: number, secret: Secret): Sealed =>
  vault.seal(JSON.stringify(secret), contextOf(owner, "secret", version));

export const openSecret = (vault: Vault, owner: CredentialOwner, version: number, sealed: Sealed): Secret =>
  Secret.parse(JSON.parse(vault.open(sealed, contextOf(owner, "secret", version))));

const Orphan = z.strictObject({ secret: Secret, expiresAtMs: z.number().nullable() });
export type Orphan = z.infer<typeof Orphan>;

/** A token we were given but could not commit. `version` is the one it was meant to follow. */
export const sealOrphan = (vault: Vault, owner: CredentialOwner, version: number, orphan: Orphan): Sealed =>
  vault.seal(JSON.stringify(orphan), contextOf(owner, "orphan", version));

/** Null when it was meant to follow another version: then it is of no use any more. */
export function openOrphan(vault: Vault, owner: CredentialOwner, version: number, sealed: Sealed): Orphan | null {
  try {
    return Orphan.parse(JSON.parse(vault.open(sealed, contextOf(owner, "orphan", version))));
  } catch {
    return null;
  }
}

/**
 * When an access token ends and from when on it is renewed: early by a fifth of its life, at most 15 minutes, less some
 * chance so that a fleet does not renew at once. `earlyMs`: some third parties refuse whoever comes earlier than that. Nulls = it does not end by itself.
 */
export function expiryOf(
  lifetimeMs: number | null,
  nowMs: number,
  { earlyMs, chance = Math.random() }: { earlyMs?: number | undefined; chance?: number } = {},
): { expiresAt: Date | null; refreshAfter: Date | null } {
  if (lifetimeMs === null) return { expiresAt: null, refreshAfter: null };
  const usual = Math.min(15 * 60_000, lifetimeMs * 0.2) * (1 + chance * 0.25);
  const early = earlyMs === undefined ? usual : Math.min(earlyMs, lifetimeMs) * (1 - chance * 0.25);
  return { expiresAt: new Date(nowMs + lifetimeMs), refreshAfter: new Date(nowMs + lifetimeMs - early) };
}

type OAuthSecret = Extract<Secret, { type: "oauth2" }>;

export const oauthSecret = (tokens: TokenSet, before: string | null): OAuthSecret => ({
  type: "oauth2",
  accessToken: tokens.accessToken,
  refreshToken: tokens.refreshToken ?? before,
  ...(Object.keys(tokens.config).length > 0 ? { extra: tokens.config } : {}),
});

/** A credential with further ones beside it. */
export const keptWith = (secret: OAuthSecret, kept: Readonly<Record<string, string>>): OAuthSecret =>
  Object.keys(kept).length === 0 ? secret : { ...secret, kept: { ...secret.kept, ...kept } };

/** How early a method's tokens may be renewed, where it says so. */
export const earlyOf = (method: AuthMethod): number | undefined =>
  method.type === "oauth2_code" && method.renew.type !== "never" ? method.renew.earlyMs : undefined;
