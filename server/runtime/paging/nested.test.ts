import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAppError } from "#server/lib/errors";
import { harbourFaults } from "#tests/support/harbour";
import { drainTiny, openTiny, startTiny, tinyManifest } from "#tests/support/tiny-source";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const NOW = Date.parse("2026-11-21T12:00:00Z");
const line = (id: string) => ({ id });
const ORDERS = [
  { no: 1, lines: [line("a"), line("b"), line("c")] },
  { no: 2, lines: [] },
  { no: 3, lines: [] },
  { no: 4, lines: [] },
  { no: 5, lines: [] },
  { no: 6, lines: [line("d")] },
];
const nested = { list: "lines", with: { "order.no": "no" } };
const read = (object: object, nowMs = NOW) => drainTiny(() => openTiny(tiny.origin, tinyManifest({ records: "data", ...object }), nowMs));
const failure = (object: object) =>
  read(object).then(
    () => null,
    (error) => (isAppError(error) ? error.message : Promise.reject(error)),
  );

describe("rows are counted, and not what is in them", () => {
  const pages = (size: number) => {
    tiny.state.answer = ({ query }) => {
      const from = query.has("page") ? (Number(query.get("page")) - 1) * size : Number(query.get("offset") ?? 0);
      return { body: { data: ORDERS.slice(from, from + size), count: ORDERS.length } };
    };
  };
  const place = (name: string) => ({ in: "query", name });
  test.each([
    ["offset", { type: "offset", place: place("offset") }],
    ["offset to a total", { type: "offset", place: place("offset"), stop: { total: "count" } }],
    ["page", { type: "page", place: place("page") }],
    ["page until a short one", { type: "page", place: place("page"), stop: { short: true } }],
  ])("%s", async (_, pagination) => {
    for (const size of [2, 1]) {
      pages(size);
      expect((await read({ pagination, nested })).ids).toEqual(["a", "b", "c", "d"]);
    }
  });
  test("a key of the row leads on, and each record says whose it is", async () => {
    tiny.state.answer = ({ query }) => ({ body: { data: ORDERS.filter(({ no }) => no > Number(query.get("after") ?? 0)).slice(0, 2) } });
    const { records } = await read({ pagination: { type: "keyset", key: "no", place: place("after") }, nested });
    expect(records.map(({ value }) => value)).toEqual([
      { id: "a", order: { no: 1 } },
      { id: "b", order: { no: 1 } },
      { id: "c", order: { no: 1 } },
      { id: "d", order: { no: 6 } },
    ]);
  });
});

test("a row without its list is an error, unless that is how it says that there is none", async () => {
  tiny.state.answer = () => ({ body: { data: [{ no: 1 }, { no: 2, lines: [line("a")] }] } });
  expect(await failure({ nested })).toMatch(/no list at "lines" of a row/);
  expect((await read({ nested: { ...nested, leavesOutEmpty: true } })).ids).toEqual(["a"]);
  tiny.state.answer = () => ({ body: { data: [{ no: 1, lines: { id: "a" } }] } });
  expect(await failure({ nested: { ...nested, leavesOutEmpty: true } })).toMatch(/no list at "lines" of a row/);
});

test("markup: a list of one, and none, in rows of one", async () => {
  const protocol = { type: "xml" };
  const xml = (body: string) => ({ headers: { "content-type": "application/xml" }, body });
  tiny.state.answer = () => xml("<r><order><no>1</no><line><id>a</id></line></order></r>");
  const object = { protocol, records: "r.order", nested: { list: "line", with: { order: "no" } } };
  expect((await read(object)).records.map(({ value }) => value)).toEqual([{ id: "a", order: "1" }]);
  tiny.state.answer = () => xml("<r><order><no>1</no></order><order><no>2</no><line><id>a</id></line><line><id>b</id></line></order></r>");
  expect((await read(object)).ids).toEqual(["a", "b"]);
});

test("what is told of changes has lists of its own: events in a history", async () => {
  const changes = { request: { path: "/history" }, records: "history", nested: { list: "added", leavesOutEmpty: true }, record: "message" };
  tiny.state.answer = ({ path }) =>
    path === "/history"
      ? { body: { history: [{ id: 1 }, { id: 2, added: [{ message: line("n") }, { message: line("m") }] }] } }
      : { body: { data: [line("a")] } };
  const object = { changes: { ...changes, since: { in: "query", name: "s" }, format: "iso", inclusive: true, lookbackMs: 0 } };
  const { cursor, ids } = await read(object);
  const later = await drainTiny(() => openTiny(tiny.origin, tinyManifest(object), NOW), cursor);
  expect([ids, later.ids]).toEqual([["a"], ["n", "m"]]);
});

test("a path that leads into lists of lists is no list of records", async () => {
  tiny.state.answer = () => ({ body: { data: ORDERS } });
  expect(await failure({ records: "data.*.lines" })).toMatch(/lists inside a list/);
});

describe("at upload", () => {
  const V = "objects/vessel";
  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      "lists in lists",
      { [`${V}/records`]: "items.*.calls.*" },
      /^objects\.vessel\.records: pages are counted by the outer list: write "records: items" and "nested: \{ list: calls \}"$/,
    ],
    ["lists in lists of changes", { [`${V}/changes/records`]: "items.*.calls.*" }, /^objects\.vessel\.changes\.records: pages are counted/],
    [
      "a key that no row has",
      { [`${V}/nested`]: { list: "calls" }, [`${V}/pagination`]: { type: "keyset", place: { in: "query", name: "after" } } },
      /^objects\.vessel\.pagination: the last row's key leads on: name it in `key`, for the id is that of a record in a row$/,
    ],
    [
      "a star where nothing may be",
      { [`${V}/nested`]: { list: "legs.*.calls.*" } },
      /^objects\.vessel\.nested\.list: .*leavesOutEmpty: true/,
    ],
  ])("%s", (_, wrong, said) => expect(harbourFaults(wrong).filter((one) => said.test(one))).toHaveLength(1));
});
