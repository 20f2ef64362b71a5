import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { compileMapping } from "./compile";
import { loadExpressions } from "./expression-slot";
import { compileExpression } from "./expressions";
import { compileFilter } from "./filter";
import { Misfit } from "./misfit";
import { compileReader } from "./paths";
import { FieldMapping } from "./schema";

beforeAll(loadExpressions);

const order = {
  id: 7,
  name: "Ada",
  total: 120,
  rate: 0.19,
  paid: null,
  placed: "2024-01-15T10:00:00Z",
  lines: [
    { sku: "a", quantity: 2, price: 10, tags: ["x", "y"] },
    { sku: "b", quantity: 0, price: 5.5, tags: [] },
  ],
  "first name": "Ada",
};
const evaluate = (text: string, source: unknown = order) => compileExpression(text)(source);

describe("values", () => {
  test.each([
    ["total * 1.5", 180],
    ["total + 1", 121],
    ["total / 7", 120 / 7],
    ["id % 2 == 1", true],
    ['name + " #" + string(id)', "Ada #7"],
    ["total > 100 && size(lines) == 2", true],
    ['total > 100 ? "big" : "small"', "big"],
    ["sum(lines.map(l, l.quantity * l.price))", 20],
    ["lines.filter(l, l.quantity > 0).map(l, l.sku)", ["a"]],
    ['join(lines.map(l, l.sku), ", ")', "a, b"],
    ['lines.exists(l, l.tags.exists(t, t == "y"))', true],
    ["timestamp(placed).getFullYear()", 2024],
    ['timestamp(placed) + duration("24h")', "2024-01-16T10:00:00.000Z"],
    ['(timestamp(placed) - timestamp("2024-01-14T10:00:00Z")).getHours()', 24],
    ["lines[0].sku", "a"],
    ["size(name)", 3],
    ["round(rate * 10.0, 0)", 2],
    ["9007199254740993", "9007199254740993"],
    ['{"sku": lines[0].sku, "n": 2}', { sku: "a", n: 2 }],
    ['record["first name"]', "Ada"],
  ])("%s", (text, expected) => {
    expect(evaluate(text)).toEqual(expected);
  });
});

describe("empty fields", () => {
  test("an expression that reads one has no value, as an empty field has none", () => {
    for (const text of [
      "missing",
      "missing.deeper",
      'paid + "x"',
      "paid > 3",
      "lines[9].sku",
      "-paid",
      "size(paid)",
      "lines.map(l, l.nothing)",
    ]) {
      expect([text, evaluate(text)]).toEqual([text, undefined]);
    }
  });

  test("unless it asks first", () => {
    expect(evaluate('has(record.paid) && paid != null ? "paid" : "open"')).toBe("open");
    expect(evaluate('record.?missing.orValue("none")')).toBe("none");
    expect(evaluate("paid == null")).toBe(true);
    expect(evaluate("missing == 1 || id == 7")).toBe(true);
  });

  test.each([
    ["gone == null", true],
    ["gone != 'x'", true],
    ["gone == 'x'", false],
    ["gone in ['x']", false],
    ["gone.inner == null", true],
    ["paid.inner != 'x'", true],
    ["gone[0].inner == null", true],
    ["lines[9].sku == null", true],
    ["lines[0].gone == null", true],
    ["lines[0].gone.inner != 'x'", true],
    ["gone[\"a b\"][0] != 'x'", true],
    ["gone[0].inner + 1 == 2", null],
    ["record.gone == null", true],
    ['record["gone"] == null', true],
    ["record.gone != record.other", false],
    ["paid == gone", true],
    ["gone != 'x' && total > 1", true],
    ["gone != 'x' && gone > 1", null],
    ["has(gone.inner) && gone.inner != 'x'", false],
    ["!has(record.gone) || record.gone == null", true],
    ["lines.exists(line, line.gone != 'x')", true],
    ["lines.filter(line, line.gone == null).size()", 2],
    ["gone > 1", null],
    ["gone.inner + 1 == 2", null],
  ])("compared, an absent field is as null is: %s", (text, value) => {
    expect(evaluate(text) ?? null).toBe(value);
  });

  const step = fc.oneof(
    fc.constantFrom(".a", ".b", '["a"]', '["c d"]'),
    fc.nat({ max: 2 }).map((n) => `[${n}]`),
  );
  const place = fc.array(step, { maxLength: 4 }).map((steps) => `root${steps.join("")}`);
  const tree = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(null, "x", 1),
      fc.dictionary(fc.constantFrom("a", "b", "c d"), tie("tree"), { maxKeys: 3 }),
      fc.array(tie("tree"), { maxLength: 2 }),
    ),
  })).tree;

  test("whatever the path and the record: what no reader finds there is null", () => {
    fc.assert(
      fc.property(place, fc.record({ root: tree }, { requiredKeys: [] }), (path, source) => {
        const found = compileReader(path)(source) ?? null;
        if (found === null) expect([path, source, compileExpression(`${path} == null`)(source)]).toEqual([path, source, true]);
      }),
      { numRuns: 500 },
    );
  });
});

describe("what does not work out", () => {
  test.each([
    ["a + 1", { a: "x" }, '"+" does not go with text and a whole number'],
    ["a < b", { a: "x", b: 1 }, '"<" does not go with text and a number'],
    ["!a", { a: "x" }, '"!" does not go with text'],
    ["1 / 0", {}, "it divides by zero; test for it first"],
    ["int(a)", { a: "x" }, "int(…) is given what is no such value"],
    ["a.startsWith(1)", { a: "x" }, '"startsWith" does not take these values of text'],
    ["size(a)", { a: 5 }, '"size" does not take these values'],
    ["a ? b : c", { a: "x", b: 1, c: 2 }, "a choice needs a condition that is true or false, and this is text"],
    ["a && b", { a: "x", b: true }, "&& and || go between what is true or false"],
    ["timestamp(a)", { a: "zz" }, "timestamp(…) is given no moment"],
    ["a ? 1 : 'x'", null, "both sides of a choice have to be of one kind, and these are a whole number and text"],
    [`${"(".repeat(25)}1${")".repeat(25)}`, null, "it has more than 24 parts, or parts inside parts; split it over fields"],
  ])("is said for a person: %s", (expression, source, words) => {
    const say = () => {
      const result = compileExpression(expression)(source);
      return result instanceof Misfit ? result.reason : "no fault";
    };
    if (source === null) expect(say).toThrow(words);
    else expect(say()).toContain(words);
  });

  test.each([
    ["name * 2", /convert one of them/],
    ["total / 0", /divides by zero/],
    ["timestamp(placed) - timestamp(placed)", /take its parts/],
  ])("%s is a fault with its remedy", (text, message) => {
    const value = evaluate(text);
    expect(value).toBeInstanceOf(Misfit);
    expect((value as Misfit).reason).toMatch(message);
  });

  test.each([
    ["name +", /cannot be read: it ends too early/],
    ["(name", /a "\)" is missing/],
    ["name name", /a sign such as \+ or && may be missing/],
    ['1 + "a"', /"\+" does not go with a whole number and text; convert one of them/],
    ['name.matches("(a+)+$")', /contains, startsWith or endsWith/],
    ["now()", /there is no function "now"/],
    ["name.toString()", /there is no method "toString"/],
    ["cel.bind(x, name, x + x)", /there is no method "bind"/],
    ["lines.map(a, lines.map(b, lines.map(c, 1)))", /may only run over a list of "a"/],
    ["lines.map(a, lines).map(b, b.map(c, 1))", /filter before you map/],
    ["lines.map(a, a.map(b, b))", /needs a list inside "a"/],
    ["lines.map(a, a.tags.map(a, a))", /choose another/],
    ["timestamp(placed).getHours(name)", /reads UTC/],
    ["size(list)", /record\.list/],
    ["__proto__", /cannot be read/],
    [`${"(".repeat(40)}1${")".repeat(40)}`, /cannot be read/],
    [Array(400).fill("1").join(" + "), /split it over fields/],
    [`"${"x".repeat(2_000)}"`, /longer than 2000/],
  ])("%s is refused when it is saved", (text, message) => {
    expect(() => compileExpression(text)).toThrow(RangeError);
    expect(() => compileExpression(text)).toThrow(message);
  });

  test("reaches nothing but the record", () => {
    for (const text of ["constructor", "toString", "process", "globalThis", "name.constructor", "lines.constructor", "hasOwnProperty"]) {
      expect([text, evaluate(text)]).toEqual([text, undefined]);
    }
    expect(evaluate('record["__proto__"]')).toBeUndefined();
    expect(evaluate('record["constructor"]["prototype"]')).toBeUndefined();
  });

  test("work that would explode is refused, quickly and always alike", () => {
    const big = { text: "x".repeat(400_000), items: Array.from({ length: 20_000 }, (_, index) => ({ n: index })) };
    const before = performance.now();
    const value = evaluate('items.filter(l, (text + string(l.n)).contains("z")).size()', big);
    expect((value as Misfit).reason).toMatch(/too much work/);
    expect(performance.now() - before).toBeLessThan(500);
    expect(evaluate("items.filter(l, l.n > 19990)", big)).toHaveLength(9);
  });
});

describe("in a mapping", () => {
  const field = (input: Record<string, unknown>) => FieldMapping.parse(input);

  test("a computed field goes through transforms, type check, default and onError like any other", () => {
    const mapping = compileMapping(
      [
        field({ target: "gross", expression: "total * (1 + rate)", transforms: [{ type: "decimal", digits: 2 }] }),
        field({ target: "owner", expression: "owner.name", default: "nobody" }),
        field({ target: "bad", expression: "name * 2", onError: "null" }),
      ],
      [{ key: "gross", name: "Gross", type: "decimal", required: true }],
    );
    expect(mapping.apply(order)).toMatchObject({
      ok: true,
      data: { gross: "142.80", owner: "nobody", bad: null },
      notes: [{ field: "bad", message: expect.stringMatching(/^bad \(from its expression\) does not work out/) }],
    });
  });

  test("a wrong one names its field", () => {
    expect(() => compileMapping([field({ target: "gross", expression: "total *" })], [])).toThrow(/^gross: the expression cannot be read/);
  });

  test("a filter passes on true alone", () => {
    const passes = compileFilter("total > 100 && paid == null");
    expect(passes(order)).toEqual({ ok: true, passes: true });
    expect(passes({ total: 5, paid: null })).toEqual({ ok: true, passes: false });
    expect(passes({})).toEqual({ ok: true, passes: false });
    expect(compileFilter("name")(order)).toMatchObject({
      ok: false,
      fault: { field: "filter", message: expect.stringContaining("compare it") },
    });
    expect(() => compileFilter("total >")).toThrow(/^filter: /);
  });

  test("never throws and never changes the record", () => {
    const run = [
      "a + b",
      "a.b.c",
      "a.map(x, x.b)",
      "a == b",
      "size(a) > 1",
      'has(a.b) ? a.b : "x"',
      "a[0]",
      "-a",
      "sum(a)",
      "timestamp(a)",
    ].map(compileExpression);
    fc.assert(
      fc.property(fc.record({ a: fc.jsonValue(), b: fc.jsonValue() }), (source) => {
        const before = JSON.stringify(source);
        for (const one of run) one(source);
        expect(JSON.stringify(source)).toBe(before);
      }),
    );
  });
});
