import { constants, createHmac, createPublicKey, verify } from "node:crypto";
import { type Account, fillIn, knownOf } from "./account";
import { isAt, no, type Spoken, type Texts } from "./desk";
import { loginAnswer } from "./login-desk";
import type { Call, Said } from "./role";
import { oauth1Fault } from "./signatures";
import { plant } from "./tree";

function paramsOf(call: Call, kind: "form" | "json" | "query"): Texts | null {
  const type = call.headers["content-type"] ?? "";
  if (kind === "query") return Object.fromEntries(call.url.searchParams);
  if (kind === "json") return /json/.test(type) ? (JSON.parse(call.body) as Texts) : null;
  return /x-www-form-urlencoded/.test(type) ? Object.fromEntries(new URLSearchParams(call.body)) : null;
}

/** Whether a JWT's signature is by the key, in the algorithm that the token itself names (RFC 7518). */
function isSigned(signed: string, signature: Buffer, publicKey: string): boolean {
  const head = JSON.parse(Buffer.from(signed.split(".")[0] ?? "", "base64url").toString()) as { alg?: string };
  const [, family = "", bits = ""] = /^(RS|PS|ES|HS|EdDSA)(\d*)$/.exec(head.alg ?? "") ?? [];
  const data = Buffer.from(signed);
  if (family === "") return false;
  if (family === "HS") return createHmac(`sha${bits}`, publicKey).update(data).digest().equals(signature);
  const key = { key: createPublicKey(publicKey), dsaEncoding: "ieee-p1363" as const };
  const padding = family === "PS" ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};
  return verify(family === "EdDSA" ? null : `sha${bits}`, data, { ...key, ...padding }, signature);
}

/** Whether a signed assertion is by this key and says this. */
export function assertionFault(text: string, publicKey: string, claims: Texts): string | null {
  if (publicKey === "") return "the key is unknown";
  const [head = "", body = "", signature = ""] = text.split(".");
  if (!isSigned(`${head}.${body}`, Buffer.from(signature, "base64url"), publicKey)) return "the assertion's signature is wrong";
  const said = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, unknown>;
  const wrong = Object.entries(claims).find(([name, value]) => JSON.stringify(said[name]) !== JSON.stringify(value));
  return wrong ? `the assertion's "${wrong[0]}" is wrong` : typeof said["exp"] === "number" ? null : "the assertion does not end";
}

type TokenMethod = Extract<Account["method"], { tokenUrl: string }>;

/** Why the client is not the one that was registered. */
function clientFault(account: Account, method: TokenMethod, call: Call, params: Texts): string | null {
  const values = knownOf(account);
  const own =
    method.type === "oauth2_client"
      ? { id: fillIn(method.clientId, values), secret: fillIn(method.clientSecret, values) }
      : { id: account.app.clientId, secret: account.app.clientSecret };
  const { id, secret } = method.clientNames;
  switch (method.clientAuth) {
    case "basic": {
      const encoded = [own.id, own.secret].map((one) => new URLSearchParams([["", one]]).toString().slice(1)).join(":");
      return call.headers["authorization"] === `Basic ${Buffer.from(encoded).toString("base64")}`
        ? null
        : "the client did not prove itself by Basic";
    }
    case "body":
      return params[id] === own.id && params[secret] === own.secret ? null : "the client did not prove itself in the body";
    case "none":
      return params[id] === own.id ? null : "the client did not name itself";
    case "private_key_jwt":
      return assertionFault(params["client_assertion"] ?? "", account.publicKey, { iss: own.id, sub: own.id });
  }
}

function grantFault(account: Account, method: TokenMethod, params: Texts): string | null {
  const { token } = account;
  const grant = params["grant_type"];
  if (method.type === "oauth2_client") return grant === "client_credentials" ? null : `the grant type is "${grant}"`;
  if (grant === "authorization_code") {
    if (params["code"] !== token.code) return "the code is wrong or used up";
    if (method.pkce && !params["code_verifier"]) return "there is no code verifier";
    token.code = "";
    account.asked.clear();
    return null;
  }
  if (grant !== "refresh_token") return `the grant type is "${grant}"`;
  return params["refresh_token"] === token.refresh ? null : "the refresh token is wrong or used up";
}

/** New tokens in the declared shape. */
function tokenTree(account: Account, method: Extract<Account["method"], { token: unknown }>): unknown {
  const { token, values } = account;
  token.access = `access-${++token.made}`;
  token.given = token.access;
  const rotates = method.type === "oauth2_code" && method.rotating;
  if (rotates) token.refresh = `refresh-${token.made}`;
  let tree: unknown = { token_type: "Bearer" };
  tree = plant(tree, method.token.accessToken, token.access);
  tree = plant(tree, method.token.expiresIn, 3_600);
  if (method.type === "oauth2_code" && method.renew.type === "refresh_token" && token.refresh !== null)
    tree = plant(tree, method.token.refreshToken, token.refresh);
  for (const [key, one] of Object.entries(method.token.config)) tree = plant(tree, typeof one === "string" ? one : one.path, values[key]);
  return tree;
}

/** Whether what was sent along is as declared: parameters, headers, the client. */
function requestFault(account: Account, method: TokenMethod, call: Call, params: Texts): Said | null {
  const values = knownOf(account);
  const missing =
    Object.entries(method.tokenParams).find(([name, text]) => params[name] !== fillIn(text, values)) ??
    Object.entries(method.tokenHeaders).find(([name, text]) => call.headers[name.toLowerCase()] !== fillIn(text, values));
  if (missing) return no(400, "invalid_request", `"${missing[0]}" is missing`);
  const client = clientFault(account, method, call, params);
  return client === null ? null : no(401, method.refusal.client[0] ?? "invalid_client", client);
}

/** Another token for the one that was given, where every parameter is as declared. */
function exchangeAnswer(account: Account, call: Call): Said | null {
  const { method } = account;
  if (method.type !== "oauth2_code") return null;
  const values = { ...knownOf(account), accessToken: account.token.given, refreshToken: account.token.refresh ?? "" };
  for (const one of [method.exchange, method.renew.type === "exchange" ? method.renew : undefined]) {
    if (!one || call.method !== one.method || !isAt(call, one.url, values)) continue;
    const params = paramsOf(call, one.method === "GET" ? "query" : "form") ?? {};
    const fixed = Object.entries(one.params).filter(([, text]) => !text.includes("{"));
    // The code may be handed in at the same address.
    if (fixed.some(([name, text]) => params[name] !== text)) continue;
    const wrong = Object.entries(one.params).find(([name, text]) => params[name] !== fillIn(text, values));
    return wrong ? grantRefusal(method, `"${wrong[0]}" is wrong`) : { tree: tokenTree(account, method) };
  }
  return null;
}

function grantRefusal({ refusal }: TokenMethod, words: string): Said {
  const tree = plant({}, refusal.code[0] ?? "error", refusal.grant[0] ?? "invalid_grant");
  return { status: 400, tree: plant(tree, refusal.message, words) };
}

const tokenUrls = (method: TokenMethod): string[] => [
  method.tokenUrl,
  ...(method.type === "oauth2_code" && method.renew.type === "refresh_token" && method.renew.url !== undefined ? [method.renew.url] : []),
];

function tokenAnswer(account: Account, method: TokenMethod, call: Call): Said | null {
  const values = knownOf(account);
  if (!tokenUrls(method).some((url) => isAt(call, url, values))) return null;
  if (call.method !== method.tokenMethod) return no(405, "invalid_request", "another method");
  const params = paramsOf(call, method.tokenMethod === "GET" ? "query" : method.tokenBody);
  if (params === null) return no(400, "invalid_request", `the body is not ${method.tokenBody}`);
  const fault = requestFault(account, method, call, params);
  if (fault) return fault;
  const grant = grantFault(account, method, params);
  return grant === null ? { tree: tokenTree(account, method) } : grantRefusal(method, grant);
}

function assertionAnswer(account: Account, call: Call): Said | null {
  const { method } = account;
  if (method.type !== "jwt" || !method.exchange) return null;
  const values = knownOf(account);
  if (!isAt(call, method.exchange.url, values)) return null;
  const form = Object.fromEntries(new URLSearchParams(call.body));
  const name = Object.entries(method.exchange.form ?? {}).find(([, text]) => text === "{assertion}")?.[0] ?? "assertion";
  const claims = Object.fromEntries(
    Object.entries(method.claims).map(([key, text]) => [key, typeof text === "string" ? fillIn(text, values) : text]),
  ) as Texts;
  const fault = assertionFault(form[name] ?? "", account.publicKey, claims);
  return fault === null ? { tree: tokenTree(account, method) } : no(400, "invalid_grant", fault);
}

const TEMPORARY = { oauth_token: "temporary-1", oauth_token_secret: "temporary-secret-1" };

/** Both token calls of OAuth 1.0a: each signed, the second with what the first one gave and what the person brought back. */
function oauth1Answer(account: Account, call: Call): Spoken | null {
  const { method, token, values } = account;
  if (method.type !== "oauth1" || call.method !== "POST") return null;
  const [begins, ends] = [method.requestTokenUrl, method.accessTokenUrl].map((url) => isAt(call, url, values));
  if (!begins && !ends) return null;
  const known = { ...knownOf(account), accessToken: TEMPORARY.oauth_token, tokenSecret: TEMPORARY.oauth_token_secret };
  const pair = ends ? { token: "{accessToken}", tokenSecret: "{tokenSecret}" } : {};
  const consumer = { method: method.method, consumerKey: "{clientId}", consumerSecret: "{clientSecret}", realm: method.realm };
  const header = call.headers["authorization"] ?? "";
  const fault =
    oauth1Fault({ ...consumer, ...pair }, known, call, account.nonces) ??
    (begins && !header.includes('oauth_callback="https%3A') ? "there is no address to come back to" : null) ??
    (ends && !header.includes(`oauth_verifier="${token.code}"`) ? "the verifier is wrong or used up" : null);
  if (fault !== null) return { ...no(401, "invalid", fault), text: fault };
  if (ends) token.code = "";
  const config = Object.entries(method.config).map(([key, { param }]) => [param, values[key] ?? ""]);
  const said = ends ? { oauth_token: token.access, oauth_token_secret: token.secret, ...Object.fromEntries(config) } : TEMPORARY;
  return { headers: { "content-type": "application/x-www-form-urlencoded" }, text: new URLSearchParams(said).toString() };
}

function revokeAnswer(account: Account, call: Call): Said | null {
  const { method } = account;
  if (method.type !== "oauth2_code" || !method.revoke) return null;
  const values = { ...knownOf(account), refreshToken: account.token.refresh ?? "" };
  if (call.method !== method.revoke.method || !isAt(call, method.revoke.url, values)) return null;
  const form = new URLSearchParams(call.body);
  const missing = Object.entries(method.revoke.form).find(([name, text]) => form.get(name) !== fillIn(text, values));
  const absent = Object.entries(method.revoke.headers).find(([name, text]) => call.headers[name.toLowerCase()] !== fillIn(text, values));
  if (missing || absent) return no(400, "invalid_request", `"${(missing ?? absent)?.[0]}" is missing`);
  account.token.access = "revoked";
  account.token.given = "revoked";
  account.token.refresh = null;
  return { tree: {} };
}

/** Whatever is about the credential itself, at addresses of its own; null for any other request. */
export const answerAtDesk = (account: Account, call: Call): Spoken | null => {
  const { method } = account;
  const tokens = method.type === "oauth2_code" || method.type === "oauth2_client" ? tokenAnswer(account, method, call) : null;
  return (
    exchangeAnswer(account, call) ??
    oauth1Answer(account, call) ??
    tokens ??
    assertionAnswer(account, call) ??
    loginAnswer(account, call) ??
    revokeAnswer(account, call)
  );
};

/** The credential in use ends; a newer one has to be had. */
export function endSession(account: Account): void {
  account.token.access = `ended-${account.token.made}`;
  for (const name of Object.keys(account.token.session)) if (!Object.hasOwn(account.values, name)) account.token.session[name] = "ended";
}
