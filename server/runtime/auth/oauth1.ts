import { AppError } from "#server/lib/errors";
import { fill } from "../paths";
import { sandboxed } from "../send";
import { groupsOf } from "./answers";
import type { Caller } from "./call";
import { fillUrl } from "./fill-url";
import type { App } from "./place";
import type { OAuth1 } from "./schema";
import { thisMoment } from "./sign";
import { signOauth1 } from "./sign-oauth1";

type Texts = Record<string, string>;
type Pair = readonly [string, string];

/** A token with its secret, as both token calls give one. */
export type TokenPair = { token: string; secret: string };

/** Throws what an answer other than 2xx means: a temporary token asked for speaks of the app, a lasting one of the person. */
function refuseBad(name: string, status: number, person: boolean): void {
  if (status === 429) throw new AppError("provider_rate_limited", `${name} limits sign-ins.`, { retryAfterMs: 10_000 });
  if (status >= 500) throw new AppError("provider_unavailable", `${name} answered ${status} to a sign-in.`);
  if (status === 401 || status === 403)
    throw new AppError(
      person ? "reauth_required" : "config_invalid",
      `${name} refused ${person ? "the sign-in" : "the integration's app"}.`,
    );
  if (status < 200 || status >= 300) throw new AppError("provider_invalid_response", `${name} answered ${status} to a sign-in.`);
}

async function tokenCall(
  { egress, name, sandboxOrigin }: Caller,
  method: OAuth1,
  app: App,
  call: { url: string; config: Texts; pair?: TokenPair; params: Texts },
  extra: readonly Pair[],
): Promise<URLSearchParams> {
  const values = {
    consumer_key: app.clientId,
    consumer_secret: app.clientSecret ?? "",
    ...(call.pair ? { token: call.pair.token, secret: call.pair.secret } : {}),
  };
  const spec = {
    method: method.method,
    consumerKey: "{consumer_key}",
    consumerSecret: "{consumer_secret}",
    ...(call.pair ? { token: "{token}", tokenSecret: "{secret}" } : {}),
    ...(method.realm === undefined ? {} : { realm: fill(method.realm, call.config) }),
  };
  const form = new URLSearchParams(Object.entries(call.params).map(([key, text]) => [key, fill(text, call.config)])).toString();
  const headers: Texts = form === "" ? {} : { "content-type": "application/x-www-form-urlencoded" };
  const request = { method: "POST", url: new URL(fillUrl(call.url, call.config)), headers, body: form === "" ? undefined : form };
  const signed = signOauth1(spec, values, request, thisMoment(), extra);
  const answer = await egress({
    method: "POST",
    url: sandboxed(signed.url.href, sandboxOrigin),
    headers: signed.headers,
    ...(form === "" ? {} : { body: form }),
    timeoutMs: 20_000,
    limitBytes: 64 * 1024,
  });
  refuseBad(name, answer.status, call.pair !== undefined);
  return new URLSearchParams(answer.body.toString("utf8"));
}

function pairIn(name: string, params: URLSearchParams): TokenPair {
  const [token, secret] = [params.get("oauth_token"), params.get("oauth_token_secret")];
  if (!token || secret === null) throw new AppError("provider_invalid_response", `${name} sent no token.`);
  return { token, secret };
}

/** Step one (RFC 5849 §2.1): a temporary token, and the address the person is sent to. */
export async function requestOauth1(
  caller: Caller,
  method: OAuth1,
  app: App,
  config: Texts,
  callback: string,
): Promise<{ pair: TokenPair; url: string }> {
  const call = { url: method.requestTokenUrl, config, params: method.requestParams };
  const params = await tokenCall(caller, method, app, call, [["oauth_callback", callback]]);
  const pair = pairIn(caller.name, params);
  const url = new URL(sandboxed(fillUrl(method.authorizeUrl, config), caller.sandboxOrigin));
  for (const [key, text] of Object.entries(method.authorizeParams))
    url.searchParams.set(key, fill(text, { ...config, clientId: app.clientId }));
  url.searchParams.set("oauth_token", pair.token);
  return { pair, url: url.href };
}

/** Step three (§2.3): the lasting token for the temporary one. */
export async function exchangeOauth1(
  caller: Caller,
  method: OAuth1,
  app: App,
  config: Texts,
  given: { pair: TokenPair; verifier: string },
): Promise<{ values: Texts; config: Texts }> {
  const call = { url: method.accessTokenUrl, config, pair: given.pair, params: {} };
  const params = await tokenCall(caller, method, app, call, [["oauth_verifier", given.verifier]]);
  const { token, secret } = pairIn(caller.name, params);
  const found: Texts = {};
  for (const [key, { param, pattern }] of Object.entries(method.config)) {
    const value = params.get(param);
    const groups = value === null ? null : groupsOf(pattern, value);
    if (value === null || groups === null)
      throw new AppError("provider_invalid_response", `${caller.name} sent no "${param}" that its connector allows.`);
    Object.assign(found, { [key]: value, ...groups });
  }
  return { values: { accessToken: token, tokenSecret: secret }, config: found };
}
