import { AppError } from "#server/lib/errors";
import { parseJson } from "../classify";
import { type OAuthClient, readTokens, refusalIn, requestToken, type TokenRefusal, type TokenSet } from "../oauth";
import { fill } from "../paths";
import { type Caller, makeCall } from "./call";
import { signJwt } from "./jwt";
import { byLogin } from "./login";
import type { App } from "./place";
import type { AuthMethod, Jwt, Login, OAuth2Client } from "./schema";

type Texts = Record<string, string>;

/** Kinds whose short-lived credential is had from a long-lived one, again and again. */
export type SessionMethod = OAuth2Client | Jwt | Login;

/** `token` fills holes; `lifetimeMs` null = until the third party says 401. */
export type Acquired =
  | { ok: true; token: Texts; lifetimeMs: number | null; scopes: string[] | null }
  | { ok: false; refusal: TokenRefusal };

export const isSession = (method: AuthMethod): method is SessionMethod =>
  method.type === "oauth2_client" || method.type === "jwt" || method.type === "login";

const fromTokens = ({ accessToken, refreshToken, lifetimeMs, scopes, config }: TokenSet): Acquired => ({
  ok: true,
  token: { ...config, accessToken, ...(refreshToken === null ? {} : { refreshToken }) },
  lifetimeMs,
  scopes,
});

async function byClient(caller: Caller, method: OAuth2Client, values: Texts, app: App | null, scopes: string[]): Promise<Acquired> {
  const known = { ...values, ...(app ? { clientId: app.clientId, clientSecret: app.clientSecret ?? "" } : {}) };
  const client: OAuthClient<OAuth2Client> = {
    name: caller.name,
    method,
    clientId: fill(method.clientId, known),
    clientSecret: fill(method.clientSecret, known) || null,
    sandboxOrigin: caller.sandboxOrigin,
    values,
  };
  const scope = scopes.length === 0 ? {} : { scope: scopes.join(method.scopeSeparator) };
  const result = await requestToken(caller.egress, client, { grant_type: "client_credentials", ...scope });
  if (result.ok) return fromTokens(result.tokens);
  // An app of the customer's own is the customer's to correct.
  const own = !method.clientId.includes("{clientId}");
  return { ok: false, refusal: own ? { ...result.refusal, blame: "grant" } : result.refusal };
}

/** Claims with their holes filled, at any depth. */
function fillClaims(value: unknown, values: Texts): unknown {
  if (typeof value === "string") return fill(value, values);
  if (Array.isArray(value)) return value.map((one) => fillClaims(one, values));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fillClaims(one, values)]));
}

async function byJwt(caller: Caller, method: Jwt, values: Texts, nowMs: number): Promise<Acquired> {
  const header = Object.fromEntries(Object.entries(method.header).map(([name, text]) => [name, fill(text, values)]));
  const claims = fillClaims(method.claims, values) as Texts;
  const { algorithm, keyEncoding, lifetimeMs, jti } = method;
  const assertion = await signJwt({ algorithm, key: fill(method.key, values), keyEncoding, header, claims, lifetimeMs, jti }, nowMs);
  if (!method.exchange) return { ok: true, token: { accessToken: assertion }, lifetimeMs, scopes: null };
  const answer = await makeCall(caller, method.exchange, { ...values, assertion });
  const json = parseJson(caller.name, answer.body, answer.headers["content-type"]);
  const refusal = refusalIn(caller.name, method.refusal, answer.status, json);
  if (refusal) return { ok: false, refusal: { ...refusal, blame: "grant" } };
  if (answer.status < 200 || answer.status >= 300)
    throw new AppError("provider_invalid_response", `The token endpoint of ${caller.name} answered ${answer.status}.`);
  return fromTokens(readTokens(caller.name, method.token, method.defaultLifetimeMs, json));
}

/** Gains a session from what was entered. A definite no is returned; trouble is thrown as transient AppErrors. */
export function acquire(
  caller: Caller,
  method: SessionMethod,
  values: Texts,
  { app, scopes, nowMs }: { app: App | null; scopes: string[]; nowMs: number },
): Promise<Acquired> {
  switch (method.type) {
    case "oauth2_client":
      return byClient(caller, method, values, app, scopes);
    case "jwt":
      return byJwt(caller, method, values, nowMs);
    case "login":
      return byLogin(caller, method, values, nowMs);
  }
}
