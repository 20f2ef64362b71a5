import { afterAll, beforeAll, expect, test } from "vitest";
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
