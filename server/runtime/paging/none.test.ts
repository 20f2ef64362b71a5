import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAppError } from "#server/lib/errors";
import { harbourFaults } from "#tests/support/harbour";
import { drainTiny, openTiny, startTiny, type Told, thing, tinyManifest } from "#tests/support/tiny-source";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const NOW = Date.parse("2026-11-21T12:00:00Z");
const since = { in: "query", name: "since" };
const changes = { since, format: "iso", inclusive: true, lookbackMs: 0 };
const EMPTY: Told = { status: 500, body: { messages: [{ code: "401", message: "No records match" }] } };
const none = [{ status: 500, path: "messages.0.code", equals: "401" }];
const source = (object: object) => openTiny(tiny.origin, tinyManifest(object), NOW);
/** What came of one page: its records' ids and whether it was the last, or the error's code. */
const page = (object: object, cursor: string | null = null) =>
  source(object)
    .readPage(cursor)
    .then(
      ({ records, done }) => ({ ids: records.map(({ id }) => id), done }),
      (error) => (isAppError(error) ? error.code : Promise.reject(error)),
    );
const EMPTY_PAGE = { ids: [], done: true };

describe("an answer that says that there is nothing", () => {
  test("is an error unless it is declared, and so is another with its status", async () => {
    tiny.state.answer = () => EMPTY;
    expect(await page({})).toBe("provider_unavailable");
    expect(await page({ none })).toEqual(EMPTY_PAGE);
    tiny.state.answer = () => ({ status: 500, body: { messages: [{ code: "802" }] } });
    expect(await page({ none })).toBe("provider_unavailable");
  });
  test("looks fine, and has no list", async () => {
    tiny.state.answer = () => ({ body: { state: "empty" } });
    expect(await page({})).toBe("provider_invalid_response");
    expect(await page({ none: [{ status: 200, path: "state", equals: "empty" }] })).toEqual(EMPTY_PAGE);
    tiny.state.answer = () => ({ body: { state: "error" } });
    expect(await page({ none: [{ status: 200, path: "state", equals: "empty" }] })).toBe("provider_invalid_response");
  });
  test("ends a pass after other pages", async () => {
    tiny.state.answer = ({ query }) => (query.get("offset") === "0" ? { body: { data: [{ id: "1" }] } } : EMPTY);
    const object = { none, pagination: { type: "offset", place: { in: "query", name: "offset" } } };
    expect((await drainTiny(() => source(object))).ids).toEqual(["1"]);
  });
});

test("a quiet pass of changes, and of deletions, goes on to the next one", async () => {
  const feed = { by: "feed", request: { path: "/gone", query: { s: "{since}" } }, records: "data", id: "id" };
  let quiet = false;
  tiny.state.answer = () => (quiet ? { status: 404, body: { message: "none" } } : { body: { data: [{ id: "1" }] } });
  for (const object of [
    { changes: { ...changes, none: [{ status: 404 }] } },
    { changes, none: [{ status: 404 }] },
    { changes: { ...changes, none: [{ status: 404 }] }, deletes: { ...feed, none: [{ status: 404 }] } },
  ]) {
    quiet = false;
    const { cursor } = await drainTiny(() => source(object));
    quiet = true;
    expect((await drainTiny(() => source(object), cursor)).ids).toEqual([]);
  }
});

test("changes that are asked for otherwise, and deletions, have a word of their own: a wrong address is not taken for none", async () => {
  const request = { path: "/changed" };
  tiny.state.answer = ({ path }) =>
    path === "/things" ? { body: { data: [{ id: "1" }] } } : { status: 404, body: { message: "no route" } };
  const object = { none: [{ status: 404 }], changes: { ...changes, request } };
  const { cursor } = await drainTiny(() => source(object));
  expect(await page(object, cursor)).toBe("provider_invalid_response");
});

test("a parent with nothing is no parent without the list: what was in it is known to be gone, and it is asked for changes next", async () => {
  const manifest = tinyManifest(
    { each: "room", list: { path: "/rooms/{parent}" }, none, deletes: { by: "scan" }, changes },
    {},
    { room: { ...thing, list: { path: "/rooms" } } },
  );
  tiny.state.answer = ({ path }) => (path === "/rooms" ? { body: { data: [{ id: "a" }] } } : EMPTY);
  const open = () => openTiny(tiny.origin, manifest, NOW);
  const [rooms, list] = [await open().readPage(null), await open().readPage((await open().readPage(null)).cursor)];
  expect([rooms.scan, list.scan, list.done]).toEqual([{ first: true, trusted: true }, { first: false, trusted: true }, true]);
  tiny.state.asked.length = 0;
  await drainTiny(open, list.cursor);
  expect(tiny.state.asked.at(-1)?.query.has("since")).toBe(true);
});

describe("at upload", () => {
  const V = "objects/vessel";
  const ENDS_BY_404 = { type: "page", place: { in: "query", name: "page" }, stop: { statuses: [{ status: 404 }] } };
  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      "a status alone, where an empty list means that all are gone",
      { [`${V}/none`]: [{ status: 404 }], [`${V}/deletes`]: { by: "scan" } },
      /^objects\.vessel\.none\.0: with `deletes: scan` it would mean that all records are gone.*`path` and `equals`/,
    ],
    [
      "an end told by a status alone, where who does not come counts as gone",
      {
        [`${V}/pagination`]: ENDS_BY_404,
        [`${V}/deletes`]: { by: "scan" },
      },
      /^objects\.vessel\.pagination\.stop\.statuses\.0: with `deletes: scan` it would mean that whoever comes after is gone/,
    ],
    [
      "the same, said for all objects",
      { pagination: ENDS_BY_404, [`${V}/deletes`]: { by: "scan" } },
      /^pagination\.stop\.statuses\.0: with `deletes: scan` it would mean that whoever comes after is gone/,
    ],
    [
      "the same, where an answer of the connect form says it",
      { [`${V}/variants`]: [{ when: { field: "org_id", is: "x" }, pagination: ENDS_BY_404 }], [`${V}/deletes`]: { by: "scan" } },
      /^objects\.vessel\.variants\.0\.pagination\.stop\.statuses\.0: with `deletes: scan` it would mean that whoever comes after is gone/,
    ],
  ])("%s", (_, wrong, said) => expect(harbourFaults(wrong).filter((one) => said.test(one))).toHaveLength(1));
  test("a fine answer by its status alone", () =>
    expect(() => harbourFaults({ [`${V}/none`]: [{ status: 200 }] })).toThrow(/by what stands at `path`/));
});
