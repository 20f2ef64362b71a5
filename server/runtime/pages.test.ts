import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { getManifest } from "#server/connectors/index";
import { isAppError } from "#server/lib/errors";
import { Manifest, type ManifestInput } from "./manifest";
import { readPage } from "./pages";
import { planOf } from "./read-plan";
import type { Outgoing, Reply, Send } from "./send";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const reply = (json: unknown, headers: Record<string, string> = {}, rest: Partial<Reply> = {}): Reply => ({
  json,
  headers: { date: "Sat, 21 Nov 2026 11:59:58 GMT", ...headers },
  url: "https://api.example.com/v1/things",
  suspicious: false,
  facts: { method: "GET", path: "/v1/things", status: 200, ms: 1, bytes: 100, retries: 0 },
  ...rest,
});

const thing: ManifestInput["objects"][string] = {
  title: "Things",
  list: { path: "/things" },
  records: "data",
  id: "id",
  updatedAt: "at",
  changes: { since: { in: "query", name: "since" }, format: "iso", inclusive: true, lookbackMs: 60_000 },
  fields: [{ path: "id", type: "string", title: "ID" }],
  sample: {},
};

const { changes: _changes, ...withoutChanges } = thing;

const base: ManifestInput = {
  key: "things",
  name: "Things",
  tagline: "",
  description: "",
  categories: ["Test"],
  docs: [{ title: "Docs", url: "https://example.com/docs", readAt: "2026-01-01" }],
  auth: {},
  identify: { request: { path: "/me" }, accountId: "id", label: "{id}" },
  check: { path: "/me" },
  http: { baseUrl: "https://api.example.com/v1", errorMessage: "message", rateLimit: { defaultWaitMs: 1_000 } },
  pagination: { type: "cursor", next: "next", place: { in: "query", name: "cursor" } },
  objects: { thing },
};
const planWith = (change: Partial<ManifestInput> = {}) => planOf(Manifest.parse({ ...base, ...change }), "thing");

/** Reads a whole pass; `limit` pages at most. */
async function drain(send: Send, plan: ReturnType<typeof planOf>, from: string | null = null, limit = 2_000) {
  const ids: string[] = [];
  let cursor = from;
  for (let pages = 1; pages <= limit; pages++) {
    const page = await readPage(send, plan, cursor, NOW);
    ids.push(...page.records.map((r) => r.id));
    cursor = page.cursor;
    if (page.done) return { ids, pages, cursor };
  }
  throw new Error(`no end after ${limit} pages`);
}
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "fine",
    (error) => (isAppError(error) ? error.code : String(error)),
  );

describe("a pass", () => {
  test("whatever graph the tokens form, it ends or says loop, and replays are the same", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(fc.nat(30), { nil: null }), { minLength: 1, maxLength: 30 }), async (jumps) => {
        let calls = 0;
        const send: Send = async ({ query }) => {
          calls++;
          const at = Number(query?.["cursor"] ?? 0) % jumps.length;
          const next = jumps[at];
          return reply({ data: [{ id: `r${at}` }], next: next === null || next === undefined ? null : String(next % jumps.length) });
        };
        const plan = planWith();
        const outcome = await codeOf(drain(send, plan, null, 500));
        expect(["fine", "provider_cursor_loop"]).toContain(outcome);
        expect(calls).toBeLessThanOrEqual(3 * jumps.length + 3);
        expect(await readPage(send, plan, null, NOW)).toEqual(await readPage(send, plan, null, NOW));
      }),
    );
  });
  test("every record is read once, whatever the page sizes, from any point where it was stopped", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5), { minLength: 1, maxLength: 20 }), async (sizes) => {
        const send: Send = async ({ query }) => {
          const n = Number(query?.["cursor"] ?? 0);
          const data = Array.from({ length: sizes[n] ?? 0 }, (_, i) => ({ id: `${n}-${i}` }));
          return reply({ data, next: n + 1 < sizes.length ? n + 1 : null }); // a number, and empty pages in the middle
        };
        const { ids } = await drain(send, planWith());
        expect(ids).toEqual(sizes.flatMap((size, n) => Array.from({ length: size }, (_, i) => `${n}-${i}`)));
      }),
    );
  });
  test("the same cursor for ever is a loop, not a success", async () => {
    const send: Send = async () => reply({ data: [{ id: "a" }], next: "same" });
    expect(await codeOf(drain(send, planWith(), null, 5))).toBe("provider_cursor_loop");
  });
  test("a scroll's token stays the same while other rows come; with rows that come again it is a loop", async () => {
    let asked = 0;
    const scroll: Send = async () => reply({ data: [{ id: `r${++asked}` }], next: asked < 6 ? "same" : null });
    expect((await drain(scroll, planWith(), null, 10)).ids).toEqual(["r1", "r2", "r3", "r4", "r5", "r6"]);
    const circle: Send = async () => reply({ data: [{ id: `r${++asked % 3}` }], next: "same" });
    expect(await codeOf(drain(circle, planWith(), null, 50))).toBe("provider_cursor_loop");
  });
  test("numbered pages end at an empty one; a source that repeats its last page is a loop", async () => {
    const paged = planWith({ pagination: { type: "page", place: { in: "query", name: "page" } } });
    const ends: Send = async ({ query }) => reply({ data: Number(query?.["page"]) <= 3 ? [{ id: `p${query?.["page"]}` }] : [] });
    expect((await drain(ends, paged)).ids).toEqual(["p1", "p2", "p3"]);
    const repeats: Send = async ({ query }) => reply({ data: [{ id: `p${Math.min(3, Number(query?.["page"]))}` }] });
    expect(await codeOf(drain(repeats, paged, null, 50))).toBe("provider_cursor_loop");
    const counted = planWith({ pagination: { type: "page", place: { in: "query", name: "page" }, last: "pages" } });
    expect((await drain(async ({ query }) => reply({ data: [{ id: `p${query?.["page"]}` }], pages: 2 }), counted)).pages).toBe(2);
  });
  test("addresses of next pages are followed, from the header or the answer, also relative ones", async () => {
    const asked: Outgoing[] = [];
    const linked = planWith({ pagination: { type: "link" } });
    const send: Send = async (request) => {
      asked.push(request);
      return reply(
        { data: [{ id: `n${asked.length}` }] },
        asked.length < 3 ? { link: `<https://x/prev>; rel="prev", <?page=${asked.length + 1}>; rel="next"` } : {},
      );
    };
    expect((await drain(send, linked)).ids).toEqual(["n1", "n2", "n3"]);
    expect(asked[2]).toEqual({ method: "GET", path: "https://api.example.com/v1/things?page=3", absolute: true });
  });
  test.each([[null], [{ error: "x" }], [{ data: null }], [{ data: {} }], ["<html>"], [[]]])("%j is not an empty page", async (json) => {
    expect(await codeOf(readPage(async () => reply(json), planWith(), null, NOW))).toBe("provider_invalid_response");
  });
  test("a cursor that is not ours is refused", async () => {
    expect(await codeOf(readPage(async () => reply({ data: [] }), planWith(), "{}", NOW))).toBe("platform_error");
  });
});

describe("records", () => {
  const read = (data: unknown[], rest: Partial<Reply> = {}) => readPage(async () => reply({ data }, {}, rest), planWith(), null, NOW);
  test("a broken record leaves its neighbours alone and is named the same every time", async () => {
    const bad = [{}, { id: "" }, { id: "a\u0000b" }, { id: "x".repeat(501) }, { id: 2 ** 53 }, { id: null }, "text", null];
    const page = await read([{ id: "ok" }, ...bad, { id: 42 }]);
    expect(page.records.map((r) => r.id)).toEqual(["ok", "42"]);
    expect(page.faults).toHaveLength(bad.length);
    expect(new Set(page.faults.map((f) => f.code))).toEqual(new Set(["record_invalid"]));
    expect((await read([bad[0], { id: "ok" }])).faults[0]?.externalId).toBe(page.faults[0]?.externalId);
  });
  test("what a JSON column would refuse is held back; emoji are not", async () => {
    const suspicious = { suspicious: true };
    const page = await read(
      [
        { id: "1", note: "a\u0000" },
        { id: "2", note: "\ud800" },
        { id: "3", note: "🙂" },
        { id: "4", "k\u0000": 1 },
        { id: "5", n: Number.POSITIVE_INFINITY },
      ],
      suspicious,
    );
    expect(page.records.map((r) => r.id)).toEqual(["3"]);
    let deep: unknown = 1;
    for (let i = 0; i < 5_000; i++) deep = [deep];
    expect((await read([{ id: "1", deep }])).faults).toHaveLength(1);
  });
  test("rows of one answer with one id that differ are all held back, in words that say what `id` lacks; equal ones are one record", async () => {
    const same = { id: "1", v: 1 };
    const twice = await read([same, { id: "2" }, { ...same }]);
    expect([twice.records.map((r) => r.id), twice.faults]).toEqual([["1", "2"], []]);
    const other = await read([{ id: "1", v: 1 }, { id: "2" }, { id: "1", v: 2 }, { id: "1", v: 1 }]);
    expect(other.records.map((r) => r.id)).toEqual(["2"]);
    expect(other.faults).toEqual([expect.objectContaining({ externalId: "1", code: "record_invalid" })]);
    expect(other.faults[0]?.message).toMatch(/`id`.*`nested\.with`.*`parent: \{ inId: true \}`/);
  });
  test("a giant waits alone", async () => {
    const facts = { ...reply({}).facts, bytes: 3_000_000 };
    const page = await read([{ id: "1", blob: "x".repeat(2_000_000) }, { id: "2" }], { facts });
    expect([page.records.map((r) => r.id), page.faults[0]?.externalId, (page.faults[0]?.source.length ?? 0) < 5_000]).toEqual([
      ["2"],
      "1",
      true,
    ]);
  });
});

describe("changes", () => {
  test("the next pass starts a lookback before this one began, by the source's clock", async () => {
    const asked: Outgoing[] = [];
    const send: Send = async (request) => {
      asked.push(request);
      return reply({ data: [{ id: "a" }] });
    };
    const first = await readPage(send, planWith(), null, NOW);
    await readPage(send, planWith(), first.cursor, NOW);
    expect([first.done, asked[1]?.query?.["since"]]).toEqual([true, "2026-11-21T11:58:58.000Z"]);
    const silent = await readPage(async () => ({ ...reply({ data: [] }), headers: {} }), planWith(), null, NOW);
    expect(JSON.parse(silent.cursor).since).toBe("2026-11-21T11:57:00.000Z"); // our clock, less doubt, less lookback
  });
  test("a source without changes is read whole each time", async () => {
    const whole = planWith({ objects: { thing: withoutChanges } });
    const page = await readPage(async () => reply({ data: [] }), whole, null, NOW);
    expect(JSON.parse(page.cursor)).toMatchObject({ mode: "full", page: null });
  });
});

/** A search as HubSpot's behaves: sorted by change, offsets, nothing beyond row 10,000. */
function searchable(rows: { id: string; at: number }[]) {
  const state = { rows, searches: 0, lists: 0, between: () => {} };
  const send: Send = async ({ path, body, query }) => {
    state.between();
    const shape = (list: typeof rows) => list.map((r) => ({ id: r.id, updatedAt: new Date(r.at).toISOString(), properties: {} }));
    if (path.endsWith("/search")) {
      state.searches++;
      const {
        after = "0",
        limit,
        filterGroups,
      } = body as { after?: string; limit: number; filterGroups: { filters: { value: string }[] }[] };
      const from = Number(filterGroups[0]?.filters[0]?.value);
      if (Number(after) + limit > 10_000) throw new Error("beyond the cap");
      const hits = state.rows.filter((r) => r.at >= from).sort((a, b) => a.at - b.at);
      const end = Number(after) + limit;
      return reply({
        total: hits.length,
        results: shape(hits.slice(Number(after), end)),
        ...(end < hits.length ? { paging: { next: { after: String(end) } } } : {}),
      });
    }
    state.lists++;
    const at = Number(query?.["after"] ?? 0);
    return reply({
      results: shape(state.rows.slice(at, at + 100)),
      ...(at + 100 < state.rows.length ? { paging: { next: { after: String(at + 100) } } } : {}),
    });
  };
  return { state, send };
}

describe("changes through a capped, sorted search", () => {
  const hubspot = planOf(getManifest("hubspot"), "contact");
  const start = Date.parse("2026-11-21T10:00:00Z");
  const cursor = JSON.stringify({
    mode: "changes",
    page: null,
    since: new Date(start).toISOString(),
    startedAt: null,
    rows: 0,
    mark: null,
    steps: 0,
    power: 1,
  });

  test("more rows than the cap, all found", async () => {
    const { send } = searchable(Array.from({ length: 25_000 }, (_, i) => ({ id: `${i}`, at: start + i * 7 })));
    expect(new Set((await drain(send, hubspot, cursor)).ids).size).toBe(25_000);
  });
  test("a thousand rows of one moment across pages, all found", async () => {
    const { state, send } = searchable([
      ...Array.from({ length: 1_000 }, (_, i) => ({ id: `t${i}`, at: start + 5 })),
      { id: "last", at: start + 9 },
    ]);
    expect(new Set((await drain(send, hubspot, cursor)).ids).size).toBe(1_001);
    expect(state.lists).toBe(0);
  });
  test("more rows of one moment than the cap: the listing takes over", async () => {
    const { state, send } = searchable(Array.from({ length: 12_000 }, (_, i) => ({ id: `t${i}`, at: start + 5 })));
    expect(new Set((await drain(send, hubspot, cursor)).ids).size).toBe(12_000);
    expect(state.lists).toBe(120);
  });
  test("rows that change while they are read take nobody's place", async () => {
    const rows = Array.from({ length: 2_000 }, (_, i) => ({ id: `${i}`, at: start + i }));
    const { state, send } = searchable(rows);
    let tick = start + 10_000;
    state.between = () => {
      const moved = state.searches < 40 ? state.rows[(state.searches * 37) % 500] : undefined;
      if (moved) moved.at = tick++;
    };
    expect(new Set((await drain(send, hubspot, cursor)).ids).size).toBe(2_000);
  });
  test("fields are asked for by name, in the query and in the search", async () => {
    const asked: Outgoing[] = [];
    const send: Send = async (request) => {
      asked.push(request);
      return reply({ results: [] });
    };
    await readPage(send, hubspot, null, NOW);
    await readPage(send, hubspot, cursor, NOW);
    expect(asked[0]?.query?.["properties"]).toMatch(/^firstname,lastname,email,/);
    expect(asked[0]?.query?.["limit"]).toBe("100");
    expect(asked[1]?.body).toMatchObject({
      limit: 200,
      filterGroups: [{ filters: [{ propertyName: "lastmodifieddate", operator: "GTE", value: String(start) }] }],
    });
    expect(asked[1]?.body).toHaveProperty("properties", expect.arrayContaining(["email"]));
  });
});
