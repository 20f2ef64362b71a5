import { describe, expect, test } from "vitest";
import { getManifest } from "#server/connectors/index";
import { AppError, isAppError } from "#server/lib/errors";
import { retryAfterMs } from "./classify";
import type { EgressRequest, EgressResponse } from "./egress";
import { createSend, type Grant } from "./send";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const manifest = getManifest("sandbox-crm");
const grant = (version: number): Grant => ({
  version,
  values: { key: `k${version}`, token: "1:secret" },
  secrets: ["token"],
  headers: { "x-api-key": `k${version}` },
  query: {},
});

type Given = Partial<Omit<EgressResponse, "body">> & { body?: unknown };

/** A send over scripted answers; the last one is repeated. */
function scripted(...script: (Given | Error)[]) {
  const asked: EgressRequest[] = [];
  const condemned: string[] = [];
  const send = createSend({
    manifest,
    sandboxOrigin: null,
    clock: { now: () => new Date(NOW) },
    grants: {
      current: async () => grant(1),
      renew: async (version) => grant(version + 1),
      condemn: async (_, reason) => {
        condemned.push(reason);
        return new AppError("reauth_required", reason);
      },
    },
    egress: async (request) => {
      asked.push(request);
      const given = script[Math.min(asked.length, script.length) - 1] as Given | Error;
      if (given instanceof Error) throw given;
      const { body = { data: [] } } = given;
      const type = typeof body === "string" ? "text/html" : "application/json; charset=utf-8";
      const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
      return { status: 200, url: request.url, ms: 3, ...given, headers: { "content-type": type, ...given.headers }, body: bytes };
    },
  });
  const go = (path = "/contacts", rest: object = {}) => send({ method: "GET", path, ...rest });
  return {
    asked,
    condemned,
    go,
    fault: () =>
      go().then(
        () => null,
        (error) => (isAppError(error) ? error : Promise.reject(error)),
      ),
  };
}

describe("answers", () => {
  test.each([
    [{ status: 429, headers: { "retry-after": "7" } }, "provider_rate_limited", 7_000],
    [{ status: 429, headers: { "retry-after": "Sat, 21 Nov 2026 12:01:30 GMT" } }, "provider_rate_limited", 90_000],
    [{ status: 429, headers: { "retry-after": "Sat, 21 Nov 2026 11:00:00 GMT" } }, "provider_rate_limited", 5_000],
    [{ status: 429, headers: { "retry-after": "0" } }, "provider_rate_limited", 5_000],
    [{ status: 429, headers: { "retry-after": "soon" } }, "provider_rate_limited", 5_000],
    [{ status: 429 }, "provider_rate_limited", 5_000],
    [{ status: 503, headers: { "retry-after": "60" } }, "provider_unavailable", 60_000],
    [{ status: 500 }, "provider_unavailable", undefined],
    [{ status: 403 }, "insufficient_scope", undefined],
    [{ status: 404 }, "provider_invalid_response", undefined],
    [{ status: 302 }, "provider_invalid_response", undefined],
    [{ body: "<html><h1>Please log in</h1></html>" }, "provider_invalid_response", undefined],
    [{ body: '{"data":[', headers: { "content-type": "application/json" } }, "provider_invalid_response", undefined],
    [{ body: "", headers: { "content-type": "application/json" } }, "provider_invalid_response", undefined],
    [{ status: 500, body: "<html>" }, "provider_unavailable", undefined],
  ])("%j", async (given, code, wait) => {
    const fault = await scripted(given as Given).fault();
    expect([fault?.code, fault?.retryAfterMs]).toEqual([code, wait]);
  });
  test("an error's own words reach the vendor, cut", async () => {
    const fault = await scripted({ status: 400, body: { error: { message: `no such\nfield ${"x".repeat(1_000)}` } } }).fault();
    expect(fault?.message).toMatch(/^Sandbox CRM answered 400: no such field x+$/);
    expect(fault?.message.length).toBeLessThan(400);
  });
  test.each([
    ["-5", null],
    ["1e9", null],
    ["", null],
    ["99999999", 86_400_000],
    ["1.5", 1_500],
  ])("Retry-After %j waits %j", (header, ms) => expect(retryAfterMs(header, NOW)).toBe(ms));
});

describe("trying again", () => {
  test("a network failure or 5xx once, shortly; never a 4xx, never twice", async () => {
    const flaky = scripted(new AppError("provider_unavailable", "reset"), {});
    expect((await flaky.go()).facts).toEqual({ method: "GET", path: "/v1/contacts", status: 200, ms: 3, bytes: 11, retries: 1 });
    // What may take minutes is not asked for twice while a worker waits.
    const slow = scripted(new AppError("provider_unavailable", "reset"), {});
    await expect(slow.go("/report", { timeoutMs: 600_000 })).rejects.toMatchObject({ code: "provider_unavailable" });
    expect(slow.asked.map(({ timeoutMs }) => timeoutMs)).toEqual([600_000]);
    const down = scripted({ status: 502 });
    await down.fault();
    const busy = scripted({ status: 429 });
    await busy.fault();
    expect([down.asked.length, busy.asked.length]).toEqual([2, 1]);
  });
  test("a 401 with a new credential once, then the verdict", async () => {
    const mended = scripted({ status: 401 }, {});
    await mended.go();
    expect(mended.asked.map((request) => request.headers?.["x-api-key"])).toEqual(["k1", "k2"]);
    const dead = scripted({ status: 401, body: { error: { message: "revoked" } } });
    expect([(await dead.fault())?.code, dead.asked.length, dead.condemned]).toEqual([
      "reauth_required",
      2,
      ["Sandbox CRM answered 401: revoked"],
    ]);
  });
});

describe("addresses", () => {
  // SAP's CAP takes "+" for a plus: only forms may write spaces so. And a next address may hold a token with a plus in it.
  test("a space in a query goes as %20; a next address keeps what it was given as it was given", async () => {
    const one = scripted({});
    await one.go("/contacts", { query: { $filter: "a ge 1 + 2" } });
    const next = "https://api.sandbox-crm.example/v1/contacts?$orderby=ID%20asc&limit=1&$skiptoken=aZ+/=";
    const { origin } = new URL(one.asked[0]?.url ?? "");
    await one.go(next.replace("https://api.sandbox-crm.example", origin), { absolute: true, query: { limit: "50", extra: "x y" } });
    expect(one.asked.map(({ url }) => new URL(url).search)).toEqual([
      "?%24filter=a%20ge%201%20%2B%202",
      "?$orderby=ID%20asc&limit=50&$skiptoken=aZ+/=&extra=x%20y",
    ]);
  });

  test("nor do the facts show a credential that goes in the path, as a bot's does", async () => {
    const one = scripted({});
    const { facts } = await one.go("/bot{token}/updates");
    expect([one.asked[0]?.url, facts.path]).toEqual([expect.stringContaining("/bot1%3Asecret/updates"), "/v1/bot{token}/updates"]);
  });
  test("values cannot break out of a path, and the facts carry no query", async () => {
    const one = scripted({});
    const { facts } = await one.go("/things/{key}", { query: { cursor: "a&b=c", limit: "5" } });
    expect([one.asked[0]?.url, facts.path]).toEqual([
      "https://api.sandbox-crm.example/v1/things/k1?cursor=a%26b%3Dc&limit=5",
      "/v1/things/k1",
    ]);
  });
  test.each([
    "https://evil.example/v1/contacts?page=2",
    "http://api.sandbox-crm.example/v1/contacts",
    "https://api.sandbox-crm.example.evil.io/",
    "https://169.254.169.254/",
  ])("the credential does not follow a next address to %s", async (path) => {
    const one = scripted({});
    await expect(one.go(path, { absolute: true })).rejects.toMatchObject({ code: "provider_invalid_response" });
    expect(one.asked).toHaveLength(0);
  });
});
