import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isAppError } from "#server/lib/errors";
import { tinyManifest } from "#tests/support/tiny-manifest";
import { authMethodOf } from "../grants";
import { fillUrl } from "./fill-url";
import { grantOf } from "./place";
import { readCallback } from "./read-callback";
import { OAuth2Code } from "./schema";

const nasty = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "",
    ".",
    "..",
    "/",
    "\\",
    "@",
    "#",
    "?",
    "%2f",
    "a/b",
    "a@b",
    "a.evil.example",
    "evil.example/",
    "evil.example#",
    "x:80",
    "[::1]",
    "127.1",
    "{key}",
    "{accessToken}",
    "a\r\nb: c",
    "＠",
    "a。b",
    "\u0000",
    "__proto__",
    "constructor",
  ),
  fc.domain(),
);
const orRefusal = <T>(work: () => T): T | null => {
  try {
    return work();
  } catch (error) {
    if (isAppError(error) && error.code === "config_invalid") return null;
    throw error;
  }
};

describe("templates never leave a hole and never inject", () => {
  test("a host is filled with host labels, or not at all, and nothing moves the address elsewhere", () => {
    fc.assert(
      fc.property(nasty, nasty, (sub, part) => {
        const filled = orRefusal(() => fillUrl("https://{sub}.tiny.example/a/{part}/b?q={part}", { sub, part }));
        if (filled === null) return;
        const url = new URL(filled);
        expect(url.hostname.endsWith(".tiny.example")).toBe(true);
        expect([url.protocol, url.username, url.password, url.hash, url.port]).toEqual(["https:", "", "", "", ""]);
        expect(url.pathname.split("/")).toEqual(["", "a", encodeURIComponent(part), "b"]);
        expect(url.searchParams.get("q")).toBe(part);
      }),
      { numRuns: 2_000 },
    );
  });
  test("a whole host is a host and perhaps a port", () => {
    fc.assert(
      fc.property(nasty, (host) => {
        const filled = orRefusal(() => fillUrl("https://{host}/api", { host }));
        if (filled !== null)
          expect([new URL(filled).pathname, new URL(filled).host.replace(/:443$/, "")]).toEqual([
            "/api",
            host.toLowerCase().replace(/:443$/, ""),
          ]);
      }),
      { numRuns: 2_000 },
    );
    expect(() => fillUrl("https://{host}/api", {})).toThrow(/not complete/);
    expect(() => fillUrl("https://{a}.{b}/api", { a: "", b: "x.example" })).toThrow(/not complete/);
  });
  test("headers, cookies and Basic hold the value as it is, or nothing is sent", () => {
    const method = authMethodOf(
      tinyManifest({
        it: {
          type: "api_key",
          title: "K",
          fields: [
            { key: "key", title: "K" },
            { key: "user", title: "U" },
          ],
          headers: { "x-key": "p {key} s" },
          query: { k: "{key}" },
          cookies: { sid: "{key}" },
          basic: { username: "{user}", password: "{key}" },
        },
      }),
      "it",
    );
    fc.assert(
      fc.property(nasty, nasty, (key, user) => {
        const grant = orRefusal(() => grantOf(method, { type: "api_key", values: { key, user } }, { key: "config never wins" }, 1));
        if (grant === null) return;
        for (const value of Object.values(grant.headers)) expect(value).not.toMatch(/[\r\n\0]/);
        expect([grant.headers["x-key"], grant.query["k"], grant.headers["cookie"]]).toEqual([`p ${key} s`, key, `sid=${key}`]);
        expect(grant.headers["cookie"]).not.toMatch(/[;,]/);
        expect(Buffer.from(grant.headers["authorization"]?.slice(6) ?? "", "base64").toString()).toBe(
          `${Buffer.from(user)}:${Buffer.from(key)}`,
        );
        expect(user).not.toContain(":");
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("what the browser brings back", () => {
  const callbackOf = (callback: object) =>
    OAuth2Code.parse({
      type: "oauth2_code",
      title: "T",
      authorizeUrl: "https://a.example/",
      tokenUrl: "https://a.example/",
      scopes: [],
      rotating: false,
      callback,
    }).callback;
  // The example of Shopify's documentation ("Verify the installation request"): secret `hush`.
  const params = {
    code: "0907a61c0c8d55e99db179b68161bc00",
    hmac: "700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf",
    shop: "some-shop.myshopify.com",
    state: "0.6784241404160823",
    timestamp: "1337178173",
  };
  const shop = callbackOf({
    hmac: { param: "hmac" },
    config: { shop: { param: "shop", pattern: "(?<shop>[a-z0-9-]+)\\.myshopify\\.com" } },
  });
  test("a signature over all parameters is checked, and a part of one becomes config", () => {
    expect(readCallback(shop, params, {}, "hush")).toEqual({ config: { shop: "some-shop" } });
    expect(readCallback(shop, params, { shop: "Some-Shop" }, "hush")).toEqual({ config: { shop: "some-shop" } });
  });
  test.each<[string, Record<string, string>, string]>([
    ["another secret", params, "hash"],
    ["a changed parameter", { ...params, shop: "other.myshopify.com" }, "hush"],
    ["one more parameter", { ...params, x: "1" }, "hush"],
    ["no signature", { ...params, hmac: "" }, "hush"],
  ])("%s is refused", (_, given, secret) => expect(readCallback(shop, given, {}, secret)).toHaveProperty("refused"));
  test("a parameter that is missing, looks wrong or contradicts the form is refused", () => {
    const realm = callbackOf({ config: { realm: { param: "realmId", pattern: "\\d{1,20}" } } });
    expect(readCallback(realm, { realmId: "9130" }, {}, null)).toEqual({ config: { realm: "9130" } });
    for (const given of [{}, { realmId: "../x" }, { realmId: "1".repeat(21) }])
      expect(readCallback(realm, given, {}, null)).toHaveProperty("refused");
    expect(readCallback(realm, { realmId: "1" }, { realm: "2" }, null)).toHaveProperty("refused");
  });
});
