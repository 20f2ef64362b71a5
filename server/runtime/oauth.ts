import { AppError, isAppError } from "#server/lib/errors";
import { foundIn } from "./auth/answers";
import { formEncode } from "./auth/encoding";
import { fillUrl } from "./auth/fill-url";
import { signJwt } from "./auth/jwt";
import { headerOf } from "./auth/place";
import type { Exchange, OAuth2Code, TokenShape } from "./auth/schema";
import { parseJson } from "./classify";
import type { Egress, EgressRequest } from "./egress";
import { at, fill, textAt } from "./paths";
import { sandboxed } from "./send";

// The token call is written by hand: oauth4webapi holds the answer to the RFC, and the systems we talk to do not keep to it
// (tokens nested, errors in other words or with status 200, lifetimes as text, id tokens nobody asked for). What it does for
// every system alike (state, PKCE) is taken from it, in the connect verbs.

/** What both kinds of OAuth 2 say about their token endpoint. */
export type TokenMethod = Pick<
  OAuth2Code,
  | "clientAuth"
  | "clientAlgorithm"
  | "clientNames"
  | "tokenUrl"
  | "tokenMethod"
  | "tokenBody"
  | "tokenParams"
  | "tokenHeaders"
  | "token"
  | "refusal"
  | "defaultLifetimeMs"
  | "issuer"
>;

export type OAuthClient<M extends TokenMethod = OAuth2Code> = {
  name: string;
  method: M;
  clientId: string;
  /** Null for a public client; a private key where the client signs. */
  clientSecret: string | null;
  sandboxOrigin: string | null;
  /** Fills holes of addresses and parameters: the connection's config. */
  values?: Record<string, string>;
};

export type TokenSet = {
  accessToken: string;
  /** Null = keep the one there is. */
  refreshToken: string | null;
  /** Life of the access token in ms, null when the answer and the manifest name none. */
  lifetimeMs: number | null;
  /** Null when the answer does not tell. */
  scopes: string[] | null;
  config: Record<string, string>;
};

/** A definite no of the token endpoint. Everything less definite is thrown and changes nothing. */
export type TokenRefusal = { blame: "grant" | "client"; text: string };
export type TokenResult = { ok: true; tokens: TokenSet } | { ok: false; refusal: TokenRefusal };

const TOKEN_TIMEOUT_MS = 20_000;
const LIMIT_BYTES = 256 * 1024;
const ASSERTION_MS = 60_000;
const BEARER_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

type Texts = Record<string, string>;

/** Headers and form fields by which the client proves itself. */
async function clientProof(client: OAuthClient<TokenMethod>): Promise<{ headers: Texts; form: Texts }> {
  const { method, clientId, clientSecret, name } = client;
  const id = { [method.clientNames.id]: clientId };
  if (method.clientAuth === "none") return { headers: {}, form: id };
  if (clientSecret === null) throw new AppError("config_invalid", `The ${name} integration has no client secret yet.`);
  switch (method.clientAuth) {
    case "body":
      return { headers: {}, form: { ...id, [method.clientNames.secret]: clientSecret } };
    case "basic": {
      const basic = Buffer.from(`${formEncode(clientId)}:${formEncode(clientSecret)}`).toString("base64");
      return { headers: { authorization: `Basic ${basic}` }, form: {} };
    }
    case "private_key_jwt": {
      const claims = { iss: clientId, sub: clientId, aud: method.issuer ?? "" };
      const assertion = { algorithm: method.clientAlgorithm, key: clientSecret, claims, lifetimeMs: ASSERTION_MS, jti: true };
      const client_assertion = await signJwt(assertion, Date.now());
      return { headers: {}, form: { ...id, client_assertion_type: BEARER_ASSERTION, client_assertion } };
    }
  }
}

function scopesIn(granted: unknown): string[] | null {
  if (Array.isArray(granted)) return granted.filter((one) => typeof one === "string");
  return typeof granted === "string" ? granted.split(/[\s,]+/).filter(Boolean) : null;
}

/** Tokens out of a token endpoint's answer. Throws `provider_invalid_response` when it is not one, or names what may not be. */
export function readTokens(name: string, shape: TokenShape, defaultLifetimeMs: number | undefined, json: unknown): TokenSet {
  const accessToken = textAt(json, shape.accessToken);
  if (accessToken === null) {
    const words = textAt(json, "error_description") ?? textAt(json, "error") ?? textAt(json, "message");
    throw new AppError(
      "provider_invalid_response",
      `${name} sent no access token at "${shape.accessToken}"${words ? ` but "${words.slice(0, 200)}"` : ""}.`,
    );
  }
  const type = textAt(json, "token_type");
  if (type !== null && /^(mac|dpop|pop)$/i.test(type))
    throw new AppError("provider_invalid_response", `${name} sent a token of a type we cannot use (${type.slice(0, 40)}).`);
  const seconds = Number(textAt(json, shape.expiresIn) ?? Number.NaN);
  const config: Texts = {};
  for (const [key, found] of Object.entries(shape.config)) {
    const values = foundIn(json, key, found);
    if (values === null && typeof found !== "string" && textAt(json, found.path) !== null)
      throw new AppError("provider_invalid_response", `${name} sent a "${key}" that its connector does not allow.`);
    Object.assign(config, values);
  }
  const refreshToken = textAt(json, shape.refreshToken);
  const kept = Object.keys(config).find((key) => config[key] === accessToken || config[key] === refreshToken);
  if (kept !== undefined)
    throw new AppError("config_invalid", `The connector of ${name} would keep a token as the ordinary value "${kept}"; it must not.`);
  return {
    accessToken,
    refreshToken,
    lifetimeMs: seconds > 0 ? seconds * 1_000 : (defaultLifetimeMs ?? null),
    scopes: scopesIn(at(json, shape.scope)),
    config,
  };
}

/** Whether an answer is a definite no, by the connector's words for it. */
export function refusalIn(name: string, refusal: TokenMethod["refusal"], status: number, json: unknown): TokenRefusal | null {
  const codes = refusal.code.map((path) => textAt(json, path)).filter((code) => code !== null);
  const words = [codes[0], textAt(json, refusal.message) ?? textAt(json, "error_description")].filter(Boolean).join(": ");
  const text = `${name} answered ${status}${words ? `, ${words}` : ""}`.slice(0, 500);
  if (codes.some((code) => refusal.client.includes(code))) return { blame: "client", text };
  if (codes.some((code) => refusal.grant.includes(code))) return { blame: "grant", text };
  return status === 401 ? { blame: "client", text } : null;
}

function encoded(kind: TokenMethod["tokenBody"], url: string, params: Texts): Pick<EgressRequest, "url" | "headers" | "body"> {
  if (kind === "json") return { url, headers: { "content-type": "application/json" }, body: JSON.stringify(params) };
  const form = new URLSearchParams(params).toString();
  if (kind === "form") return { url, headers: { "content-type": "application/x-www-form-urlencoded" }, body: form };
  return { url: `${url}${url.includes("?") ? "&" : "?"}${form}` };
}

/** One call to an address that answers with tokens, read as the connector describes. */
async function tokenCall(egress: Egress, client: OAuthClient<TokenMethod>, request: EgressRequest): Promise<TokenResult> {
  const { name, method } = client;
  const answer = await egress({
    ...request,
    url: sandboxed(request.url, client.sandboxOrigin),
    headers: { accept: "application/json", ...request.headers },
    timeoutMs: TOKEN_TIMEOUT_MS,
    limitBytes: LIMIT_BYTES,
  }).catch((error: unknown) => {
    throw isAppError(error) ? new AppError(error.code, error.message, { cause: error, details: { unanswered: true } }) : error;
  });
  if (answer.status === 429) throw new AppError("provider_rate_limited", `${name} limits token requests.`, { retryAfterMs: 10_000 });
  if (answer.status >= 500) throw new AppError("provider_unavailable", `The token endpoint of ${name} answered ${answer.status}.`);
  const json = parseJson(name, answer.body, answer.headers["content-type"]);
  const refusal = refusalIn(name, method.refusal, answer.status, json);
  if (refusal) return { ok: false, refusal };
  if (answer.status < 200 || answer.status >= 300) {
    const text = textAt(json, method.refusal.message) ?? textAt(json, "error") ?? "";
    throw new AppError("provider_invalid_response", `The token endpoint of ${name} answered ${answer.status}: ${text.slice(0, 300)}`);
  }
  return { ok: true, tokens: readTokens(name, method.token, method.defaultLifetimeMs, json) };
}

/**
 * Asks the token endpoint once; never twice, since a rotating third party may have taken the first. Network trouble, 5xx, 429
 * and unreadable answers are thrown as transient AppErrors; `details.unanswered` marks those where the call may have gone through.
 */
export async function requestToken(
  egress: Egress,
  client: OAuthClient<TokenMethod>,
  grant: Texts,
  url: string = client.method.tokenUrl,
): Promise<TokenResult> {
  const { method, values = {} } = client;
  const proof = await clientProof(client);
  // What was not entered is left out: an empty scope is an error to some.
  const filled = (texts: Texts) =>
    Object.fromEntries(
      Object.entries(texts)
        .map(([name, text]) => [name, fill(text, values), text] as const)
        .flatMap(([name, value, text]) => (value === "" && text !== "" ? [] : [[name, value]])),
    );
  const known = { ...values, clientId: client.clientId };
  const own = Object.fromEntries(Object.entries(method.tokenHeaders).map(([name, text]) => [name.toLowerCase(), headerOf(text, known)]));
  const { headers, ...request } = encoded(method.tokenMethod === "GET" ? "query" : method.tokenBody, fillUrl(url, values), {
    ...filled(method.tokenParams),
    ...grant,
    ...proof.form,
  });
  return tokenCall(egress, client, { method: method.tokenMethod, ...request, headers: { ...headers, ...own, ...proof.headers } });
}

/** Another token for the ones there are, at an address of its own. */
export async function exchangeToken(
  egress: Egress,
  client: OAuthClient,
  exchange: Exchange,
  tokens: { accessToken: string; refreshToken: string | null },
): Promise<TokenResult> {
  const { clientId, clientSecret, values = {} } = client;
  const known = {
    ...values,
    clientId,
    clientSecret: clientSecret ?? "",
    accessToken: tokens.accessToken,
    refreshToken: tokens.refreshToken ?? "",
  };
  const params = Object.fromEntries(Object.entries(exchange.params).map(([name, text]) => [name, fill(text, known)]));
  const request = encoded(exchange.method === "GET" ? "query" : "form", fillUrl(exchange.url, known), params);
  return tokenCall(egress, client, { method: exchange.method, ...request });
}

/** Gives a grant back. True when the third party has it or never knew it; false when it should be asked again later. */
export async function revokeGrant(
  egress: Egress,
  client: OAuthClient,
  tokens: { accessToken: string; refreshToken: string | null },
): Promise<boolean> {
  const { revoke } = client.method;
  if (!revoke) return true;
  const values = { ...client.values, accessToken: tokens.accessToken, refreshToken: tokens.refreshToken ?? tokens.accessToken };
  const proof = await clientProof(client);
  const form = Object.fromEntries(Object.entries(revoke.form).map(([name, value]) => [name, fill(value, values)]));
  const own = Object.fromEntries(Object.entries(revoke.headers).map(([name, value]) => [name.toLowerCase(), headerOf(value, values)]));
  const answer = await egress({
    method: revoke.method,
    url: sandboxed(fillUrl(revoke.url, values), client.sandboxOrigin),
    headers: {
      accept: "application/json",
      ...proof.headers,
      ...own,
      ...(revoke.method === "POST" ? { "content-type": "application/x-www-form-urlencoded" } : {}),
    },
    ...(revoke.method === "POST" ? { body: new URLSearchParams({ ...form, ...proof.form }).toString() } : {}),
    timeoutMs: TOKEN_TIMEOUT_MS,
    limitBytes: LIMIT_BYTES,
  });
  return answer.status < 500 && answer.status !== 429;
}
