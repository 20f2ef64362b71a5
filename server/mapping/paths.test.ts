import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileMapping } from "./compile";
import { compileReader, compileWriter, eachCount } from "./paths";
import { FieldMapping } from "./schema";

const source = {
  a: { b: 1, "c.d": 2 },
  items: [
    { code: "x", tags: ["1", "2"], qty: "3" },
    { code: "y", tags: [], qty: null },
  ],
  prices: { eur: { amount: 1 }, usd: { amount: 2 } },
  lone: { code: "z" },
  "name[first]": "Ada",
  "a.b": { c: 3 },
  list: [10, 20, 30],
};

describe("reading", () => {
  test.each([
    ["a.b", 1],
    ['a["c.d"]', 2],
    ['["a.b"].c', 3],
    ["name[first]", "Ada"],
    ["items[].code", ["x", "y"]],
    ["items[].tags[]", [["1", "2"], []]],
    ["items[0].code", "x"],
    ["items[-1].code", "y"],
    ["items.0.code", "x"],
    ["items[5].code", undefined],
    ["prices[*].amount", [1, 2]],
    ["lone[].code", ["z"]],
    ["nothing[].code", undefined],
    ["items[].nothing", [null, null]],
    ["list.length", 3],
    ["toString", undefined],
    ["a.hasOwnProperty", undefined],
  ])("%s", (path, expected) => {
    expect(compileReader(path)(source)).toEqual(expected);
  });

  test.each(["", ".a", "a.", "a..b", '["__proto__"].x', "a.constructor", "__proto__[]", "x[].prototype"])("%j is no path", (path) => {
    expect(() => compileReader(path)).toThrow(RangeError);
  });

  test("any text is a path or a RangeError, and no path reaches beyond the record", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[ab.[\]*"0-9-]{1,12}$/)), fc.jsonValue(), (path, value) => {
        let read: ReturnType<typeof compileReader>;
        try {
          read = compileReader(path);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        expect(typeof read(value)).not.toBe("function");
      }),
    );
  });
});

describe("writing", () => {
  test("what was written is read again", () => {
    const paths = ["a", "a.b.c", "a[].b", 'a["x.y"]', "a[2].b", "a[].b[].c"];
    for (const path of paths) {
      const value = eachCount(path) === 0 ? 1 : eachCount(path) === 1 ? [1, 2] : [[1], [2, 3]];
      const target = {};
      compileWriter(path)(target, value);
      expect([path, compileReader(path)(target)]).toEqual([path, value]);
    }
  });

  test.each(["[0]", "a[*].b", "a[-1]", "a[][]", "a[100]"])("nothing is written at %s", (path) => {
    expect(() => compileWriter(path)).toThrow(RangeError);
  });

  test("does not pollute", () => {
    for (const key of ["toString", "hasOwnProperty"]) compileWriter(`${key}.polluted`)({}, 1);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect((Object.prototype.toString as unknown as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

const field = (input: Record<string, unknown>) => FieldMapping.parse(input);
const map = (fields: Record<string, unknown>[], record: unknown = source) => compileMapping(fields.map(field), []).apply(record);

describe("lists in a mapping", () => {
  test("a list of objects, a list of values, and one value for every entry", () => {
    expect(
      map([
        { target: "lines[].currency", constant: "EUR" },
        { target: "lines[].sku", from: "items[].code", transforms: [{ type: "uppercase" }] },
        { target: "lines[].quantity", from: "items[].qty", transforms: [{ type: "number" }] },
        { target: "lines[].tags", from: "items[].tags[]", transforms: [{ type: "number" }] },
        { target: "skus", from: "items[].code" },
        { target: "tags", from: "items[].tags[]" },
        { target: "codes", from: "items[].code", transforms: [{ type: "join", separator: "+" }, { type: "uppercase" }] },
        { target: "count", from: "items", transforms: [{ type: "count" }] },
        { target: "parts", template: "{items[].code} of {a.b}" },
        { target: "none[].x", from: "nothing[].x" },
      ]),
    ).toEqual({
      ok: true,
      notes: [],
      data: {
        lines: [
          { sku: "X", quantity: 3, tags: [1, 2], currency: "EUR" },
          { sku: "Y", quantity: null, tags: [], currency: "EUR" },
        ],
        skus: ["x", "y"],
        tags: ["1", "2"],
        codes: "X+Y",
        count: 2,
        parts: "x, y of 1",
        none: [],
      },
    });
  });

  test("a fault names the entry", () => {
    expect(map([{ target: "n[].v", from: "items[].code", transforms: [{ type: "number" }] }])).toMatchObject({
      faults: [{ field: "n[].v", message: expect.stringContaining("(entry 1)") }],
    });
  });

  test("a whole object is a copy: what is written into it later does not reach the source", () => {
    const before = JSON.stringify(source);
    expect(
      map([
        { target: "a", from: "a" },
        { target: "a.b", constant: 9 },
      ]),
    ).toMatchObject({ data: { a: { b: 9, "c.d": 2 } } });
    expect(JSON.stringify(source)).toBe(before);
  });

  test("names of prototypes inside a copied object are left out", () => {
    const evil = JSON.parse('{"a":{"__proto__":{"x":1},"constructor":1,"ok":2}}') as unknown;
    const result = map([{ target: "a", from: "a" }], evil);
    expect(JSON.stringify(result.ok && result.data)).toBe('{"a":{"ok":2}}');
  });

  test("what is too deep or too great is a fault of its field", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 5_000; level++) deep = [deep];
    expect(map([{ target: "x", from: "deep" }], { deep })).toMatchObject({
      faults: [{ field: "x", message: expect.stringContaining("levels deep") }],
    });
    const wide = { list: Array(60_000).fill(1), text: "x".repeat(2_000_000) };
    expect(map([{ target: "x", from: "list" }], wide)).toMatchObject({
      faults: [{ message: expect.stringContaining("greater than it may be") }],
    });
    expect(map([{ target: "x", from: "text" }], wide)).toMatchObject({ faults: [{ message: expect.stringContaining("truncate") }] });
  });
});
