import type { Manifest, ManifestInput } from "#server/runtime/manifest";
import { showAll, zed, zedHttp, zedThing } from "#tests/support/zed";

type Auth = ManifestInput["auth"][string];
type Sign = NonNullable<Extract<Auth, { type: "api_key" }>["sign"]>;
type Code = Extract<Auth, { type: "oauth2_code" }>;

const TWO = [
  { key: "key_id", title: "Key", secret: true },
  { key: "key_secret", title: "Secret", secret: true },
];

/** A system each of whose requests is signed, one of them with a body. */
const signed = (sign: Sign, rest: Partial<Extract<Auth, { type: "api_key" }>> = {}): Manifest =>
  zed({
    auth: { key: { type: "api_key", title: "Key", fields: TWO, sign, ...rest } },
    objects: {
      thing: { ...zedThing, list: { path: "/all things", query: { "a b": "ä+1 ~*!'()", none: "" } } },
      other: { ...zedThing, title: "Others", list: { method: "POST", path: "/others", body: { of: "ö" } } },
    },
  });

const oauth1: Sign = { type: "oauth1", consumerKey: "{key_id}", consumerSecret: "{key_secret}" };
const digest = (rest: Partial<Extract<Sign, { type: "digest" }>>): Sign => ({
  type: "digest",
  algorithm: "md5",
  text: "{key_secret}{sorted}",
  into: { in: "query", name: "sign" },
  ...rest,
});

const code = (rest: Partial<Code>): Manifest =>
  zed({
    auth: {
      oauth: {
        type: "oauth2_code",
        title: "OAuth",
        authorizeUrl: "https://zed.example/authorize",
        tokenUrl: "https://zed.example/token",
        scopes: [],
        rotating: false,
        ...rest,
      },
    },
  });

const EXCHANGE = {
  url: "https://zed.example/token",
  params: { grant_type: "longer", client_secret: "{clientSecret}", token: "{accessToken}" },
};

const rpc = (type: "jsonrpc" | "xmlrpc", fault: string): Manifest => {
  const call = (method: string, params: unknown[] = []) => ({ method: "POST" as const, path: "/rpc", body: { method, params } as never });
  return zed({
    auth: {
      key: {
        type: "api_key",
        title: "Key",
        fields: [{ key: "api_key", title: "Key", secret: true }],
        body: { "params.0": "{api_key}" },
      },
    },
    identify: { request: call("me", [""]), accountId: "result.id", label: "{result.name}" },
    check: call("me", [""]),
    http: zedHttp({
      protocol: { type },
      errorMessage: type === "jsonrpc" ? "error.message" : "fault.faultString",
      errors: [{ path: fault, equals: 403, code: "reauth_required" }],
    }),
    pagination: { type: "offset", limit: { value: 3 } },
    objects: {
      thing: {
        ...zedThing,
        list: call("things", ["", { from: "{offset}", most: "{limit}", deep: [true, null, 1.5, "a & <b>"] }]),
        records: "result",
        one: { request: call("thing", ["", "{id}"]), record: "result.0" },
        sample: { id: "1", at: "2026-01-01T00:00:00Z", name: "a & <b>", many: [], price: 1.5, live: true, none: null, deep: { x: ["y"] } },
        writes: {
          fields: [{ path: "name", type: "string", title: "Name" }],
          create: { request: call("thing.add", ["", "{data}"]), id: "result" },
          update: { request: call("thing.set", ["", "{id}", "{data}"]) },
          delete: { request: call("thing.end", ["", "{id}"]), also: [{ status: 200, path: fault, equals: 404 }] },
        },
      },
    },
  });
};

const PLAYED: Record<string, Manifest> = {
  "OAuth 1.0a in a header": signed({ ...oauth1, realm: "zed", method: "HMAC-SHA256" }),
  "OAuth 1.0a in the address": signed({ ...oauth1, in: "query" }),
  "OAuth 1.0a in plain text": signed({ ...oauth1, method: "PLAINTEXT" }),
  "OAuth 1.0a with a person": zed({
    auth: {
      oauth1: {
        type: "oauth1",
        title: "OAuth 1",
        requestTokenUrl: "https://zed.example/oauth/request",
        authorizeUrl: "https://zed.example/oauth/authorize",
        accessTokenUrl: "https://zed.example/oauth/access",
        method: "HMAC-SHA1",
        requestParams: { scope: "read things" },
        config: { shop: { param: "shop_id", pattern: "[0-9]+" } },
      },
    },
    objects: { thing: { ...zedThing, list: { path: "/{shop}/things" } } },
  }),
  "AWS Signature Version 4": signed({
    ...{ type: "aws_sigv4", accessKeyId: "{key_id}", secretAccessKey: "{key_secret}", region: "eu-west-1", service: "execute-api" },
  }),
  "AWS Signature Version 4 of a store, in a session": signed({
    ...{ type: "aws_sigv4", accessKeyId: "{key_id}", secretAccessKey: "{key_secret}", region: "eu-west-1", service: "s3" },
    sessionToken: "{key_id}",
  }),
  "a digest of sorted parameters": signed(digest({ query: { ts: "{timestamp}" }, encoding: "hex_upper" })),
  "a digest of parameters in a pair of their own, with one that is not sent": signed(
    digest({
      algorithm: "hmac-sha256",
      key: "{key_secret}",
      text: "{method}&{path}&{sorted}",
      sorted: { pair: "{name}{value}", join: "", encode: "none", extra: { app: "{key_id}" }, skipEmpty: true },
      into: { in: "header", name: "x-sign" },
    }),
  ),
  "a digest of headers, encoded by RFC 3986": signed(
    digest({
      headers: { "X-Time": "{timestampMs}", "X-Key": "{key_id}" },
      sorted: { from: ["headers", "query"], encode: "rfc3986" },
      text: "{sorted}{key_secret}{query}{bodySha256}",
      into: { in: "query", name: "sign" },
    }),
  ),
  "a token exchanged for a longer one, at the same address": code({
    exchange: EXCHANGE,
    renew: { type: "exchange", method: "POST", url: "https://zed.example/renew", params: { token: "{accessToken}" } },
  }),
  "procedures by JSON": rpc("jsonrpc", "error.code"),
  "procedures by XML": rpc("xmlrpc", "fault.faultCode"),
};

showAll(PLAYED);
