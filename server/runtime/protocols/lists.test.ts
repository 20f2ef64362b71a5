import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeBody } from "#server/runtime/protocols/codec";
import { drainTiny, openTiny, startTiny, tinyManifest } from "#tests/support/tiny-source";

let tiny: Awaited<ReturnType<typeof startTiny>>;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.stop());

const NOW = Date.parse("2026-11-21T12:00:00Z");
const xml = (body: string) => ({ headers: { "content-type": "text/xml; charset=utf-8" }, body });
const read = (manifest: ReturnType<typeof tinyManifest>) => drainTiny(() => openTiny(tiny.origin, manifest, NOW));

describe("lists in markup", () => {
  const fields = [
    { path: "id", type: "string", title: "Id" },
    { path: "tags.tag", type: "array", title: "Tags" },
    { path: "lines.line", type: "array", title: "Lines" },
    { path: "lines.line.*.taxes.tax", type: "array", title: "Taxes" },
  ] as const;
  const object = { protocol: { type: "xml" }, records: "list.row", fields };
  const row = (inner: string) => xml(`<list><row><id>1</id>${inner}</row></list>`);
  test("what is declared as a list is one, with one element and with none, and in the elements of another", async () => {
    tiny.state.answer = () =>
      row("<tags><tag>a</tag></tags><lines><line><n>1</n><taxes><tax>7</tax></taxes></line><line><n>2</n><taxes/></line></lines>");
    expect((await read(tinyManifest(object))).records[0]?.value).toEqual({
      id: "1",
      tags: { tag: ["a"] },
      lines: {
        line: [
          { n: "1", taxes: { tax: ["7"] } },
          { n: "2", taxes: "" },
        ],
      },
    });
    tiny.state.answer = () => row("<tags><tag/></tags>");
    expect((await read(tinyManifest(object))).records[0]?.value).toEqual({ id: "1", tags: { tag: [] } });
    tiny.state.answer = () => row("<tags><tag>a</tag><tag>b</tag></tags><lines/>");
    expect((await read(tinyManifest(object))).records[0]?.value).toEqual({ id: "1", tags: { tag: ["a", "b"] }, lines: "" });
  });
  test("also of a record that is fetched by itself; JSON is left as it came", async () => {
    const get = { request: { path: "/things/{id}" }, record: "row" };
    tiny.state.answer = ({ path }) => (path === "/things" ? row("") : xml("<row><id>1</id><tags><tag>a</tag></tags></row>"));
    expect((await read(tinyManifest({ ...object, get }))).records[0]?.value).toEqual({ id: "1", tags: { tag: ["a"] } });
    tiny.state.answer = () => ({ body: { list: { row: [{ id: "1", tags: { tag: "a" } }] } } });
    expect((await read(tinyManifest({ ...object, protocol: { type: "json" } }))).records[0]?.value).toEqual({
      id: "1",
      tags: { tag: "a" },
    });
  });
});

test("records as an object, each under its key", async () => {
  const keyed = tinyManifest({ keyedBy: "id" });
  tiny.state.answer = () => ({ body: { data: { a1: { name: "A" }, 7: { name: "B", id: "other" }, c: "text" } } });
  const { records } = await drainTiny(() => openTiny(tiny.origin, keyed));
  expect(records.map(({ id, value }) => [id, value])).toEqual([
    ["7", { name: "B", id: "7" }],
    ["a1", { name: "A", id: "a1" }],
    ["c", { id: "c", value: "text" }],
  ]);
  // PHP says an empty list where there are none.
  for (const none of [{}, []]) {
    tiny.state.answer = () => ({ body: { data: none } });
    expect((await drainTiny(() => openTiny(tiny.origin, keyed))).ids).toEqual([]);
  }
  tiny.state.answer = () => ({ body: { data: "none" } });
  await expect(drainTiny(() => openTiny(tiny.origin, keyed))).rejects.toMatchObject({ code: "provider_invalid_response" });
});

test("fields asked for by name: joined, or each as a parameter of its own", async () => {
  tiny.state.asked.length = 0;
  tiny.state.answer = () => ({ body: { data: [] } });
  const fields = ["props.a", "props.b c"].map((path) => ({ path, type: "string", title: path }));
  for (const repeat of [false, true])
    await drainTiny(() =>
      openTiny(tiny.origin, tinyManifest({ fields, select: { prefix: "props.", place: { in: "query", name: "include[]", repeat } } })),
    );
  expect(tiny.state.asked.map(({ query }) => query.getAll("include[]"))).toEqual([["a,b c"], ["a", "b c"]]);
});

test("lines of JSON are written as lines, those of an entry that is a list after each other; what asks for lines is JSON itself", () => {
  const lines = encodeBody({ type: "ndjson" }, [[{ index: { _id: 1 } }, { name: "a\nb" }], { id: "2" }], {});
  expect(lines).toEqual({
    text: '{"index":{"_id":1}}\n{"name":"a\\nb"}\n{"id":"2"}\n',
    headers: { "content-type": "application/x-ndjson" },
  });
  expect(encodeBody({ type: "ndjson" }, { since: 1 }, {}).headers).toEqual({ "content-type": "application/json" });
});
