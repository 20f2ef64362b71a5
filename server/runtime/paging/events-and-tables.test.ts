import { afterAll, beforeAll, expect, test } from "vitest";
import { drainTiny, openTiny, startTiny, tinyManifest } from "#tests/support/tiny-source";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const NOW = Date.parse("2026-11-21T12:00:00Z");
const headers = { date: new Date(NOW).toUTCString() };

test("a feed of events names what changed; each is fetched once a page, as it is now", async () => {
  const event = (id: string, thing: string) => ({ id, about: { record: { id: thing, name: "as it was" } } });
  const manifest = tinyManifest({
    list: { path: "/things" },
    pagination: { type: "keyset", place: { in: "query", name: "after" }, stop: { more: "more" } },
    changes: {
      request: { path: "/events", query: { kind: "thing" } },
      records: "events",
      record: "about.record",
      get: { request: { path: "/things/{id}" } },
      since: { in: "query", name: "from" },
      format: "unix_s",
      inclusive: true,
      lookbackMs: 60_000,
    },
  });
  const open = () => openTiny(tiny.origin, manifest, NOW);
  tiny.state.answer = () => ({ headers, body: { data: [{ id: "t1", name: "old" }], more: false } });
  const { cursor } = await drainTiny(open);
  tiny.state.asked.length = 0;
  tiny.state.answer = ({ path, query }) => {
    if (path.startsWith("/things/")) return { headers, body: { id: path.slice(8), name: "as it is" } };
    return query.get("after") === null
      ? { headers, body: { events: [event("e9", "t1"), event("e8", "t2"), event("e7", "t1")], more: true } }
      : { headers, body: { events: [event("e6", "t3")], more: false } };
  };
  const first = await open().readPage(cursor);
  const second = await open().readPage(first.cursor);
  expect([first, second].map((page) => page.records.map(({ id, value }) => [id, (value as { name: string }).name]))).toEqual([
    [
      ["t1", "as it is"],
      ["t2", "as it is"],
    ],
    [["t3", "as it is"]],
  ]);
  const feed = tiny.state.asked.filter(({ path }) => path === "/events").map(({ query }) => [query.get("after"), query.get("from")]);
  expect([second.done, feed]).toEqual([
    true,
    [
      [null, String(NOW / 1_000 - 60)],
      ["e7", String(NOW / 1_000 - 60)],
    ],
  ]);
});

test("a feed of changes tells the deletions among them; what is beyond its reach makes everything be read", async () => {
  const changes = { since: { in: "query", name: "from" }, format: "iso_s", inclusive: true, lookbackMs: 0, reachMs: 30 * 86_400_000 };
  const deletes = {
    by: "feed",
    request: { path: "/log" },
    pagination: { type: "none" },
    records: "log",
    id: "id",
    where: { path: "state", equals: "Deleted" },
    since: { in: "query", name: "from" },
    format: "iso_s",
  };
  const manifest = tinyManifest({ changes, deletes });
  tiny.state.answer = () => ({ headers, body: { data: [{ id: "1" }] } });
  const { cursor } = await drainTiny(() => openTiny(tiny.origin, manifest, NOW));
  tiny.state.answer = () => ({ headers, body: { log: [{ id: "1", state: "Deleted" }, { id: "2" }] } });
  const soon = await openTiny(tiny.origin, manifest, NOW + 86_400_000).readPage(cursor);
  expect([soon.deleted, tiny.state.asked.at(-1)?.path]).toEqual([[], "/log"]);
  tiny.state.answer = () => ({ headers, body: { data: [] } });
  const end = await openTiny(tiny.origin, manifest, NOW + 86_400_000).readPage(soon.cursor);
  expect([end.deleted, end.done]).toEqual([["1"], true]);
  const late = await openTiny(tiny.origin, manifest, NOW + 31 * 86_400_000).readPage(cursor);
  expect([late.done, tiny.state.asked.at(-1)?.path]).toEqual([true, "/things"]);
});

const table = {
  list: { path: "/rows", query: { range: "A{from}:Z{to}" } },
  pagination: { type: "range", first: 2, size: 3 },
  records: "rows",
  leavesOutEmpty: true,
  table: { names: "head.0", number: "row" },
  id: "row",
  updatedAt: undefined,
};

test("rows of cells become records by the names of their columns; empty rows are none, and do not end the reading", async () => {
  const rows = [["Ada", 1], [], ["Ben"], ["Cy", 3, "x"]];
  tiny.state.answer = ({ query }) => {
    const [from = 0, to = 0] = [...(query.get("range") ?? "").matchAll(/\d+/g)].map(Number);
    const part = rows.slice(from - 2, to - 1);
    return { headers, body: { head: [["Name", "Name"]], ...(part.length > 0 ? { rows: part } : {}) } };
  };
  const { records } = await drainTiny(() => openTiny(tiny.origin, tinyManifest(table), NOW));
  expect(records.map(({ id, value }) => [id, value])).toEqual([
    ["2", { row: 2, cells: { Name: "Ada", "Name (2)": 1 } }],
    ["4", { row: 4, cells: { Name: "Ben", "Name (2)": null } }],
    ["5", { row: 5, cells: { Name: "Cy", "Name (2)": 3, "Column 3": "x" } }],
  ]);
});

test("rows without the names of their columns are an error, not records", async () => {
  tiny.state.answer = () => ({ headers, body: { head: [], rows: [["Ada"]] } });
  await expect(drainTiny(() => openTiny(tiny.origin, tinyManifest(table), NOW))).rejects.toThrow(/names of their columns/);
});

test("where what is read, and from where, is entered with the connection", async () => {
  const manifest = tinyManifest({
    list: { method: "POST", path: "/{+way}", body: { "{operation}": { size: "{size}" } } },
    pagination: { type: "none" },
    records: "answer.{records}",
    id: "{id_path}",
    updatedAt: undefined,
  });
  const config = { way: "/a b/list.asmx", operation: "GetThings", size: "5", records: "things.thing", id_path: "@code" };
  tiny.state.answer = () => ({ headers, body: { answer: { things: { thing: [{ "@code": "T1" }] } } } });
  const { records } = await drainTiny(() => openTiny(tiny.origin, manifest, NOW, config));
  const asked = tiny.state.asked.at(-1);
  expect([records.map((one) => one.id), asked?.path, JSON.parse(asked?.body ?? "")]).toEqual([
    ["T1"],
    "/a%20b/list.asmx",
    { GetThings: { size: "5" } },
  ]);
  await expect(drainTiny(() => openTiny(tiny.origin, manifest, NOW, { ...config, way: "a/../b" }))).rejects.toThrow(/address/);
});
