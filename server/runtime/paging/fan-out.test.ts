import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { harbourFaults } from "#tests/support/harbour";
import { drainTiny, openTiny, startTiny, thing, tinyManifest } from "#tests/support/tiny-source";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const NOW = Date.parse("2026-11-21T12:00:00Z");
const HOUR = 3_600_000;
const date = (ms: number) => ({ date: new Date(ms).toUTCString() });
const room = { ...thing, list: { path: "/rooms" } };
const manifest = (rest: object = {}) =>
  tinyManifest(
    {
      list: { path: "/messages", query: { room: "{parent}" } },
      pagination: { type: "none" },
      each: "room",
      parent: { as: "room", inId: true },
      changes: { since: { in: "query", name: "since" }, format: "iso", inclusive: true, lookbackMs: 0 },
      ...rest,
    },
    {},
    { room },
  );

test("records know whose they are; ids that repeat from parent to parent are told apart", async () => {
  tiny.state.answer = ({ path, query }) => ({
    body: { data: path.endsWith("/rooms") ? [{ id: "a" }, { id: "b" }] : [{ id: "1", text: query.get("room") }] },
  });
  const { records } = await drainTiny(() => openTiny(tiny.origin, manifest(), NOW));
  expect(records).toEqual([
    { id: "a:1", value: { id: "1", text: "a", room: "a" } },
    { id: "b:1", value: { id: "1", text: "b", room: "b" } },
  ]);
});

test("the next pass asks what changed since the last one began, and a new parent for everything", async () => {
  const rooms = [{ id: "a" }, { id: "b" }];
  let clock = NOW;
  tiny.state.answer = ({ path }) => {
    clock += 60_000;
    return { headers: date(clock), body: { data: path.endsWith("/rooms") ? rooms : [{ id: "1" }] } };
  };
  const open = () => openTiny(tiny.origin, manifest(), clock);
  const first = await drainTiny(open);
  rooms.push({ id: "c" });
  clock = NOW + HOUR;
  tiny.state.asked.length = 0;
  const second = await drainTiny(open, first.cursor);
  // The clock of the source as the first list of the pass was read: what changed in the others meanwhile is asked for again.
  const since = new Date(NOW + 120_000).toISOString();
  const asked = () =>
    tiny.state.asked.filter(({ path }) => path.endsWith("/messages")).map(({ query }) => [query.get("room"), query.get("since")]);
  expect(asked()).toEqual([
    ["a", since],
    ["b", since],
    ["c", null],
  ]);
  tiny.state.asked.length = 0;
  await drainTiny(open, second.cursor);
  expect(asked().map(([, moment]) => moment)).toEqual(Array(3).fill(new Date(NOW + HOUR + 120_000).toISOString()));
});

test("only a whole reading shows which records are gone", async () => {
  tiny.state.answer = ({ path }) => ({ headers: date(NOW), body: { data: path.endsWith("/rooms") ? [{ id: "a" }] : [{ id: "1" }] } });
  const open = () => openTiny(tiny.origin, manifest({ deletes: { by: "scan" } }), NOW);
  const scans = async (from: string | null) => {
    const found: unknown[] = [];
    for (let cursor = from; ; ) {
      const page = await open().readPage(cursor);
      found.push(page.scan);
      if (page.done) return { found, cursor: page.cursor };
      cursor = page.cursor;
    }
  };
  const first = await scans(null);
  expect(first.found).toEqual([
    { first: true, trusted: true },
    { first: false, trusted: true },
  ]);
  expect((await scans(first.cursor)).found).toEqual([
    { first: true, trusted: true },
    { first: false, trusted: false },
  ]);
});

describe("lists that move their parents' change time", () => {
  const since = { since: { in: "query", name: "since" }, format: "iso", inclusive: true, lookbackMs: 0 };
  const parents = { ...room, changes: since } as typeof room;
  const REREAD = 24 * HOUR;
  const changed = (rest: object = {}) =>
    tinyManifest(
      {
        list: { path: "/messages", query: { room: "{parent}" } },
        each: "room",
        parent: { as: "room", inId: true, changed: { rereadMs: REREAD } },
        deletes: { by: "scan" },
        ...rest,
      },
      {},
      { room: parents },
    );
  /** Passes, one after the other: which rooms were asked for their messages, and what was said of a whole reading. */
  async function passes(manifest: ReturnType<typeof tinyManifest>, ...rooms: { at: number; whole: string[]; since: string[] }[]) {
    const told: unknown[] = [];
    let cursor: string | null = null;
    for (const { at, whole, since: later } of rooms) {
      tiny.state.asked.length = 0;
      tiny.state.answer = ({ path, query }) => {
        const ids = path.endsWith("/rooms") ? (query.has("since") ? later : whole) : ["1"];
        return { headers: date(at), body: { data: ids.map((id) => ({ id })) } };
      };
      const scans: unknown[] = [];
      for (;;) {
        const page = await openTiny(tiny.origin, manifest, at).readPage(cursor);
        cursor = page.cursor;
        scans.push(page.scan);
        if (page.done) break;
      }
      const asked = tiny.state.asked.filter(({ path }) => path.endsWith("/messages")).map(({ query }) => query.get("room"));
      told.push({ asked, scan: scans.every((one) => one !== undefined), none: scans.every((one) => one === undefined) });
    }
    return told;
  }
  test("only those that changed are asked, which proves nothing of what is gone; after their time all of them again", async () => {
    const whole = ["a", "b", "c"];
    expect(
      await passes(
        changed(),
        { at: NOW, whole, since: [] },
        { at: NOW + HOUR, whole, since: ["b"] },
        { at: NOW + 2 * HOUR, whole, since: [] },
        { at: NOW + REREAD + HOUR, whole, since: ["c"] },
        { at: NOW + REREAD + 2 * HOUR, whole, since: ["c"] },
      ),
    ).toEqual([
      { asked: whole, scan: true, none: false },
      { asked: ["b"], scan: false, none: true },
      { asked: [], scan: false, none: true },
      // Due as this pass ends: the next one reads everything.
      { asked: ["c"], scan: false, none: true },
      { asked: whole, scan: true, none: false },
    ]);
  });
  test("a parent that was not asked by the last pass is read whole, and the list of one that was from there on", async () => {
    const manifest = changed({ changes: since });
    const moments = async (at: number, ids: string[], from: string | null) => {
      tiny.state.asked.length = 0;
      tiny.state.answer = ({ path }) => ({
        headers: date(at),
        body: { data: (path.endsWith("/rooms") ? ids : ["1"]).map((id) => ({ id })) },
      });
      const { cursor } = await drainTiny(() => openTiny(tiny.origin, manifest, at), from);
      const asked = tiny.state.asked.filter(({ path }) => path.endsWith("/messages"));
      return { cursor, asked: asked.map(({ query }) => [query.get("room"), query.get("since")]) };
    };
    const first = await moments(NOW, ["a", "b"], null);
    const second = await moments(NOW + HOUR, ["b"], first.cursor);
    const third = await moments(NOW + 2 * HOUR, ["a", "b"], second.cursor);
    expect([second.asked, third.asked]).toEqual([
      [["b", new Date(NOW).toISOString()]],
      [
        ["a", null],
        ["b", new Date(NOW + HOUR).toISOString()],
      ],
    ]);
  });
  test("the only one that changed is gone: it is passed over", async () => {
    const open = () => openTiny(tiny.origin, changed(), NOW);
    let there = true;
    tiny.state.answer = ({ path }) =>
      path.endsWith("/rooms") || there ? { headers: date(NOW), body: { data: [{ id: "a" }] } } : { status: 404, body: { message: "gone" } };
    const { cursor } = await drainTiny(open);
    there = false;
    expect((await drainTiny(open, cursor)).ids).toEqual([]);
  });
  test("at upload: parents whose changes nobody asks for", () => {
    const faults = harbourFaults({ "objects/call/parent": { changed: { rereadMs: REREAD } }, "objects/vessel/changes": undefined });
    expect(faults).toEqual([
      expect.stringMatching(/^objects\.call\.parent\.changed: which of them changed is not known: "vessel" has no `changes`$/),
    ]);
    expect(harbourFaults({ "objects/call/parent": { changed: { rereadMs: REREAD } } })).toEqual([]);
  });
});
