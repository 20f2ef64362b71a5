import { exchangeToken, type OAuthClient, requestToken, type TokenRefusal, type TokenResult } from "../oauth";
import { fill } from "../paths";
import { earlyOf, keptWith, oauthSecret, type Secret } from "../secret";
import { acquire, isSession } from "./acquire";
import type { Caller } from "./call";
import type { App } from "./place";
import type { AuthMethod } from "./schema";

export type Renewed = { ok: true; secret: Secret; lifetimeMs: number | null } | { ok: false; refusal: TokenRefusal };

/** How a kind of credential is renewed. */
export type Renewer = {
  /** How long before its end a credential may be renewed at the earliest, where that is said. */
  earlyMs?: number | undefined;
  /** True when an attempt may use up what the next one would need. */
  rotating: boolean;
  /** One attempt. Null = there is nothing to renew it with. Transient trouble is thrown and changes nothing. */
  renew(before: Secret): Promise<Renewed | null>;
};

export type RenewerOptions = {
  caller: Caller;
  method: AuthMethod;
  app: App | null;
  /** The connection's config: fills holes of addresses. */
  config: Record<string, string>;
  scopes: string[];
  clock: { now(): Date };
};

async function renewOAuth({ caller }: RenewerOptions, client: OAuthClient, before: Secret): Promise<Renewed | null> {
  if (before.type !== "oauth2") return null;
  const { renew } = client.method;
  const known = { ...client, values: { ...client.values, ...before.extra, ...before.kept } };
  let result: TokenResult;
  if (renew.type === "exchange") result = await exchangeToken(caller.egress, known, renew, before);
  else if (renew.type === "never" || before.refreshToken === null) return null;
  else {
    const own = Object.fromEntries(Object.entries(renew.params).map(([name, text]) => [name, fill(text, known.values)]));
    const grant = { grant_type: "refresh_token", refresh_token: before.refreshToken, ...own };
    result = await requestToken(caller.egress, known, grant, renew.url);
  }
  if (!result.ok) return result;
  const tokens = { ...result.tokens, config: { ...before.extra, ...result.tokens.config } };
  const secret = keptWith(oauthSecret(tokens, before.refreshToken), before.kept ?? {});
  return { ok: true, secret, lifetimeMs: tokens.lifetimeMs };
}

/** The renewer of a connection's credential; null for kinds that are what they are. */
export function renewerOf(options: RenewerOptions): Renewer | null {
  const { caller, method, app, config, scopes, clock } = options;
  if (method.type === "oauth2_code") {
    if (!app) return null;
    const client: OAuthClient = { name: caller.name, sandboxOrigin: caller.sandboxOrigin, method, ...app, values: config };
    return { earlyMs: earlyOf(method), rotating: method.rotating, renew: (before) => renewOAuth(options, client, before) };
  }
  if (!isSession(method)) return null;
  return {
    rotating: false,
    async renew(before) {
      if (before.type !== "session") return null;
      const got = await acquire(caller, method, { ...config, ...before.values }, { app, scopes, nowMs: clock.now().getTime() });
      if (!got.ok) return got;
      return { ok: true, secret: { ...before, token: got.token }, lifetimeMs: got.lifetimeMs };
    },
  };
}
