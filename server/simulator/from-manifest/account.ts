import { createHmac, generateKeyPairSync } from "node:crypto";
import type { Manifest } from "#server/runtime/manifest";
import type { Call } from "./role";
import { matchOf, sampleText } from "./sample-text";
import { signatureFault, signedNames } from "./signatures";
import { look, plant } from "./tree";

export type Method = Manifest["auth"][string];
type Texts = Record<string, string>;
type Field = Method["fields"][number];

/** An account at the third party, and how its owner proves to be it. */
export type Account = {
  method: Method;
  /** What a customer enters into the connect form. */
  answers: Texts;
  /** All that fills holes: what was entered, and what the third party says of the account. */
  values: Texts;
  app: { clientId: string; clientSecret: string };
  publicKey: string;
  /** Tokens in force. `made` counts them; `given` is the last one that was handed out, ended or not. */
  token: { access: string; given: string; secret: string; refresh: string | null; code: string; made: number; session: Texts };
  /** What was asked since the last consent, of the questions after one. */
  asked: Set<number>;
  /** Random texts that signatures were made with: none may come twice. */
  nonces: Set<string>;
};

type Pair = { publicKey: string; privateKey: string };
const made = new Map<string, Pair>();
const CURVES: Record<string, string> = { ES256: "P-256", ES384: "P-384" };

function newPair(algorithm: string): Pair {
  const namedCurve = CURVES[algorithm];
  const { publicKey, privateKey } =
    namedCurve !== undefined
      ? generateKeyPairSync("ec", { namedCurve })
      : algorithm === "EdDSA"
        ? generateKeyPairSync("ed25519")
        : generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** What a method signs its proofs with. */
function algorithmOf(method: Method): string {
  if (method.type === "jwt") return method.algorithm;
  return "clientAuth" in method && method.clientAuth === "private_key_jwt" ? method.clientAlgorithm : "RS256";
}

/** One key pair for all accounts of an algorithm, made when the first is opened. Of a shared secret both halves are the same. */
function pairOf(method: Method): Pair {
  const algorithm = algorithmOf(method);
  if (method.type === "jwt" && algorithm.startsWith("HS")) return { publicKey: SHARED, privateKey: SHARED };
  const kind = CURVES[algorithm] === undefined && algorithm !== "EdDSA" ? "rsa" : algorithm;
  const known = made.get(kind) ?? newPair(algorithm);
  made.set(kind, known);
  return known;
}

/** Long enough for the longest digest, and the same in UTF-8, hex and base64. */
const SHARED = "0123456789abcdef".repeat(8);

const groupsIn = (pattern: string, value: string): Texts => matchOf(pattern, value, { whole: true })?.groups ?? {};

/** A text of the look that is wanted: what is known already, else one that is made up. */
function textFor(key: string, pattern: string | undefined, known: Texts): string {
  const given = known[key];
  if (given !== undefined && (pattern === undefined || matchOf(pattern, given, { whole: true }))) return given;
  return (pattern === undefined ? null : sampleText(pattern, known)) ?? `sample-${key.replaceAll("_", "-")}`;
}

function answerTo(method: Method, field: Field): string {
  if (field.options) return field.options.find((one) => one.value === field.example)?.value ?? field.options[0]?.value ?? "";
  if (field.json) {
    let file: unknown = {};
    for (const [key, path] of Object.entries(field.json))
      file = plant(file, path, /key/.test(key) ? pairOf(method).privateKey : `sample@${key.replaceAll("_", "-")}.example`);
    return JSON.stringify(file);
  }
  const shared = method.type === "jwt" && method.algorithm.startsWith("HS") && method.key === `{${field.key}}`;
  if (field.multiline || shared) return pairOf(method).privateKey;
  return field.example ?? textFor(field.key, field.pattern, {});
}

function partsOf(field: Field, answer: string): Texts {
  const parts: Texts = { ...(field.pattern === undefined ? {} : groupsIn(field.pattern, answer)), [field.key]: answer };
  for (const [key, path] of Object.entries(field.json ?? {})) parts[key] = String(look(JSON.parse(answer), path));
  return parts;
}

type Found = string | { path: string; pattern?: string | undefined };
const found = (values: Texts, key: string, one: Found): void => {
  const pattern = typeof one === "string" ? undefined : one.pattern;
  const value = textFor(key, pattern, values);
  Object.assign(values, { [key]: value }, pattern === undefined ? {} : groupsIn(pattern, value));
};

/** The named groups of what a sign-in's steps take. */
function takenGroups(method: Extract<Method, { type: "login" }>, values: Texts): void {
  const patterns = method.steps.flatMap(({ take }) => Object.values(take).flatMap((one) => one.pattern ?? []));
  for (const pattern of patterns) Object.assign(values, matchOf(pattern, sampleText(pattern, values) ?? "")?.groups ?? {});
}

/** What the third party will say of the account while it is being connected. */
function saidOf(method: Method, values: Texts): void {
  const said: [string, Found][] = [];
  if (method.type === "oauth2_code") {
    for (const [key, { pattern }] of Object.entries(method.callback.config)) said.push([key, { path: "", pattern }]);
    said.push(...method.afterConnect.flatMap(({ config }) => Object.entries(config)));
  }
  if ("token" in method) said.push(...Object.entries(method.token.config));
  if (method.type === "oauth1") for (const [key, { pattern }] of Object.entries(method.config)) said.push([key, { path: "", pattern }]);
  for (const [key, one] of said) found(values, key, one);
  if (method.type === "login") takenGroups(method, values);
}

/** An account that the form's examples lead to, or the answers that are given instead. */
export function openAccount(method: Method, chosen: Texts = {}): Account {
  const answers = Object.fromEntries(method.fields.map((field) => [field.key, chosen[field.key] ?? answerTo(method, field)]));
  const values: Texts = {};
  for (const field of method.fields) Object.assign(values, partsOf(field, answers[field.key] ?? ""));
  saidOf(method, values);
  const signs = "clientAuth" in method && method.clientAuth === "private_key_jwt";
  const app = { clientId: "sample-client", clientSecret: signs ? pairOf(method).privateKey : "sample-client-secret" };
  const token = { access: "access-1", given: "access-1", secret: "secret-1", refresh: "refresh-1", code: "code-1", made: 1, session: {} };
  return { method, answers, values, app, publicKey: pairOf(method).publicKey, token, asked: new Set(), nonces: new Set() };
}

export const fillIn = (template: string, values: Texts): string =>
  template.replace(/\{\+?([A-Za-z]\w*)\}/g, (_, name: string) => values[name] ?? "");

/** All that is known at this moment, tokens and app included. */
export const knownOf = ({ values, app, token }: Account): Texts => ({
  ...values,
  ...app,
  ...token.session,
  accessToken: token.access,
  tokenSecret: token.secret,
});

/** Each place of the credential, what is to stand there, and what does. */
function credentialPlaces({ method }: Account, values: Texts, call: Call): [string, string, string | null | undefined][] {
  const places: [string, string, string | null | undefined][] = [];
  for (const [named, template] of Object.entries(method.headers)) {
    const name = fillIn(named, values);
    places.push([`the header "${name}"`, fillIn(template, values), call.headers[name.toLowerCase()]]);
  }
  for (const [named, template] of Object.entries(method.query)) {
    const name = fillIn(named, values);
    places.push([`the parameter "${name}"`, fillIn(template, values), call.url.searchParams.get(name)]);
  }
  if ("basic" in method && method.basic) {
    const pair = `${fillIn(method.basic.username, values)}:${fillIn(method.basic.password, values)}`;
    places.push(["user name and password", `Basic ${Buffer.from(pair).toString("base64")}`, call.headers["authorization"]]);
  }
  const sent = (call.headers["cookie"] ?? "").split(/; */);
  for (const [name, template] of "cookies" in method ? Object.entries(method.cookies) : []) {
    const wanted = `${name}=${fillIn(template, values)}`;
    places.push([`the cookie "${name}"`, wanted, sent.find((one) => one === wanted)]);
  }
  return places;
}

/** What signs each request, where something does: of OAuth 1.0a the consumer and the person together. */
function signOf({ method }: Account) {
  if (method.type !== "oauth1") return "sign" in method ? method.sign : undefined;
  const own = { consumerKey: "{clientId}", consumerSecret: "{clientSecret}", token: "{accessToken}", tokenSecret: "{tokenSecret}" };
  return { type: "oauth1" as const, method: method.method, ...own, in: "header" as const, realm: method.realm };
}

/** Why a request does not come from this account, or null. */
export function credentialFault(account: Account, call: Call): string | null {
  const wrong = credentialPlaces(account, knownOf(account), call).find(([, wanted, given]) => given !== wanted);
  if (wrong) return `${wrong[0]} does not hold the credential`;
  const sign = signOf(account);
  return sign ? signatureFault(sign, knownOf(account), call, account.nonces) : null;
}

/** Where in a body the credential stands, and what is to stand there. */
export const credentialBody = (account: Account): [path: string, wanted: string][] =>
  "body" in account.method ? Object.entries(account.method.body).map(([path, text]) => [path, fillIn(text, knownOf(account))]) : [];

/** Parameters of requests that belong to the credential. */
export function credentialNames(account: Account): { query: Set<string>; body: string[] } {
  const query = Object.keys(account.method.query).map((name) => fillIn(name, account.values));
  return { query: new Set([...query, ...signedNames(signOf(account))]), body: credentialBody(account).map(([path]) => path) };
}

/** What a browser brings back from the consent page, signed where it is declared. */
export function callbackParams({ method, values, app, token }: Account): Texts {
  if (method.type !== "oauth2_code") return {};
  const { code, config, hmac } = method.callback;
  const params: Texts = { [code]: token.code, state: "sample-state" };
  for (const [key, { param }] of Object.entries(config)) params[param] = values[key] ?? "";
  if (!hmac) return params;
  const text = Object.keys(params)
    .filter((name) => !hmac.without.includes(name))
    .sort()
    .map((name) => `${name}=${params[name]}`)
    .join("&");
  return { ...params, [hmac.param]: createHmac(hmac.algorithm, app.clientSecret).update(text).digest(hmac.encoding) };
}
