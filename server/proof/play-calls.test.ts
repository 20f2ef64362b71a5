import type { Manifest, ManifestInput } from "#server/runtime/manifest";
import { showAll, zed, zedHttp, zedThing } from "#tests/support/zed";

type Webhooks = NonNullable<ManifestInput["webhooks"]>;

const manifest = (http: Partial<ManifestInput["http"]>, webhooks?: Partial<Webhooks>): Manifest =>
  zed({
    http: zedHttp(http),
    pagination: { type: "none" },
    ...(webhooks
      ? {
          webhooks: {
            docs: "https://docs.zed.example/hooks",
            scope: "connection",
            verify: { type: "unsigned" },
            events: { topic: { in: "body", name: "type" }, objects: { saved: "thing" }, id: { in: "body", name: "id" } },
            ...webhooks,
          },
        }
      : {}),
  });

const limits = (rateLimit: Partial<ManifestInput["http"]["rateLimit"]>) => manifest({ rateLimit: { defaultWaitMs: 1_000, ...rateLimit } });
const verified = (verify: Webhooks["verify"], more: Partial<Webhooks> = {}) => manifest({}, { verify, ...more });

const things = (over: Partial<ManifestInput["objects"][string]>) =>
  zed({ pagination: { type: "none" }, objects: { thing: { ...zedThing, ...over } } });

const PLAYED: Record<string, Manifest> = {
  "records under their keys": things({ keyedBy: "id", pagination: { type: "page", place: { in: "query", name: "page" } } }),
  "a token with a mark to begin with and one to end with": things({
    pagination: { type: "cursor", next: "next", begin: "0", none: "-1", json: true, place: { in: "query", name: "c" } },
  }),
  "keys that begin somewhere": things({
    list: { path: "/rows", query: { q: "id > {page}" } },
    pagination: { type: "keyset", begin: "-1", json: true },
  }),
  "ids in parts": things({
    id: ["order", "position"],
    one: { request: { method: "GET", path: "/orders/{id.0}/lines/{id.1}" } },
    changes: { since: { in: "query", name: "since" }, format: "iso", inclusive: true, lookbackMs: 1_000 },
    fields: [{ path: "name", type: "string", title: "Name" }],
    deletes: { by: "feed", request: { path: "/gone", query: { since: "{since}" } }, records: "gone", id: ["o", "p"] },
    writes: {
      create: { request: { method: "POST", path: "/lines", body: "{data}" }, id: ["made.o", "made.p"] },
      update: { request: { method: "PATCH", path: "/orders/{id.0}/lines/{id.1}", body: "{data}" } },
      fields: [{ path: "name", type: "string", title: "Name" }],
    },
    sample: { order: "4711", position: 10, name: "Pump", at: "2026-01-05T10:00:00Z" },
  }),
  "rows known by all they hold": things({
    id: { hash: true },
    updatedAt: undefined,
    fields: [{ path: "name", type: "string", title: "Name" }],
    deletes: { by: "scan" },
    sample: { name: "Pump", sold: 3 },
  }),
  "fields by name, each a parameter of its own": things({ select: { prefix: "", place: { in: "query", name: "fields[]", repeat: true } } }),
  "WS-Security": zed({
    http: zedHttp({ protocol: { type: "soap", namespace: "urn:zed", usernameToken: { username: "inlay", password: "{api_key}" } } }),
    pagination: { type: "none" },
    identify: { request: { method: "POST", path: "/soap", body: { who: {} } }, accountId: "Envelope.Body.r.id", label: "Zed" },
    check: { method: "POST", path: "/soap", body: { ping: {} } },
    objects: {
      thing: {
        ...zedThing,
        list: { method: "POST", path: "/soap", body: { all: { of: "things" } } },
        records: "Envelope.Body.r.row",
      },
    },
  }),
  "what is used of all, in one header": limits({
    remaining: [{ header: "sforce-limit-info", pattern: "api-usage=(?<used>\\d+)/(?<of>\\d+)" }],
  }),
  "what is left, and until when, in one header": limits({
    remaining: [
      { header: "ratelimit", pattern: "remaining=(\\d+)", reset: { header: "ratelimit", pattern: "reset=(\\d+)", unit: "seconds" } },
    ],
    readers: [{ header: "ratelimit", pattern: "reset=(\\d+)", unit: "seconds" }],
  }),
  "an error that a header tells": manifest({ errors: [{ header: "x-error-code", equals: "quota", code: "provider_rate_limited" }] }),
  "first calls that are answered": manifest(
    {},
    {
      verify: {
        type: "hmac",
        hash: "sha256",
        secret: "app",
        signature: { in: "header", name: "x-sig", encoding: "hex" },
      },
      handshakes: [
        { type: "answer", method: "POST", when: [{ in: "query", name: "validationToken" }], reply: { text: "{query:validationToken}" } },
        {
          type: "answer",
          when: [{ in: "header", name: "x-hook-secret" }],
          reply: { headers: { "x-hook-secret": "{header:x-hook-secret}" } },
        },
        {
          type: "answer",
          when: [{ in: "body", name: "event", equals: "check" }],
          verified: true,
          hmac: { hash: "sha256", text: "{bodyAt:token}", encoding: "hex", secret: "app" },
          reply: { json: { token: "{bodyAt:token}", signed: "{hmac}" } },
        },
        { type: "answer", method: "GET", when: [{ in: "query", name: "token", equals: "{secret}" }], reply: { httpStatus: 204 } },
      ],
    },
  ),
  "a token with a hash of the body": verified({
    type: "jwt",
    token: { in: "header", name: "authorization", prefix: "Bearer " },
    algorithms: ["HS256"],
    secret: "endpoint",
    claims: { aud: "{url}" },
    hashes: [{ claim: "payload_hash" }],
  }),
  "a token that is the body": verified(
    { type: "jwt", algorithms: ["ES256"], key: { from: "url", url: "https://keys.zed.example/set", format: "jwks" } },
    { dedupe: [{ in: "body", name: "id" }] },
  ),
  "a token by a key that is kept": verified({
    type: "jwt",
    token: { in: "header", name: "x-jwt" },
    algorithms: ["PS256"],
    key: { from: "endpoint" },
  }),
  "parts of a call": verified({
    type: "hmac",
    hash: "sha256",
    signed: "{method}{path}{query:v}{bodyAt:id}{bodySha256}",
    secret: "endpoint",
    signature: { in: "header", name: "x-sig", encoding: "base64" },
  }),
};

showAll(PLAYED);
