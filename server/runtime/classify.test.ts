import { describe, expect, test } from "vitest";
import { tinyManifest } from "#tests/support/tiny-source";
import { faultOf, lackOf, waitOf } from "./classify";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const limits = (rateLimit: object) => tinyManifest({}, { rateLimit: { defaultWaitMs: 1_000, ...rateLimit } });
const fine = (headers: Record<string, string>, json: unknown = {}) => ({ status: 200, headers, json });
const lack = (remaining: object, headers: Record<string, string>) => lackOf(fine(headers), limits({ remaining: [remaining] }), NOW);

describe("what is left, taken out of a header", () => {
  const salesforce = { header: "Sforce-Limit-Info", pattern: "api-usage=(?<used>\\d+)/(?<of>\\d+)" };
  test.each([
    ["api-usage=4999/5000", { waitMs: 1_000, everyone: false }],
    ["api-usage=5000/5000; per-app-api-usage=17/250(appName=x)", { waitMs: 1_000, everyone: true }],
    ["api-usage=18/5000", null],
    ["nothing of it", null],
  ])("Salesforce: used of all, %s", (text, wanted) => expect(lack(salesforce, { "sforce-limit-info": text })).toEqual(wanted));

  const draft = {
    header: "ratelimit",
    pattern: "remaining=(\\d+)",
    reset: { header: "ratelimit", pattern: "reset=(\\d+)", unit: "seconds" },
  };
  const fields = {
    header: "ratelimit",
    pattern: ";\\s*r=(\\d+)",
    reset: { header: "ratelimit", pattern: ";\\s*t=(\\d+)", unit: "seconds" },
  };
  test.each([
    ["limit=100, remaining=0, reset=50", draft, { waitMs: 50_000, everyone: true }],
    ["limit=100, remaining=90, reset=50", draft, null],
    ['"default";r=0;t=30', fields, { waitMs: 30_000, everyone: true }],
    ['"default"; r=50; t=30', fields, null],
  ])("RateLimit: %s", (text, reader, wanted) => expect(lack(reader, { ratelimit: text })).toEqual(wanted));
});

describe("of several values the worst counts", () => {
  // developers.facebook.com, Graph API rate limits: business use case usage, by account and by kind.
  const usage = (...calls: [number, number][]) =>
    JSON.stringify({
      "66782684": calls.map(([call_count, wait]) => ({ type: "ads_insights", call_count, estimated_time_to_regain_access: wait })),
    });
  const header = "x-business-use-case-usage";
  const reader = {
    header,
    path: "*.*.call_count",
    usedOf: 100,
    reset: { header, path: "*.*.estimated_time_to_regain_access", unit: "minutes" },
  };
  test.each([
    [usage([28, 0], [100, 19], [100, 3]), { waitMs: 19 * 60_000, everyone: true }],
    [usage([28, 0], [97, 2]), { waitMs: 120_000, everyone: false }],
    [usage([28, 0], [30, 0]), null],
    ["{}", null],
  ])("Meta: %s", (text, wanted) => expect(lack(reader, { [header]: text })).toEqual(wanted));

  test("the longest wait of a refusal", () => {
    const manifest = limits({ readers: [{ path: "errors.*.retry", pattern: "in (\\d+) s", unit: "seconds" }] });
    const json = { errors: [{ retry: "again in 5 s" }, { retry: "again in 70 s" }, { retry: "later" }, {}] };
    expect(waitOf({ status: 429, headers: {}, json }, manifest, NOW)).toBe(70_000);
  });
});

test("an error told by a header alone, whatever the status", () => {
  const codes = (errors: object[]) => tinyManifest({}, { errors });
  const of = (rule: object, headers: Record<string, string>, status = 200) =>
    faultOf({ status, headers, json: { data: [] } }, codes([{ ...rule, code: "provider_rate_limited" }]), NOW)?.code ?? null;
  expect(of({ header: "X-Error-Code", equals: 7 }, { "x-error-code": "7" })).toBe("provider_rate_limited");
  expect(of({ header: "x-error-code", equals: 7 }, { "x-error-code": "8" })).toBeNull();
  expect(
    of({ header: "x-amzn-errortype", matches: "^Throttling", statuses: [400] }, { "x-amzn-errortype": "ThrottlingException" }, 400),
  ).toBe("provider_rate_limited");
  expect(of({ header: "x-failed" }, {})).toBeNull();
  expect(of({ header: "x-failed" }, { "x-failed": "quota" })).toBe("provider_rate_limited");
  expect(() => codes([{ header: "a", path: "b", code: "record_invalid" }])).toThrow();
});
