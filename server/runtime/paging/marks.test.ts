import { afterAll, expect, test } from "vitest";
import { drainTiny, openTiny, startTiny, tinyManifest } from "#tests/support/tiny-source";

const tiny = await startTiny();
afterAll(() => tiny.stop());

const read = (object: object) => {
  tiny.state.asked.length = 0;
  return drainTiny(() => openTiny(tiny.origin, tinyManifest({ updatedAt: undefined, ...object })));
};
const search = { method: "POST", path: "/search", body: { size: 2 } };
const bodies = () => tiny.state.asked.map(({ body }) => JSON.parse(body));

test("a token of several parts goes back as it came, its numbers as numbers", async () => {
  const key = { id: { N: "9007199254740993" }, at: 12 };
  tiny.state.answer = ({ body }) => ({
    body: body.includes("from") ? { data: [{ id: "2" }], last: {} } : { data: [{ id: "1" }], last: key },
  });
  const place = { in: "body", name: "from" };
  expect((await read({ list: search, pagination: { type: "cursor", next: "last", json: true, place } })).ids).toEqual(["1", "2"]);
  expect(bodies()).toEqual([{ size: 2 }, { size: 2, from: key }]);
});

test("so does the last row's key, and where a hole of the body stands", async () => {
  const rows: Record<string, unknown>[] = [
    { id: "1", sort: [1_700, "a"] },
    { id: "2", sort: [1_700, "b"] },
  ];
  tiny.state.answer = ({ body }) => {
    const { after } = JSON.parse(body) as { after: unknown };
    return { body: { data: after === "" ? rows.slice(0, 1) : JSON.stringify(after) === '[1700,"a"]' ? rows.slice(1) : [] } };
  };
  const list = { method: "POST", path: "/search", body: { after: "{page}" } };
  expect((await read({ list, pagination: { type: "keyset", key: "sort", json: true } })).ids).toEqual(["1", "2"]);
  expect(bodies()).toEqual([{ after: "" }, { after: [1_700, "a"] }, { after: [1_700, "b"] }]);
});

test("the first page is asked with what is declared, and a mark that says the end ends it", async () => {
  tiny.state.answer = ({ query }) => ({
    body: query.get("c") === "0" ? { data: [{ id: "1" }], next: 7 } : { data: [{ id: "2" }], next: -1 },
  });
  const place = { in: "query", name: "c" };
  expect((await read({ pagination: { type: "cursor", next: "next", begin: "0", none: "-1", place } })).ids).toEqual(["1", "2"]);
  expect(tiny.state.asked.map(({ query }) => query.get("c"))).toEqual(["0", "7"]);
  tiny.state.answer = ({ query }) => ({ body: { data: query.get("q") === "id > 0" ? [{ id: 5 }] : [] } });
  const list = { path: "/rows", query: { q: "id > {page}" } };
  expect((await read({ list, pagination: { type: "keyset", begin: "0" } })).ids).toEqual(["5"]);
  expect(tiny.state.asked.map(({ query }) => query.get("q"))).toEqual(["id > 0", "id > 5"]);
});

test("a token of several parts that nobody declared is an error still", async () => {
  tiny.state.answer = () => ({ body: { data: [{ id: "1" }], next: { a: 1 } } });
  const place = { in: "query", name: "c" };
  await expect(read({ pagination: { type: "cursor", next: "next", place } })).rejects.toMatchObject({ code: "provider_invalid_response" });
});
