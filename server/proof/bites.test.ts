import { describe, expect, test } from "vitest";
import type { Manifest, ManifestInput } from "#server/runtime/manifest";
import { zed, zedHttp, zedThing } from "#tests/support/zed";
import { openBench, straight } from "./bench";
import { proofsOf } from "./proofs";

type Spec = ManifestInput["objects"][string];
type Pagination = NonNullable<Spec["pagination"]>;
type Code = Extract<ManifestInput["auth"][string], { type: "oauth2_code" }>;

const things = (over: Partial<Spec>, rest: Partial<ManifestInput> = {}) => zed({ ...rest, objects: { thing: { ...zedThing, ...over } } });
const numbered = (stop: Pagination["stop"]): Pagination => ({
  type: "page",
  place: { in: "query", name: "page" },
  ...(stop ? { stop } : {}),
});
const code = (over: Partial<Code>) =>
  zed({
    auth: {
      oauth: {
        ...{ type: "oauth2_code", title: "OAuth", authorizeUrl: "https://zed.example/a", tokenUrl: "https://zed.example/t" },
        ...{ scopes: [], rotating: false, ...over },
      },
    },
  });
const signed = (text: string, sorted = {}) =>
  zed({
    auth: {
      key: {
        ...{ type: "api_key", title: "Key", fields: [{ key: "secret", title: "Secret", secret: true }] },
        sign: { type: "digest", algorithm: "md5", text, sorted, into: { in: "query", name: "sign" }, query: { a: "{timestamp}" } },
      },
    },
  });
const limited = (rateLimit: Partial<ManifestInput["http"]["rateLimit"]>) =>
  zed({ http: zedHttp({ rateLimit: { defaultWaitMs: 1_000, ...rateLimit } }) });
const fields: NonNullable<Spec["writes"]>["fields"] = [{ path: "name", type: "string", title: "Name" }];
const makes = (over: Partial<NonNullable<NonNullable<Spec["writes"]>["create"]>>, rest: Partial<Spec["writes"]> = {}) =>
  things({ writes: { fields, create: { request: { method: "POST", path: "/things", body: "{data}" }, id: "id", ...over }, ...rest } });
const file = (over: Partial<NonNullable<Spec["file"]>>) => {
  const { list: _, ...rest } = zedThing;
  return zed({ objects: { thing: { ...rest, file: { request: { path: "/all" }, protocol: { type: "json" }, ...over } } } });
};
const LINES = { ...zedThing, title: "Lines", unique: true, each: "thing", list: { path: "/things/{parent}/lines" } };
const below = (over: Partial<Spec>) => zed({ objects: { thing: zedThing, line: { ...LINES, ...over } } });
const rpc = (type: "jsonrpc" | "xmlrpc", records: string) =>
  things(
    { list: { method: "POST", path: "/rpc", body: { method: "things", params: ["{offset}"] } }, records, pagination: { type: "offset" } },
    { http: zedHttp({ protocol: { type } }), check: { method: "POST", path: "/rpc", body: { method: "me" } } },
  );

/** By claim: what the system is, and what its manifest says of it by mistake, so that the claim must fail. */
const MISTAKES: Record<string, { claim: string; system: Manifest; said: Manifest; shows?: RegExp }[]> = {
  reading: [
    {
      claim: "thing.ends",
      system: things({ pagination: numbered({ statuses: [{ status: 404 }] }) }),
      said: things({ pagination: numbered({ statuses: [{ status: 404, path: "code", equals: "end" }] }) }),
    },
    {
      claim: "thing.expired",
      system: things({
        pagination: {
          type: "cursor",
          next: "next",
          place: { in: "query", name: "cursor" },
          stop: { expired: [{ status: 400, path: "code", equals: "old" }] },
        },
      }),
      said: things({
        pagination: {
          type: "cursor",
          next: "nxt",
          place: { in: "query", name: "cursor" },
          stop: { expired: [{ status: 400, path: "code", equals: "old" }] },
        },
      }),
    },
    {
      claim: "thing.none",
      system: things({ none: [{ status: 500, path: "code", equals: "401" }] }),
      said: things({ none: [{ status: 500, path: "code", equals: "401" }], list: { path: "/things", query: { all: "1" } } }),
    },
    {
      claim: "thing.batch",
      system: things({ get: { request: { path: "/many", query: { ids: "{ids}" } }, batch: { size: 3, records: "found" } } }),
      said: things({ get: { request: { path: "/many", query: { ids: "{ids}" } }, batch: { size: 3, records: "founds" } } }),
    },
    {
      claim: "thing.gone",
      system: things({ get: { request: { path: "/things/{id}" }, gone: [{ status: 410, path: "why", equals: "deleted" }] } }),
      said: things({ get: { request: { path: "/things/{id}" }, gone: [{ status: 410, path: "why", equals: "gone" }] } }),
    },
    {
      claim: "thing.list",
      system: things({ get: { address: "links.self" } }),
      said: things({ get: { address: "links.href" } }),
      shows: /no "links.href"/,
    },
    { claim: "thing.list", system: things({ get: { address: "self", record: "thing" } }), said: things({ get: { address: "self" } }) },
    {
      claim: "thing.list",
      system: things({ pagination: { type: "cursor", next: "next", json: true, place: { in: "query", name: "after" } } }),
      said: things({ pagination: { type: "cursor", next: "next", place: { in: "query", name: "after" } } }),
      shows: /neither text nor number/,
    },
    {
      claim: "thing.list",
      system: things({ pagination: { type: "keyset", key: "sort", json: true, place: { in: "query", name: "after" } } }),
      said: things({ pagination: { type: "keyset", key: "sort", place: { in: "query", name: "after" } } }),
      shows: /has no "sort"/,
    },
    { claim: "thing.file", system: file({ unpack: "gzip" }), said: file({}) },
    { claim: "thing.file", system: file({ records: "rows.all" }), said: file({ records: "rows" }) },
    {
      claim: "line.skip",
      system: below({ parent: { skip: [{ status: 403 }] } }),
      said: below({ parent: { skip: [{ status: 403, path: "code", equals: "x" }], as: "of" }, list: { path: "/things/{parent}/rows" } }),
    },
    {
      claim: "line.list",
      system: below({ unique: false, parent: { inId: true } }),
      said: below({}),
      shows: /missing|twice/,
    },
    {
      claim: "thing.list",
      system: things({ records: "orders", nested: { list: "lines", with: { order: "id" } }, id: ["order", "line"] }),
      said: things({ records: "orders", nested: { list: "lines", with: { order: "id" } }, id: "line", unique: true }),
    },
    { claim: "thing.list", system: rpc("jsonrpc", "result"), said: rpc("jsonrpc", "results") },
    { claim: "thing.list", system: rpc("xmlrpc", "result"), said: rpc("xmlrpc", "result.rows") },
  ],
  "signing in": [
    { claim: "auth.key", system: signed("{sorted}{secret}"), said: signed("{secret}{sorted}") },
    { claim: "auth.key", system: signed("{sorted}{secret}", { pair: "{name}{value}" }), said: signed("{sorted}{secret}") },
    {
      claim: "auth.oauth.exchange",
      system: code({ exchange: { url: "https://zed.example/x", params: { token: "{accessToken}" } } }),
      said: code({ exchange: { url: "https://zed.example/x", params: { token: "{refreshToken}" } } }),
    },
    {
      claim: "auth.oauth.afterConnect",
      system: code({
        afterConnect: [
          { call: { url: "https://zed.example/me" }, list: { where: { path: "type", equals: "org" } }, config: { org: "id" } },
        ],
      }),
      said: code({ afterConnect: [{ call: { url: "https://zed.example/me" }, list: {}, config: { org: "type" } }] }),
    },
    {
      claim: "auth.oauth.callback.hmac",
      system: code({ callback: { hmac: { param: "hmac" } } }),
      said: code({ callback: { hmac: { param: "hmac", algorithm: "sha1" } } }),
    },
    {
      claim: "auth.oauth.callback.config",
      system: code({ callback: { config: { shop: { param: "shop", pattern: "[a-z-]+" } } } }),
      said: code({ callback: { config: { shop: { param: "store", pattern: "[a-z-]+" } } } }),
    },
    {
      claim: "auth.oauth.keepAliveDays",
      system: code({ keepAliveDays: 30, renew: { type: "refresh_token", url: "https://zed.example/r" } }),
      said: code({ keepAliveDays: 30, tokenParams: { more: "1" }, renew: { type: "exchange", url: "https://zed.example/x", params: {} } }),
    },
  ],
  limits: [
    {
      claim: "limits.buckets.0",
      system: limited({}),
      said: limited({ buckets: [{ scope: "app", requests: 5, perMs: 1_000, paths: ["/thinks"] }] }),
      shows: /no request/,
    },
  ],
  writing: [
    {
      claim: "thing.create.also",
      system: makes({ also: [{ status: 409, id: "existing" }] }),
      said: makes({
        also: [{ status: 409, id: "existing", pattern: "^thing_([0-9]+)$" }],
        request: { method: "PUT", path: "/things", body: "{data}" },
      }),
    },
    {
      claim: "thing.create.refused",
      system: makes({ refused: { path: "errors", message: "errors.0.text" } }),
      said: makes({ refused: { path: "errors", message: "errors.0.text" }, request: { method: "POST", path: "/thing", body: "{data}" } }),
    },
  ],
};

describe.each(Object.entries(MISTAKES))("%s", (_, mistakes) => {
  test.each(mistakes.map((one, n) => [`${one.claim} (${n + 1})`, one] as const))("%s", async (__, { claim, system, said, shows = /./ }) => {
    const run = async (manifest: Manifest) => {
      const proof = proofsOf(manifest).find((one) => one.claim === claim);
      if (!proof) throw new Error(`nothing claims ${claim}`);
      const bench = await openBench(
        proof.scaled?.(manifest) ?? manifest,
        proof.auth,
        { pages: {} },
        straight,
        proof.answers,
        proof.scaled?.(system) ?? system,
      );
      await proof.run(bench, {});
      await bench.stop();
    };
    if (proofsOf(system).some((one) => one.claim === claim)) await run(system);
    await expect(run(said)).rejects.toThrow(shows);
  });
});
