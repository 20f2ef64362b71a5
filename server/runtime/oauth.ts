import { AppError, isAppError } from "#server/lib/errors";
import { parseJson } from "./classify";
import type { Egress } from "./egress";
import type { OAuth2Code } from "./manifest";
import { at, fill, textAt } from "./paths";
import { sandboxed } from "./send";

// The token call is written by hand: oauth4webapi holds the answer to the RFC, and the systems we talk to do not keep to it
// (tokens nested, errors in other words or with status 200, lifetimes as text, id tokens nobody asked for). What it does for
// every system alike (state, PKCE) is taken from it, in the connect verbs.

export type OAuthClient = { name: string; method: OAuth2Code; clientId: string; clientSecret: string; sandboxOrigin: string | null };

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

/** application/x-www-form-urlencoded, as RFC 6749 §2.3.1 wants Basic credentials encoded before they are joined. */
const formEncode = (text: string) => new URLSearchParams([["", text]]).toString().slice(1);

/** Headers and form fields by which the client proves itself. */
function clientProof({ method, clientId, clientSecret }: OAuthClient): { headers: Record<string, string>; form: Record<string, string> } {
  if (method.clientAuth === "body") return { headers: {}, form: { client_id: clientId, client_secret: clientSecret } };
  const basic = Buffer.from(`${formEncode(clientId)}:${formEncode(clientSecret)}`).toString("base64");
  return { headers: { authorization: `Basic ${basic}` }, form: {} };
}

function readTokens({ name, method }: OAuthClient, json: unknown): TokenSet {
  const accessToken = textAt(json, method.token.accessToken);
  if (accessToken === null)
    throw new AppError("provider_invalid_response", `${name} sent no access token at "${method.token.accessToken}".`);
  const type = textAt(json, "token_type");
  if (type !== null && !/^(bearer|user|bot)$/i.test(type))
    throw new AppError("provider_invalid_response", `${name} sent a token of a type we cannot use (${type.slice(0, 40)}).`);
  const seconds = Number(textAt(json, method.token.expiresIn) ?? Number.NaN);
  const granted = at(json, method.token.scope);
  const scopes = Array.isArray(granted)
    ? granted.filter((one) => typeof one === "string")
    : typeof granted === "string"
      ? granted.split(/[\s,]+/).filter(Boolean)
      : null;
  const config: Record<string, string> = {};
  for (const [key, path] of Object.entries(method.token.config)) {
    const value = textAt(json, path);
    if (value !== null) config[key] = value;
  }
  return {
    accessToken,
    refreshToken: textAt(json, method.token.refreshToken),
    lifetimeMs: seconds > 0 ? seconds * 1_000 : (method.defaultLifetimeMs ?? null),
    scopes,
    config,
  };
}

function refusalOf({ name, method: { refusal } }: OAuthClient, status: number, json: unknown): TokenRefusal | null {
  const codes = refusal.code.map((path) => textAt(json, path)).filter((code) => code !== null);
  const words = [codes[0], textAt(json, refusal.message) ?? textAt(json, "error_description")].filter(Boolean).join(": ");
  const text = `${name} answered ${status}${words ? `, ${words}` : ""}`.slice(0, 500);
  if (codes.some((code) => refusal.client.includes(code))) return { blame: "client", text };
  if (codes.some((code) => refusal.grant.includes(code))) return { blame: "grant", text };
  return status === 401 ? { blame: "client", text } : null;
}

/**
 * Asks the token endpoint once; never twice, since a rotating third party may have taken the first. Network trouble, 5xx, 429
 * and unreadable answers are thrown as transient AppErrors; `details.unanswered` marks those where the call may have gone through.
 */
export async function requestToken(egress: Egress, client: OAuthClient, grant: Record<string, string>): Promise<TokenResult> {
  const proof = clientProof(client);
  const answer = await egress({
    method: "POST",
    url: sandboxed(client.method.tokenUrl, client.sandboxOrigin),
    headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded", ...proof.headers },
    body: new URLSearchParams({ ...client.method.tokenParams, ...grant, ...proof.form }).toString(),
    timeoutMs: TOKEN_TIMEOUT_MS,
    limitBytes: LIMIT_BYTES,
  }).catch((error: unknown) => {
    throw isAppError(error) ? new AppError(error.code, error.message, { cause: error, details: { unanswered: true } }) : error;
  });
  if (answer.status === 429) throw new AppError("provider_rate_limited", `${client.name} limits token requests.`, { retryAfterMs: 10_000 });
  if (answer.status >= 500) throw new AppError("provider_unavailable", `The token endpoint of ${client.name} answered ${answer.status}.`);
  const json = parseJson(client.name, answer.body, answer.headers["content-type"]);
  const refusal = refusalOf(client, answer.status, json);
  if (refusal) return { ok: false, refusal };
  if (answer.status < 200 || answer.status >= 300) {
    const text = textAt(json, client.method.refusal.message) ?? textAt(json, "error") ?? "";
    throw new AppError(
      "provider_invalid_response",
      `The token endpoint of ${client.name} answered ${answer.status}: ${text.slice(0, 300)}`,
    );
  }
  return { ok: true, tokens: readTokens(client, json) };
}

/** Gives a grant back. True when the third party has it or never knew it; false when it should be asked again later. */
export async function revokeGrant(
  egress: Egress,
  client: OAuthClient,
  tokens: { accessToken: string; refreshToken: string | null },
): Promise<boolean> {
  const { revoke } = client.method;
  if (!revoke) return true;
  const values = { accessToken: tokens.accessToken, refreshToken: tokens.refreshToken ?? tokens.accessToken };
  const proof = clientProof(client);
  const form = Object.fromEntries(Object.entries(revoke.form).map(([name, value]) => [name, fill(value, values)]));
  const answer = await egress({
    method: revoke.method,
    url: sandboxed(fill(revoke.url, values, encodeURIComponent), client.sandboxOrigin),
    headers: {
      accept: "application/json",
      ...proof.headers,
      ...(revoke.method === "POST" ? { "content-type": "application/x-www-form-urlencoded" } : {}),
    },
    ...(revoke.method === "POST" ? { body: new URLSearchParams({ ...form, ...proof.form }).toString() } : {}),
    timeoutMs: TOKEN_TIMEOUT_MS,
    limitBytes: LIMIT_BYTES,
  });
  return answer.status < 500 && answer.status !== 429;
}
