import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTiny, startTiny, tinyManifest } from "#tests/support/tiny-source";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const object = {
  count: { request: { method: "POST", path: "/search", body: { limit: 1 } }, total: "total" },
  pagination: { type: "cursor", next: "next", place: { in: "query", name: "after" } },
};
let count: object = { body: { total: 3 } };
beforeEach(() => {
  tiny.state.asked.length = 0;
  tiny.state.answer = ({ path, query }) => {
    if (path === "/search") return count;
    return query.get("after") === null ? { body: { data: [{ id: "1" }, { id: "2" }], next: "b" } } : { body: { data: [{ id: "3" }] } };
  };
});

test("how many there are is asked once, as everything is read for the first time", async () => {
  const source = openTiny(tiny.origin, tinyManifest(object));
  const first = await source.readPage(null);
  const second = await source.readPage(first.cursor);
  expect([first.total, second.total]).toEqual([3, null]);
  await source.readPage(second.cursor);
  expect(tiny.state.asked.filter(({ path }) => path === "/search")).toHaveLength(1);
});

test("a source that does not tell is read all the same; one page needs no count", async () => {
  count = { status: 400, body: { message: "no" } };
  const source = openTiny(tiny.origin, tinyManifest(object));
  const first = await source.readPage(null);
  expect(first.total).toBeNull();
  expect(first.records).toHaveLength(2);
  tiny.state.asked.length = 0;
  tiny.state.answer = () => ({ body: { data: [{ id: "1" }] } });
  expect((await source.readPage(null)).done).toBe(true);
  expect(tiny.state.asked).toHaveLength(1);
});
