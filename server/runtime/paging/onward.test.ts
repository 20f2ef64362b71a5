import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { harbourFaults } from "#tests/support/harbour";
import { drainTiny, openTiny, startTiny, tinyManifest } from "#tests/support/tiny-source";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const NOW = Date.parse("2026-11-21T12:00:00Z");
const AFTER = { in: "query", name: "after" };
const changes = { since: { in: "query", name: "since" }, format: "iso", inclusive: true, lookbackMs: 0 };
/** Lists of two pages each: the records', what changed, what was deleted; and where the records' pages go on. */
const LISTS: Record<string, [string, string]> = { "/things": ["1", "2"], "/changed": ["4", "5"], "/deleted": ["7", "8"] };

/** What the second pass finds, page by page. */
async function second(object: object) {
  tiny.state.asked.length = 0;
  tiny.state.answer = ({ path, query }) => {
    const [one, two] = LISTS[path] ?? [];
    if (one === undefined) return { body: { data: [{ id: "2" }], more: false } };
    const later = query.has("after") && query.get("after") !== "1";
    const what = query.has("since") || path === "/things" ? {} : { all: true };
    return { body: { data: [{ id: later ? two : one, ...what }], next: later ? null : "onward", more: !later } };
  };
  const open = () => openTiny(tiny.origin, tinyManifest(object), NOW);
  const first = await drainTiny(open);
  const deleted: string[] = [];
  const values: unknown[] = [];
  for (let cursor = first.cursor; ; ) {
    const page = await open().readPage(cursor);
    deleted.push(...page.deleted);
    values.push(...page.records.map(({ value }) => value));
    if (page.done) return { deleted, values };
    cursor = page.cursor;
  }
}

const listed = { onward: { path: "/things/more/{page}" }, pagination: { type: "cursor", next: "next" } };
const numbered = { type: "page", place: AFTER, stop: { more: "more" } };
const feed = { by: "feed", request: { path: "/deleted", query: { from: "{since}" } }, records: "data", id: "id" };

describe("a list with pages of its own does not go on by the records' next call", () => {
  test.each([
    ["its own pagination", { ...listed, deletes: { ...feed, pagination: { type: "cursor", next: "next", place: AFTER } } }],
    ["its own next call", { ...listed, deletes: { ...feed, onward: { path: "/deleted", query: { after: "{page}" } } } }],
    ["numbered pages", { ...listed, pagination: numbered, deletes: feed }],
  ])("deletions, by %s: only what is in their list is deleted", async (_, object) => {
    // Pages that are counted are read twice.
    expect([...new Set((await second({ changes, ...object })).deleted)]).toEqual(["7", "8"]);
  });
  const request = { path: "/changed" };
  test.each([
    ["its own pagination", { ...listed, changes: { ...changes, request, pagination: { type: "cursor", next: "next", place: AFTER } } }],
    [
      "its own next call",
      { ...listed, changes: { ...changes, request, onward: { path: "/changed", query: { after: "{page}", since: "{since}" } } } },
    ],
    ["numbered pages", { ...listed, pagination: numbered, changes: { ...changes, request } }],
  ])("changes, by %s: asked since the moment to the end", async (_, object) => {
    expect((await second(object)).values.slice(0, 2)).toEqual([{ id: "4" }, { id: "5" }]);
  });
});

test("one that goes on by the same token goes on by the same call", async () => {
  await second({ ...listed, changes, deletes: feed });
  const paths = tiny.state.asked.map(({ path }) => path);
  expect(paths.slice(paths.indexOf("/deleted")).slice(0, 2)).toEqual(["/deleted", "/things/more/onward"]);
});

describe("at upload", () => {
  const V = "objects/vessel";
  const deletes = { by: "feed", request: { path: "/gone", query: { s: "{since}" } }, records: "items", id: "imo" };
  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      "deletions whose pages would all be the first",
      { [`${V}/deletes`]: { ...deletes, pagination: { type: "page" } } },
      /^objects\.vessel\.deletes\.pagination: every page would be the first: give it a `place`, or put "\{page\}" into objects\.vessel\.deletes\.request$/,
    ],
    [
      "numbered pages that only the records go on by",
      { [`${V}/onward`]: { path: "/more/{page}" }, [`${V}/pagination`]: { type: "page" }, [`${V}/deletes`]: deletes },
      /^objects\.vessel\.pagination: every page would be the first.*objects\.vessel\.deletes\.request/,
    ],
    [
      "a next call of deletions without its page",
      { [`${V}/deletes`]: { ...deletes, onward: { path: "/gone/more" } } },
      /^objects\.vessel\.deletes\.onward: is asked for every page but the first, and does not hold "\{page\}"$/,
    ],
    [
      "a next call where pages lead on by themselves",
      { [`${V}/onward`]: { path: "/more" }, [`${V}/pagination`]: { type: "link" } },
      /^objects\.vessel\.onward: is never asked: pages by `link` lead on by an address of their own$/,
    ],
    [
      "a moment that the next call of changes does not know",
      { [`${V}/changes/onward`]: { path: "/more/{page}", query: { x: "{token}" } } },
      /^objects\.vessel\.changes\.onward\.query\.x: "\{token\}" is filled/,
    ],
  ])("%s", (_, wrong, said) => expect(harbourFaults(wrong).filter((one) => said.test(one))).toHaveLength(1));
});
