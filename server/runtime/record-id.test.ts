import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { harbourFaults } from "#tests/support/harbour";
import { drainTiny, openTiny, startTiny, tinyManifest, tinySend } from "#tests/support/tiny-source";
import { idOf, idValue, joinId } from "./record-id";
import { readOne } from "./writes/read-one";
import { createWriter } from "./writes/writer";

const tiny = await startTiny();
afterAll(() => tiny.stop());

const LINES = [
  { order: "4711", item: 10, text: "a" },
  { order: "4711", item: 20, text: "b" },
  { order: "4712", item: 10, text: "c" },
];
const lines = (rest: object = {}) => tinyManifest({ id: ["order", "item"], updatedAt: undefined, ...rest });
const answerWith = (rows: unknown[]) => {
  tiny.state.answer = () => ({ body: { data: rows } });
};

describe("an id of several parts", () => {
  test("is joined so that no two are the same, and comes apart again", () => {
    const part = fc.string({ maxLength: 20 });
    fc.assert(
      fc.property(fc.tuple(part, part), fc.tuple(part, part), (one, other) => {
        expect(idValue(["a", "b"], joinId(one))).toEqual(one);
        expect(joinId(one) === joinId(other)).toBe(one[0] === other[0] && one[1] === other[1]);
      }),
    );
  });
  test("tells rows apart that share a part; a row that lacks one is held back", async () => {
    answerWith([...LINES, { order: "4713", text: "d" }]);
    const page = await openTiny(tiny.origin, lines()).readPage(null);
    expect(page.records.map(({ id }) => id)).toEqual(["4711|10", "4711|20", "4712|10"]);
    expect(page.faults).toMatchObject([{ message: 'The record cannot be taken: "order and item" is not a usable id.' }]);
  });
  test("fills the requests for one record by its parts, in reading and in writing, and is told by them when made", async () => {
    const request = { method: "PATCH", path: "/orders/{id.0}/items/{id.1}", body: { no: "{id.1}", text: "{data.text}" } };
    const manifest = lines({
      one: { request: { method: "GET", path: "/orders/{id.0}/items/{id.1}" } },
      writes: {
        create: { request: { method: "POST", path: "/items", body: "{data}" }, id: ["made.order", "made.item"] },
        update: { request },
        fields: [{ path: "text", type: "string", title: "Text" }],
      },
    });
    tiny.state.asked.length = 0;
    tiny.state.answer = ({ method }) => ({ body: method === "POST" ? { made: { order: "4 711", item: 30 } } : LINES[0] });
    const send = tinySend(tiny.origin, manifest);
    expect((await readOne({ send, manifest }, "thing", "4711|10"))?.id).toBe("4711|10");
    const { write } = createWriter({ send, manifest, nowMs: Date.now }, "thing");
    const item = { data: { text: "x" }, key: "k1" };
    expect((await write("create", [item])).results).toMatchObject([{ outcome: "done", id: "4 711|30" }]);
    await write("update", [{ ...item, id: "4 711|30" }]);
    expect(tiny.state.asked.map(({ path, body }) => [path, body])).toMatchObject([
      ["/orders/4711/items/10", ""],
      ["/items", '{"text":"x"}'],
      ["/orders/4%20711/items/30", '{"no":"30","text":"x"}'],
    ]);
  });
});

describe("rows without an id", () => {
  test("are told apart by all they hold, in whatever order, and by their number where they hold the same", async () => {
    const manifest = tinyManifest({ id: { hash: true }, updatedAt: undefined, deletes: { by: "scan" } });
    answerWith([{ a: 1, b: 2 }, { b: 2, a: 1 }, { a: 1 }]);
    const first = await drainTiny(() => openTiny(tiny.origin, manifest));
    expect(new Set(first.ids).size).toBe(3);
    answerWith([{ a: 1 }, { b: 2, a: 1 }]);
    const second = await drainTiny(() => openTiny(tiny.origin, manifest));
    expect(second.ids.toSorted()).toEqual([first.ids[0], first.ids[2]].toSorted());
    expect(idOf("text", { hash: true })).toBeNull();
  });
});

describe("what such ids cannot do is refused", () => {
  const V = "objects/vessel";
  const two = { [`${V}/id`]: ["imo", "port"], [`${V}/sample`]: { imo: "1", port: "2", changed: "x" } };
  const own = { ...two, [`${V}/writes`]: undefined };
  const bare = {
    [`${V}/changes`]: undefined,
    [`${V}/writes`]: undefined,
    "objects/call": undefined,
    [`${V}/pagination`]: { type: "none" },
  };
  const hash = { ...bare, [`${V}/id`]: { hash: true }, [`${V}/deletes`]: { by: "scan" } };
  test.each<[string, Record<string, unknown>, RegExp]>([
    ["a whole id in parts", { ...own, [`${V}/one`]: { request: { method: "GET", path: "/v/{id}" } } }, /one.*"\{id\}" has 2 parts/],
    ["a part there is not", { ...own, [`${V}/one`]: { request: { method: "GET", path: "/v/{id.0}/{id.2}" } } }, /"\{id\.2\}"/],
    ["parts of an id of one", { [`${V}/one`]: { request: { method: "GET", path: "/v/{id.0}" } } }, /"\{id\.0\}"/],
    ["a new id that is not in parts", two, /writes\.create\.id: the object's id has 2 parts: name a path for each/],
    ["what hangs on it", own, /objects\.call\.each: .*id has 2 parts/],
    ["records fetched by it", { ...own, [`${V}/get`]: { request: { path: "/v/{id}" } } }, /vessel\.get: .*id has 2 parts/],
    [
      "keys without saying which",
      { ...own, [`${V}/pagination`]: { type: "keyset", place: { in: "query", name: "after" } } },
      /keyset.*`key`/,
    ],
    ["a hash without a scan", { ...hash, [`${V}/deletes`]: undefined }, /vessel\.id: .*`deletes: \{by: scan\}`/],
    ["a hash over pages", { ...hash, [`${V}/pagination`]: undefined }, /vessel\.id: .*come at once/],
    [
      "a hash with changes",
      { ...hash, [`${V}/changes`]: { since: { in: "query", name: "s" }, format: "iso", inclusive: true, lookbackMs: 1 } },
      /vessel\.id: .*`changes`/,
    ],
    [
      "a hash with writes",
      { ...hash, [`${V}/writes`]: undefined, [`${V}/one`]: { request: { method: "GET", path: "/v/{id}" } } },
      /vessel\.id: .*`one`/,
    ],
  ])("%s", (_, change, wanted) => expect(harbourFaults(change).join("\n")).toMatch(wanted));
  test("and the rest is taken", () => {
    const parts = { ...own, "objects/call": undefined, [`${V}/one`]: { request: { method: "GET", path: "/v/{id.0}/{id.1}" } } };
    expect([harbourFaults(parts), harbourFaults(hash)]).toEqual([[], []]);
  });
});
