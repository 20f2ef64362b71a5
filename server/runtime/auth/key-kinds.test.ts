import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type Auth, basic, usingAuth } from "#tests/support/using-auth";

const t = usingAuth();
const keyField = { key: "key", title: "Key", secret: true };

describe("a key", () => {
  test.each<[string, Omit<Extract<Auth, { type: "api_key" }>, "type" | "title" | "fields">, Record<string, string>, string?]>([
    ["as Bearer", { headers: { Authorization: "Bearer {key}" } }, { authorization: "Bearer k-1" }],
    ["with a prefix of its own", { headers: { authorization: "Klaviyo-API-Key {key}" } }, { authorization: "Klaviyo-API-Key k-1" }],
    ["in a header of its own", { headers: { "X-Auth-Token": "{key}" } }, { "x-auth-token": "k-1" }],
    [
      "in several headers at once",
      { headers: { "x-api-key": "{key}", "x-store-key": "{store}" } },
      { "x-api-key": "k-1", "x-store-key": "st" },
    ],
    ["in the query", { query: { utoken: "{key}" } }, {}, "?x=1&utoken=k-1"],
    ["in cookies", { cookies: { sid: "{key}", lang: "en" } }, { cookie: "sid=k-1; lang=en" }],
    ["as Basic user alone", { basic: { username: "{key}" } }, { authorization: basic("k-1:") }],
    ["as Basic password behind any user", { basic: { username: "any", password: "{key}" } }, { authorization: basic("any:k-1") }],
    ["decorated", { basic: { username: "{store}/token", password: "{key}" } }, { authorization: basic("st/token:k-1") }],
  ])("%s", async (_, placement, headers, search = "?x=1") => {
    const { last } = await t.use(
      { type: "api_key", title: "Key", fields: [keyField, { key: "store", title: "Store" }], ...placement },
      { key: "k-1", store: "st" },
    );
    expect(last).toMatchObject({ method: "GET", host: "api.tiny.example", path: "/things", search, headers });
  });
  test("a part of a key becomes part of the host (any:key-us6)", async () => {
    const auth: Auth = {
      type: "api_key",
      title: "Key",
      fields: [{ ...keyField, pattern: "[0-9a-f]+-(?<dc>us\\d+)" }],
      basic: { username: "any", password: "{key}" },
    };
    const { last } = await t.use(auth, { key: "0af-us6" }, { http: { baseUrl: "https://{dc}.api.tiny.example/3.0" } });
    expect([last.host, last.path, last.headers["authorization"]]).toEqual(["us6.api.tiny.example", "/3.0/things", basic("any:0af-us6")]);
  });
  test("Basic is UTF-8, and a colon in the user is refused", async () => {
    const auth: Auth = {
      type: "api_key",
      title: "Key",
      fields: [keyField, { key: "store", title: "User" }],
      basic: { username: "{store}", password: "{key}" },
    };
    expect((await t.use(auth, { key: "pä:ss", store: "jörg" })).last.headers["authorization"]).toBe(basic("jörg:pä:ss"));
    await expect(t.use(auth, { key: "p", store: "a:b" })).rejects.toMatchObject({ code: "config_invalid" });
  });
  test.each(["abc\r\nX-Admin: 1", "abc\nX-Admin: 1", "a\u0000b"])("%j cannot begin another header, nor leave at all", async (key) => {
    await expect(t.use({ type: "api_key", title: "K", fields: [keyField], headers: { "x-key": "{key}" } }, { key })).rejects.toMatchObject({
      code: "config_invalid",
    });
    expect(t.party.asked).toHaveLength(0);
  });
  test("into the body, by path, where a request has one", async () => {
    const auth: Auth = { type: "api_key", title: "K", fields: [keyField], body: { "params.1": "{key}", "auth.user": "u" } };
    const { last } = await t.use(auth, { key: "k-1" }, { body: { method: "read", params: ["db", null, 3] } });
    expect(JSON.parse(last.body)).toEqual({ method: "read", params: ["db", "k-1", 3], auth: { user: "u" } });
  });
  test.each([".", ".."])("a value of %j cannot climb in a path", async (key) => {
    const auth: Auth = { type: "api_key", title: "K", fields: [keyField], headers: { "x-key": "{key}" } };
    await expect(t.use(auth, { key }, { path: "/a/{key}/b" })).rejects.toMatchObject({ code: "config_invalid" });
  });
  test("none: nothing is added", async () => {
    const { last } = await t.use({ type: "none", title: "Open" }, {});
    expect([last.search, last.headers["authorization"], last.headers["cookie"]]).toEqual(["?x=1", undefined, undefined]);
  });
  test("a signature is the last thing that happens to a request", async () => {
    const sign = {
      type: "digest" as const,
      algorithm: "hmac-sha256" as const,
      key: "{clientSecret}",
      text: "{path}?{sorted}",
      into: { in: "query" as const, name: "sig" },
    };
    const { last } = await t.use(
      { type: "api_key", title: "K", fields: [keyField], query: { key: "{key}" }, sign },
      { key: "k-1" },
      { app: { clientId: "c", clientSecret: "s" } },
    );
    expect(last.query.get("sig")).toBe(createHmac("sha256", "s").update("/things?key=k-1&x=1").digest("hex"));
  });
});
