import { describe, expect, test } from "vitest";
import { tinyManifest } from "#tests/support/tiny-manifest";
import type { Auth } from "#tests/support/using-auth";
import { grantOf } from "./place";
import { AuthMethod } from "./schema";

const SECRET = "VENDORS-SECRET";
const OWN = "https://api.tiny.example";
const TYPED = "https://{at}";
const HOST = { key: "at", title: "Host", pattern: "[a-z0-9.-]+" };

const faultsOf = (auth: object, http: object = { baseUrl: OWN }): string[] => {
  try {
    tinyManifest({ it: auth as Auth }, { http: { baseUrl: OWN, errorMessage: "message", rateLimit: { defaultWaitMs: 1 }, ...http } });
    return [];
  } catch (error) {
    return (error as { issues: { path: unknown[]; message: string }[] }).issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  }
};
const typedAt = (path: string) =>
  `${path}: "{at}" is typed by a customer, and the secret of the vendor's own app goes there: its pattern must end in a domain of the system's own, written out, such as [a-z0-9-]+\\.example\\.com`;

const key = { type: "api_key", title: "K", fields: [HOST] };
const code = {
  type: "oauth2_code",
  title: "C",
  authorizeUrl: `${OWN}/a`,
  tokenUrl: `${OWN}/t`,
  scopes: [],
  rotating: false,
  fields: [HOST],
};
const client = { type: "oauth2_client", title: "C", tokenUrl: `${OWN}/t`, fields: [HOST] };
const oauth1 = {
  ...{ type: "oauth1", title: "O", requestTokenUrl: `${OWN}/r`, authorizeUrl: `${OWN}/a`, accessTokenUrl: `${OWN}/t` },
  fields: [HOST],
};
const signing = { clientAuth: "private_key_jwt", issuer: "https://id.tiny.example" };
const jwt = { type: "jwt", title: "J", algorithm: "HS256", key: "{clientSecret}", claims: { iss: "us" }, fields: [HOST] };
const step = (call: object) => ({ call: { url: `${OWN}/l`, ...call }, take: { tok: { at: "token" } } });
const login = (call: object, rest = {}) => ({ type: "login", title: "L", fields: [HOST], steps: [step(call)], ...rest });
const digest = {
  ...{ type: "digest", algorithm: "hmac-sha256", key: "{clientSecret}", text: "{path}{clientSecret}" },
  into: { in: "header", name: "x-sig" },
};
const one = { type: "oauth1", consumerKey: "us", consumerSecret: "{clientSecret}" };
const v4 = { type: "aws_sigv4", accessKeyId: "us", secretAccessKey: "{clientSecret}", region: "eu", service: "s3" };

/** Every place of a request that an app's secret can be put, or be signed with. */
const PLACES: [string, object][] = [
  ["header", { headers: { "x-app": "{clientSecret}" } }],
  ["query", { query: { app: "a-{clientSecret}" } }],
  ["cookie", { cookies: { app: "{clientSecret}" } }],
  ["body", { body: { "params.0": "{clientSecret}" } }],
  ["password", { headers: {}, basic: { username: "us", password: "{clientSecret}" } }],
  ["user name", { headers: {}, basic: { username: "{clientSecret}" } }],
  ["key of a digest", { sign: digest }],
  ["signed header", { sign: { ...digest, headers: { "x-app": "{clientSecret}" } } }],
  ["signed parameter", { sign: { ...digest, query: { app: "{clientSecret}" } } }],
  ["signature's text", { sign: { ...digest, into: { ...digest.into, template: "{clientSecret} {signature}" } } }],
  ["what is sorted", { sign: { ...digest, text: "{sorted}", sorted: { extra: { app: "{clientSecret}" } } } }],
  ["OAuth 1 key", { sign: one }],
  ["OAuth 1 key as it is", { sign: { ...one, method: "PLAINTEXT" } }],
  ["OAuth 1 consumer", { sign: { ...one, consumerKey: "{clientSecret}" } }],
  ["OAuth 1 realm", { sign: { ...one, realm: "{clientSecret}" } }],
  ["SigV4 key", { sign: v4 }],
  ["SigV4 region", { sign: { ...v4, region: "{clientSecret}" } }],
  ["SigV4 session", { sign: { ...v4, sessionToken: "{clientSecret}" } }],
];
const METHODS: [string, object, readonly string[]][] = [
  ["api_key", key, PLACES.map(([place]) => place)],
  ["oauth2_code", code, PLACES.map(([place]) => place)],
  ["oauth2_code that signs", { ...code, ...signing }, PLACES.map(([place]) => place)],
  ["oauth2_client", { ...client, clientSecret: "{at}" }, PLACES.map(([place]) => place)],
  ["jwt", jwt, PLACES.map(([place]) => place)],
  ["login", login({}), PLACES.map(([place]) => place)],
  ["oauth1", oauth1, ["header", "query"]],
  ["none", { type: "none", title: "N", fields: [HOST] }, ["header", "query"]],
];

/** Whether a request of the API, as it goes out, shows the app's secret to who gets it. */
function shows(auth: object): boolean {
  const app = { clientId: "us", clientSecret: SECRET };
  const grant = grantOf(AuthMethod.parse(auth), { type: "api_key", values: { accessToken: "t", tokenSecret: "ts" } }, { at: "x" }, 1, app);
  const signed = grant.sign?.({ method: "GET", url: new URL(`${OWN}/things`), headers: {}, body: undefined });
  const [, basic = ""] = /^Basic (.+)$/.exec(grant.headers["authorization"] ?? "") ?? [];
  const wire = [grant.headers, grant.query, grant.body, signed?.headers, signed?.url.href, Buffer.from(basic, "base64").toString()];
  return JSON.stringify(wire).includes(SECRET);
}

describe("the secret of the vendor's app goes to no host that a customer types", () => {
  for (const [name, method, places] of METHODS)
    test.each(PLACES.filter(([place]) => places.includes(place)))(`${name}, %s: refused just where a request would show it`, (_, part) => {
      const auth = { ...method, ...part };
      expect(faultsOf(auth, { baseUrl: TYPED })).toEqual(shows(auth) ? [typedAt("http.baseUrl")] : []);
      expect(faultsOf(auth, { hosts: { files: TYPED } })).toEqual(shows(auth) ? [typedAt("http.hosts.files")] : []);
      expect(faultsOf(auth, { baseUrl: "https://{at}.tiny.example" })).toEqual([]);
    });

  test.each<[string, object, string]>([
    ["a token address", { ...code, tokenUrl: `${TYPED}/t` }, "tokenUrl"],
    ["a token address by Basic", { ...client, clientAuth: "basic", tokenUrl: `${TYPED}/t` }, "tokenUrl"],
    [
      "a token address, beside its signature",
      { ...code, ...signing, tokenUrl: `${TYPED}/t`, tokenParams: { s: "{clientSecret}" } },
      "tokenUrl",
    ],
    [
      "a token address of a client that signs",
      { ...client, ...signing, tokenUrl: `${TYPED}/t`, tokenHeaders: { s: "{clientSecret}" } },
      "tokenUrl",
    ],
    ["where a token is renewed", { ...code, renew: { type: "refresh_token", url: `${TYPED}/t` } }, "renew.url"],
    ["where one is exchanged", { ...code, ...signing, exchange: { url: `${TYPED}/t`, params: { s: "{clientSecret}" } } }, "exchange.url"],
    [
      "where a grant is given back",
      { ...code, ...signing, revoke: { method: "POST", url: `${TYPED}/t`, headers: { s: "{clientSecret}" } } },
      "revoke.url",
    ],
    [
      "what is asked after the consent",
      { ...code, ...signing, query: { s: "{clientSecret}" }, afterConnect: [{ call: { url: `${TYPED}/me` }, config: { who: "id" } }] },
      "afterConnect.0.call.url",
    ],
    ["a login", login({ url: `${TYPED}/l`, json: { deep: ["{clientSecret}"] } }), "steps.0.call.url"],
    ["what takes an assertion", { ...jwt, exchange: { url: `${TYPED}/t`, form: { s: "{clientSecret}" } } }, "exchange.url"],
    ["what takes claims", { ...jwt, claims: { s: "{clientSecret}" }, exchange: { url: `${TYPED}/t` } }, "exchange.url"],
    ["OAuth 1 in clear", { ...oauth1, method: "PLAINTEXT", requestTokenUrl: `${TYPED}/r` }, "requestTokenUrl"],
    ["OAuth 1 with more", { ...oauth1, headers: { s: "{clientSecret}" }, accessTokenUrl: `${TYPED}/t` }, "accessTokenUrl"],
  ])("nor to %s", (_, auth, path) => expect(faultsOf(auth)).toEqual([typedAt(`auth.it.${path}`)]));

  test.each<[string, object]>([
    ["the client's own key", { ...code, ...signing, tokenUrl: `${TYPED}/t` }],
    ["an assertion", { ...jwt, exchange: { url: `${TYPED}/t`, form: { a: "{assertion}" } } }],
    ["OAuth 1", { ...oauth1, requestTokenUrl: `${TYPED}/r`, accessTokenUrl: `${TYPED}/t` }],
    ["no secret at all", { ...code, clientAuth: "none", tokenUrl: `${TYPED}/t` }],
    ["a secret that the customer typed", { ...client, clientSecret: "{at}", tokenUrl: `${TYPED}/t` }],
  ])("while what is signed with %s may", (_, auth) => expect(faultsOf(auth, { baseUrl: TYPED })).toEqual([]));

  test("and a public client, which has none, places none", () =>
    expect(faultsOf({ ...code, clientAuth: "none", query: { s: "{clientSecret}" } })).toEqual([
      'auth.it.clientAuth: a public client has no secret: nothing would fill "{clientSecret}"',
    ]));
});
