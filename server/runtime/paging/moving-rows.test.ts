import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ManifestInput } from "#server/runtime/manifest";
import { tinyManifest } from "#tests/support/tiny-source";
import type { Outgoing, Reply, Send } from "../send";
import { objectSource } from "./object-source";

const START = Date.parse("2026-11-21T12:00:00Z");
type Row = { id: string; at: string };
type Pagination = NonNullable<ManifestInput["pagination"]>;

/** A list in no order, of which rows come and go between any two requests, as `drift` says. */
function drifting(size: number, count: number, drift: readonly number[]) {
  const rows: Row[] = Array.from({ length: count }, (_, n) => ({ id: `r${n}`, at: new Date(START - 1_000).toISOString() }));
  const always = new Set(rows.map((row) => row.id));
  const state = { rows, always, now: START, made: 0, asked: 0 };
  const move = () => {
    const step = drift[state.asked++];
    if (step === undefined) return;
    if (step >= 0) {
      const [gone] = rows.splice(step % Math.max(1, rows.length), 1);
      if (gone) always.delete(gone.id);
    } else {
      const at = new Date(state.now).toISOString();
      rows.splice(-step % (rows.length + 1), 0, { id: `n${state.made++}`, at });
    }
  };
  const send: Send = async ({ query }: Outgoing): Promise<Reply> => {
    move();
    const { offset, page, since } = (query ?? {}) as Record<string, string>;
    const from = offset === undefined ? (Number(page ?? 1) - 1) * size : Number(offset);
    const shown = rows.filter((row) => since === undefined || row.at >= since).slice(from, from + size);
    state.now += 1_000;
    const facts = { method: "GET", path: "/things", status: 200, ms: 1, bytes: 100, retries: 0 };
    const headers = { date: new Date(state.now).toUTCString() };
    const total = rows.filter((row) => since === undefined || row.at >= since).length;
    return {
      json: { data: shown.map((row) => ({ ...row })), total },
      headers,
      facts,
      url: "https://api.example.com/things",
      suspicious: false,
    };
  };
  return { ...state, state, send };
}

const BY_OFFSET: Pagination = { type: "offset", place: { in: "query", name: "offset" } };
const changes = { since: { in: "query" as const, name: "since" }, format: "iso" as const, inclusive: true, lookbackMs: 0 };

/** The ids of one pass, and whether it says who is missing. */
async function pass(send: Send, object: object, from: string | null = null) {
  const manifest = tinyManifest(object);
  const ids: string[] = [];
  let [cursor, trusted, moving, pages] = [from, true, false, 0];
  for (;;) {
    const page = await objectSource({ send, manifest, nowMs: () => START }, "thing").readPage(cursor);
    for (const { id } of page.records) ids.push(id);
    trusted &&= page.scan?.trusted ?? true;
    moving ||= page.scan?.moving ?? false;
    cursor = page.cursor;
    if (++pages > 400) throw new Error("no end");
    if (page.done) return { ids, trusted, moving, cursor, pages };
  }
}

const list = fc.record({
  size: fc.integer({ min: 2, max: 6 }),
  count: fc.integer({ min: 0, max: 30 }),
  drift: fc.array(fc.integer({ min: -40, max: 40 }), { maxLength: 25 }),
  limited: fc.boolean(),
  told: fc.boolean(),
});
type List = typeof list extends fc.Arbitrary<infer T> ? T : never;
const paged = (by: Pagination, { size, limited, told }: List): Pagination => ({
  ...by,
  ...(limited ? { limit: { value: size } } : {}),
  ...(told ? { stop: { total: "total" } } : {}),
});
const scan = { deletes: { by: "scan", everyMs: 1 } };

describe("a list whose rows come and go while it is read", () => {
  test("counted by rows: whoever was there all the time is seen, so that a whole reading misses nobody who lives", () =>
    fc.assert(
      fc.asyncProperty(list, async (one) => {
        const source = drifting(one.size, one.count, one.drift);
        const { ids, trusted, moving } = await pass(source.send, { pagination: paged(BY_OFFSET, one), ...scan });
        const missed = [...source.always].filter((id) => !ids.includes(id));
        // Where rows move all the time the reading gives up, and says so.
        if (trusted && !moving) expect(missed).toEqual([]);
        return moving || missed.length === 0;
      }),
      { numRuns: 150 },
    ));
  test("where rows rarely move, that needs no second look, and a request a page", async () => {
    const source = drifting(5, 23, [40, 40, 0, 40]);
    const seen = await pass(source.send, { pagination: BY_OFFSET, ...scan });
    expect([[...source.always].every((id) => seen.ids.includes(id)), seen.trusted, seen.moving]).toEqual([true, true, false]);
    const still = drifting(5, 23, []);
    expect(await pass(still.send, { pagination: { ...BY_OFFSET, limit: { value: 5 } }, ...scan })).toMatchObject({
      ids: Array.from({ length: 23 }, (_, n) => `r${n}`),
      pages: 7,
    });
  });
  test("numbers that a source rounds down lose nothing either", async () => {
    for (const limit of [{}, { limit: { value: 5 } }]) {
      const source = drifting(5, 23, []);
      const rounding: Send = (request, signal) =>
        source.send({ ...request, query: { offset: String(Math.floor(Number(request.query?.["offset"] ?? 0) / 5) * 5) } }, signal);
      const { ids } = await pass(rounding, { pagination: { ...BY_OFFSET, ...limit }, ...scan });
      expect(new Set(ids).size).toBe(23);
    }
  });
  test("counted by pages: that one was passed over is not seen, and said; changes are read twice, and a whole list once more after a day", async () => {
    const by: Pagination = { type: "page", place: { in: "query", name: "page" } };
    const gone = drifting(2, 6, [40, 0]); // the first page is read, then its first row goes
    const first = await pass(gone.send, { pagination: by, ...scan });
    expect([first.moving, [...gone.always].filter((id) => !first.ids.includes(id))]).toEqual([true, ["r2"]]);
    const full = drifting(2, 4, []);
    const object = { pagination: by, changes };
    const read = await pass(full.send, object);
    expect(JSON.parse(read.cursor)).toMatchObject({ mode: "changes", unsure: true });
    for (let n = 0; n < 5; n++) full.rows.push({ id: `c${n}`, at: new Date(full.state.now + 60_000).toISOString() });
    const later = await pass(full.send, object, read.cursor);
    expect(later.ids).toEqual([...later.ids.slice(0, 5), ...later.ids.slice(0, 5)]);
    full.state.now += 86_400_000;
    const day = await pass(full.send, object, later.cursor);
    expect(JSON.parse(day.cursor)).toMatchObject({ mode: "full", twice: true });
    expect(JSON.parse((await pass(full.send, object, day.cursor)).cursor)).not.toHaveProperty("unsure");
  });
});
