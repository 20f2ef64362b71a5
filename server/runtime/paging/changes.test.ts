import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAppError } from "#server/lib/errors";
import { drainTiny, openTiny, startTiny, type Told, tinyManifest } from "#tests/support/tiny-source";
import { formatMoment, parseMoment } from "./moments";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const NOW = Date.parse("2026-11-21T12:00:00Z");
const AT = "2026-11-21T11:59:58.765Z";
const DAY = 86_400_000;
const date = { date: new Date(NOW).toUTCString() };
const changes = { since: { in: "query", name: "since" }, format: "iso", inclusive: true, lookbackMs: 60_000 };

describe("moments", () => {
  test.each([
    ["iso", "2026-11-21T11:59:58.765Z", "2026-11-21T11:59:58.764Z"],
    ["iso_s", "2026-11-21T11:59:58Z", "2026-11-21T11:59:57Z"],
    ["local", "2026-11-21T11:59:58", "2026-11-21T11:59:57"],
    ["date", "2026-11-21", "2026-11-20"],
    ["unix_s", "1795262398", "1795262397"],
    ["unix_ms", "1795262398765", "1795262398764"],
    ["http_date", "Sat, 21 Nov 2026 11:59:58 GMT", "Sat, 21 Nov 2026 11:59:57 GMT"],
    ["odata_datetime", "datetime'2026-11-21T11:59:58'", "datetime'2026-11-21T11:59:57'"],
    ["odata_datetimeoffset", "datetimeoffset'2026-11-21T11:59:58Z'", "datetimeoffset'2026-11-21T11:59:57Z'"],
    ["ms_json", "/Date(1795262398765)/", "/Date(1795262398764)/"],
  ] as const)("%s, and one unit earlier where the source is strict", (format, plain, strict) => {
    expect([formatMoment(AT, format), formatMoment(AT, format, { strict: true })]).toEqual([plain, strict]);
  });
  test("clocks of a place, in summer, in winter and when an hour comes twice", () => {
    const zone = "America/Los_Angeles";
    expect(formatMoment("2026-07-01T05:00:00Z", "local", { zone })).toBe("2026-06-30T22:00:00");
    expect(formatMoment("2026-07-01T05:00:00Z", "date", { zone })).toBe("2026-06-30");
    expect(parseMoment("2026-01-15 08:00:00", zone)).toBe(Date.parse("2026-01-15T16:00:00Z"));
    expect(parseMoment("2026-11-01T01:30:00", zone)).toBe(Date.parse("2026-11-01T08:30:00Z")); // the earlier of the two
  });
  test.each([["/Date(1795262398765+0000)/"], [1_795_262_398.765], [1_795_262_398_765], ["2026-11-21T12:59:58.765+01:00"]])(
    "%j is read",
    (value) => expect(parseMoment(value)).toBe(Date.parse(AT)),
  );
  test.each([[null], [""], ["soon"], [{}]])("%j is none", (value) => expect(parseMoment(value)).toBeNaN());
});

describe("what changed", () => {
  const second = async (object: object, told: Told = { body: { data: [] } }) => {
    tiny.state.answer = () => ({ headers: date, body: { data: [{ id: "1" }] } });
    const open = () => openTiny(tiny.origin, tinyManifest(object), NOW);
    const { cursor } = await drainTiny(open);
    tiny.state.answer = () => ({ ...told, headers: { ...date, ...told.headers } });
    return { page: await open().readPage(cursor), asked: tiny.state.asked.at(-1) };
  };
  test("by a header; 304 and 204 say that nothing did", async () => {
    const object = { changes: { ...changes, since: { in: "header", name: "If-Modified-Since" }, format: "http_date" } };
    for (const status of [304, 204]) {
      const { page, asked } = await second(object, { status });
      expect([page.done, page.records, asked?.headers["if-modified-since"]]).toEqual([true, [], "Sat, 21 Nov 2026 11:59:00 GMT"]);
    }
  });
  test("by an expression, in a parameter with an operator in its name, in a query language with offsets, in a body", async () => {
    const since = { in: "query", name: "filter", template: "greater-than(updated,{value})" };
    expect((await second({ changes: { ...changes, since, inclusive: false } })).asked?.query.get("filter")).toBe(
      "greater-than(updated,2026-11-21T11:58:59.999Z)",
    );
    expect(
      (await second({ changes: { ...changes, since: { in: "query", name: "DateSent>" }, format: "date" } })).asked?.query.get("DateSent>"),
    ).toBe("2026-11-21");
    const soql = { path: "/query", query: { q: "SELECT Id FROM Contact WHERE SystemModstamp >= {since}" } };
    expect((await second({ changes: { request: soql, format: "iso_s", inclusive: true, lookbackMs: 0 } })).asked?.query.get("q")).toBe(
      "SELECT Id FROM Contact WHERE SystemModstamp >= 2026-11-21T12:00:00Z",
    );
    const search = { method: "POST", path: "/search", body: { filters: [{ field: "updated", op: "ge", value: "" }] } };
    const { asked } = await second({
      changes: { ...changes, request: search, since: { in: "body", name: "filters.0.value" }, format: "unix_s" },
    });
    expect(JSON.parse(asked?.body ?? "").filters[0]).toEqual({ field: "updated", op: "ge", value: 1795262340 });
  });
  test("in bounded windows, from a first day on, without a gap", async () => {
    const window = { maxMs: 31 * DAY, start: "2026-08-01T00:00:00Z" };
    const object = { changes: { ...changes, window, until: { in: "query", name: "until" }, lookbackMs: 0 } };
    tiny.state.asked.length = 0;
    tiny.state.answer = ({ query }) => ({ headers: date, body: { data: [{ id: query.get("since") }] } });
    const { cursor } = await drainTiny(() => openTiny(tiny.origin, tinyManifest(object), NOW));
    const spans = tiny.state.asked.map(({ query }) => [query.get("since"), query.get("until")]);
    expect(spans.map(([since]) => since)).toEqual(
      ["2026-08-01T00:00:00.000Z", ...spans.slice(0, -1).map(([, until]) => until)].map((one) => one),
    );
    expect([spans.length, spans.at(-1)?.[1], JSON.parse(cursor).since]).toEqual([
      4,
      new Date(NOW).toISOString(),
      new Date(NOW).toISOString(),
    ]);
  });
  test("where changes do not show everything, everything is read again after a while", async () => {
    const manifest = tinyManifest({ changes: { ...changes, rereadMs: DAY } });
    const at = (ms: number, cursor: string | null) => {
      tiny.state.answer = () => ({ headers: { date: new Date(ms).toUTCString() }, body: { data: [] } });
      return openTiny(tiny.origin, manifest, ms).readPage(cursor);
    };
    const first = await at(NOW, null);
    const soon = await at(NOW + DAY / 2, first.cursor);
    expect(JSON.parse(soon.cursor).mode).toBe("changes");
    expect(JSON.parse((await at(NOW + DAY, soon.cursor)).cursor)).toMatchObject({ mode: "full", since: null });
  });
  test("a change time that is null until the first change: the time of creation stands in", async () => {
    const object = {
      changes: { ...changes, order: "updated_ascending", pagination: { type: "offset", place: { in: "query", name: "offset" } } },
      createdAt: "made",
    };
    const { page } = await second(object, { body: { data: [{ id: "1", at: null, made: "2026-11-21T11:59:30Z" }] } });
    expect(JSON.parse(page.cursor).since).toBe("2026-11-21T11:59:30.000Z");
  });
});

describe("answers that say no", () => {
  const fault = async (told: Told, http: object = {}) => {
    tiny.state.answer = () => told;
    return openTiny(tiny.origin, tinyManifest({}, http), NOW)
      .readPage(null)
      .then(
        () => null,
        (error) => (isAppError(error) ? error : Promise.reject(error)),
      );
  };
  const limited = (readers: object[], rest: object = {}) => ({ rateLimit: { defaultWaitMs: 1_000, readers, ...rest } });
  const epoch = String(NOW / 1_000 + 30);
  test.each([
    [{ "x-reset": epoch }, [{ header: "X-Reset", unit: "epoch_s" }], 30_000],
    [{ "x-reset": "12" }, [{ header: "x-reset", unit: "seconds" }], 12_000],
    [{ "x-reset-ms": "1500" }, [{ header: "x-reset-ms", unit: "ms" }], 1_500],
    [{ "x-usage": '{"wait":2}' }, [{ header: "x-usage", path: "wait", unit: "minutes" }], 120_000],
    [{ "retry-after": "0", "x-reset": epoch }, [{ header: "x-reset", unit: "epoch_s" }], 30_000],
    [{ "retry-after": "0" }, [], 1_000],
    [{ "x-reset": "junk" }, [{ header: "x-reset", unit: "epoch_s" }], 1_000],
  ])("429 with %j", async (headers, readers, wait) =>
    expect(await fault({ status: 429, headers: headers as Record<string, string>, body: {} }, limited(readers))).toMatchObject({
      code: "provider_rate_limited",
      retryAfterMs: wait,
    }),
  );
  test("a 403 that is a limit, by its body, with the wait in the body", async () => {
    const http = {
      errors: [{ statuses: [403], path: "why", matches: "limit", code: "provider_rate_limited" }],
      ...limited([{ path: "seconds", unit: "seconds" }]),
    };
    expect(await fault({ status: 403, body: { why: "secondary limit", seconds: 9 } }, http)).toMatchObject({
      code: "provider_rate_limited",
      retryAfterMs: 9_000,
    });
    expect((await fault({ status: 403, body: { why: "no access" } }, http))?.code).toBe("insufficient_scope");
  });
  test("a 200 that does not call itself fine", async () => {
    const http = { success: { path: "ok", equals: true }, errors: [{ path: "error", equals: "invalid_auth", code: "reauth_required" }] };
    expect((await fault({ body: { ok: false, error: "fatal", data: [] } }, http))?.code).toBe("provider_invalid_response");
    expect((await fault({ body: { data: [] } }, http))?.code).toBe("provider_invalid_response");
    expect((await fault({ body: { ok: false, error: "invalid_auth" } }, http))?.code).toBe("reauth_required");
    expect(await fault({ body: { ok: true, data: [] } }, http)).toBeNull();
  });
  test.each([
    ["/users/sign_in", "reauth_required"],
    ["https://login.example.com/", "reauth_required"],
    ["/sso/start?x=1", "reauth_required"],
    ["/v2/things", "provider_invalid_response"],
    ["/authors/5", "provider_invalid_response"],
  ])("a redirect to %s", async (location, code) =>
    expect((await fault({ status: 302, headers: { location }, body: "" }))?.code).toBe(code),
  );
  test("where a list is left out when empty, what holds it must be there", async () => {
    const object = { records: "QueryResponse.Customer", leavesOutEmpty: true };
    const ask = (body: unknown) => {
      tiny.state.answer = () => ({ body });
      return openTiny(tiny.origin, tinyManifest(object), NOW).readPage(null);
    };
    expect((await ask({ QueryResponse: {} })).records).toEqual([]);
    await expect(ask({ Fault: {} })).rejects.toMatchObject({ code: "provider_invalid_response" });
  });
});
