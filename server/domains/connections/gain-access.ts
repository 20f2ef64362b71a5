import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { afterConnect } from "#server/runtime/auth/after-connect";
import { appOf } from "#server/runtime/auth/app";
import { exchangeOauth1, type TokenPair } from "#server/runtime/auth/oauth1";
import { type App, grantOf } from "#server/runtime/auth/place";
import type { OAuth1, OAuth2Code } from "#server/runtime/auth/schema";
import { egressTo } from "#server/runtime/egress";
import { exchangeToken, type OAuthClient, requestToken, type TokenResult, type TokenSet } from "#server/runtime/oauth";
import { earlyOf, expiryOf, keptWith, oauthSecret, type Secret } from "#server/runtime/secret";
import { callerOf, type Offer, redirectUriOf, scopesOf } from "./internal";

type Texts = Record<string, string>;

/** What the browser brought back, and what was kept for it. */
export type Returned = { code: string; token: string; verifier: string; config: Texts };

export type Access = {
  app: App;
  secret: Secret;
  expiry: { expiresAt: Date | null; refreshAfter: Date | null };
  grantedScopes: string[];
  /** `known`, and all that the third party said about the account on the way. */
  config: Texts;
};

/** Turns what a sign-in brought back into a credential. Throws `reauth_required` when the third party will not have it. */
export async function gainAccess(ctx: Ctx, offer: Offer, returned: Returned, known: Texts): Promise<Access> {
  const { integration, manifest, method } = offer;
  const app = appOf(ctx, manifest.name, method, integration);
  if (app && method.type === "oauth2_code") return byCode(ctx, offer, method, app, returned, known);
  if (app && method.type === "oauth1") return byVerifier(ctx, offer, method, app, returned, known);
  throw new AppError("config_invalid", `The ${manifest.name} integration no longer signs in by OAuth.`);
}

async function byVerifier(ctx: Ctx, offer: Offer, method: OAuth1, app: App, returned: Returned, known: Texts): Promise<Access> {
  const pair = JSON.parse(returned.verifier) as TokenPair;
  if (pair.token !== returned.token) throw new AppError("reauth_required", "The sign-in came back for another attempt. Start again.");
  const { values, config } = await exchangeOauth1(callerOf(ctx, offer), method, app, known, { pair, verifier: returned.code });
  const expiry = { expiresAt: null, refreshAfter: null };
  return { app, secret: { type: "api_key", values }, expiry, grantedScopes: [], config: { ...known, ...config } };
}

async function byCode(ctx: Ctx, offer: Offer, method: OAuth2Code, app: App, returned: Returned, known: Texts): Promise<Access> {
  const { integration, manifest } = offer;
  const egress = egressTo(ctx.egress, manifest);
  const client: OAuthClient = { name: manifest.name, method, ...app, sandboxOrigin: integration.sandboxOrigin, values: known };
  const first = orThrow(
    await requestToken(egress, client, {
      grant_type: "authorization_code",
      code: returned.code,
      redirect_uri: redirectUriOf(ctx, integration.id),
      ...(method.pkce ? { code_verifier: returned.verifier } : {}),
    }),
  );
  const grantedScopes = grantedOf(first, scopesOf(offer), manifest.name);
  const tokens = method.exchange ? orThrow(await exchangeToken(egress, client, method.exchange, first)) : first;
  const secret = oauthSecret({ ...tokens, config: {} }, first.refreshToken);
  const told = { ...known, ...first.config, ...tokens.config };
  const { config, kept } = await afterConnect(callerOf(ctx, offer), method.afterConnect, told, (so) =>
    grantOf(method, keptWith(secret, so.kept), so.config, 0, app),
  );
  const expiry = expiryOf(tokens.lifetimeMs, ctx.clock.now().getTime(), { earlyMs: earlyOf(method) });
  return { app, secret: keptWith(secret, kept), expiry, grantedScopes, config };
}

function orThrow(result: TokenResult): TokenSet {
  if (result.ok) return result.tokens;
  if (result.refusal.blame === "client")
    throw new AppError("config_invalid", `${result.refusal.text}. Check the integration's client id and secret.`);
  throw new AppError("reauth_required", `${result.refusal.text}. The sign-in has to be started again.`);
}

/** The scopes that were granted; `insufficient_scope` when the person left out what is needed. */
function grantedOf(tokens: TokenSet, wanted: string[], name: string): string[] {
  if (tokens.scopes === null) return wanted;
  const granted = tokens.scopes;
  const missing = wanted.filter((scope) => !granted.includes(scope));
  if (missing.length > 0) throw new AppError("insufficient_scope", `${name} did not grant ${missing.join(", ")}.`);
  return granted;
}
