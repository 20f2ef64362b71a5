import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ModelField } from "#server/domains/models/schema";
import { compileMapping, defaultFault } from "./compile";
import { FieldMapping } from "./schema";
import { unfilled } from "./unfilled";

const field = (input: Record<string, unknown>) => FieldMapping.parse(input);
const model = (key: string, type: ModelField["type"], required = false): ModelField => ({ key, name: key, type, required });

const contact = compileMapping(
  [
    field({ target: "email", from: "properties.email", transforms: [{ type: "trim" }, { type: "lowercase" }] }),
    field({ target: "fullName", template: "{properties.firstname} {properties.lastname}" }),
    field({ target: "address.city", from: "properties.city" }),
    field({ target: "stage", from: "properties.stage", values: { lead: "New", customer: "Won" } }),
    field({ target: "score", from: "properties.score", transforms: [{ type: "number" }], onError: "null" }),
    field({ target: "source", constant: "HubSpot" }),
  ],
  [model("email", "string", true), model("score", "number")],
);

describe("apply", () => {
  test("maps nested paths both ways, templates, value maps and constants", () => {
    const source = {
      properties: { email: " Ada@Example.com ", firstname: "Ada", lastname: "Lovelace", city: "London", stage: "lead", score: "7" },
    };
    expect(contact.apply(source)).toEqual({
      ok: true,
      data: { email: "ada@example.com", fullName: "Ada Lovelace", address: { city: "London" }, stage: "New", score: 7, source: "HubSpot" },
      notes: [],
    });
  });

  test("holds a record back when a required field is empty, and says which and why", () => {
    expect(contact.apply({ properties: { email: "" } })).toEqual({
      ok: false,
      faults: [{ field: "email", code: "record_invalid", message: "email is required, but properties.email is empty in this record" }],
    });
  });

  test("what the model requires and no mapping fills holds every record back, and is named", () => {
    const lacks = (targets: string[], required: string[]) => {
      const model_ = required.map((key) => model(key, "string", true));
      const mapped = compileMapping(
        targets.map((target) => field({ target, constant: "x" })),
        model_,
      ).apply({});
      return mapped.ok ? [] : mapped.faults;
    };
    expect(lacks(["email"], ["email", "phone"])).toEqual([
      {
        field: "phone",
        code: "record_invalid",
        message: "phone is required, but nothing fills it; choose where it comes from in the mapping",
      },
    ]);
    // One that lies in what is filled, or around it, is filled.
    expect(lacks(["address.city"], ["address.zip"])).toMatchObject([{ field: "address.zip" }]);
    expect(
      unfilled(
        [{ target: "address" }, { target: "lines[0].sku" }],
        ["address.zip", "lines[].sku", "lines"].map((key) => model(key, "string", true)),
      ),
    ).toEqual([]);
  });

  test("a value that does not fit follows the field's onError", () => {
    const result = contact.apply({ properties: { email: "a@example.com", score: "many" } });
    expect(result).toMatchObject({ ok: true, data: { score: null }, notes: [{ field: "score", code: "mapping_failed" }] });
  });

  test("a wrong type names the field and the remedy", () => {
    const strict = compileMapping([field({ target: "age", from: "age" })], [model("age", "number")]);
    expect(strict.apply({ age: "41" })).toMatchObject({
      ok: false,
      faults: [{ message: expect.stringContaining('add the "To number" transform') }],
    });
  });

  test("dates without a zone are refused instead of guessed", () => {
    const bare = compileMapping([field({ target: "at", from: "at" })], [model("at", "datetime")]);
    const moments = ["T09:30Z", "T09:30:00Z", "T09:30:00.123Z", "T09:30:00.1234567Z", "T09:30:00+01:00", "T09:30:00.1-0530"];
    for (const rest of moments) expect([rest, bare.apply({ at: `2026-11-21${rest}` }).ok]).toEqual([rest, true]);
    const others = [
      "T09:30",
      "T09:30:00",
      "T09:30 or so",
      "T09:30:00Z or so",
      "T09:30:0xZ",
      "T09-30:00Z",
      "T25:30:00Z",
      "T09:30:00.12xZ",
      " 09:30Z",
    ];
    for (const rest of others) expect([rest, bare.apply({ at: `2026-11-21${rest}` }).ok]).toEqual([rest, false]);
    expect(bare.apply({ at: "2026-11-21T09:30:00" })).toMatchObject({ faults: [{ message: expect.stringContaining("say which zone") }] });
    const dated = compileMapping([field({ target: "at", from: "at", transforms: [{ type: "datetime" }] })], [model("at", "datetime")]);
    expect(dated.apply({ at: "2024-01-15T10:00:00" }).ok).toBe(false);
    expect(dated.apply({ at: "2024-01-15T10:00:00+02:00" })).toMatchObject({ data: { at: "2024-01-15T08:00:00.000Z" } });
  });
});

describe("no value is lost or made up", () => {
  const one = (input: object, type: ModelField["type"], source: unknown, more: object = {}) =>
    compileMapping([field({ target: "x", ...input })], [{ ...model("x", type), ...more }]).apply(source);

  test("onError null leaves the field empty, whatever it has for when it is empty; default takes that", () => {
    const taken = (onError: string) => one({ from: "a", transforms: [{ type: "number" }], default: 5, onError }, "number", { a: "zzz" });
    expect(taken("null")).toMatchObject({ ok: true, data: { x: null }, notes: [{ field: "x" }] });
    expect(taken("default")).toMatchObject({ ok: true, data: { x: 5 }, notes: [{ field: "x" }] });
    expect(one({ from: "a", default: 5, onError: "null" }, "number", {})).toEqual({ ok: true, data: { x: 5 }, notes: [] });
    // A needed field cannot be left empty: the record is held back, and the value is why.
    expect(one({ from: "a", required: true, onError: "null" }, "number", { a: "zzz" })).toMatchObject({
      faults: [{ code: "mapping_failed", message: expect.stringMatching(/expected a number, got the text "zzz"/) }],
    });
  });

  test.each([
    ["number", { b: 1 }, /got an object; choose a field inside it$/],
    ["date", [1, 2], /got a list of 2; take one entry of it, as in name\[0\], or join them$/],
    ["number", "zzz", /transform$/],
    ["money", { b: 1 }, /"To money" transform$/],
  ] as const)("what does not fit %s says what can be done about it: %#", (type, value, message) => {
    const result = one({ from: "a", onError: "quarantine" }, type, { a: value });
    expect(result).toMatchObject({ ok: false, faults: [{ message: expect.stringMatching(message) }] });
  });

  test("a default that the model cannot take is no value: it is refused when it is written, and holds back where it is stored", () => {
    const bad = field({ target: "x", from: "a", default: "abc", onError: "default" });
    expect(defaultFault(bad, model("x", "number"))).toBe(
      'the value for when it is empty does not fit: expected a number, got the text "abc"',
    );
    expect(defaultFault(field({ target: "x", from: "a", default: "gold" }), { ...model("x", "enum"), values: ["silver"] })).toMatch(
      /silver/,
    );
    expect(defaultFault(field({ target: "x", from: "a", default: 3 }), model("x", "number"))).toBeNull();
    for (const source of [{}, { a: true }])
      expect(compileMapping([bad], [model("x", "number")]).apply(source)).toMatchObject({ ok: false, faults: [{ field: "x" }] });
  });

  test("one value for each entry of a list is a fault where nothing makes entries, and goes to each where something does", () => {
    const scalar = field({ target: "lines[].sku", from: "sku", required: true });
    const entries = field({ target: "lines[].quantity", from: "items[].quantity" });
    expect(compileMapping([scalar], []).apply({ sku: "a" })).toMatchObject({
      ok: false,
      faults: [{ field: "lines[].sku", message: expect.stringMatching(/no field makes entries of lines\[\]/) }],
    });
    const both = compileMapping([scalar, entries], []);
    expect(both.apply({ sku: "a", items: [{ quantity: 1 }, { quantity: 2 }] })).toMatchObject({
      ok: true,
      data: {
        lines: [
          { sku: "a", quantity: 1 },
          { sku: "a", quantity: 2 },
        ],
      },
    });
    expect(both.apply({ sku: "a", items: [] })).toMatchObject({ ok: true, data: { lines: [] } });
    expect(compileMapping([scalar, field({ target: "lines", from: "items" })], []).apply({ sku: "a", items: [{ q: 1 }] })).toMatchObject({
      data: { lines: [{ q: 1, sku: "a" }] },
    });
  });

  test.each([
    ["date", "2024-02-29", true],
    ["date", "2026-02-29", false],
    ["date", "2026-13-45", false],
    ["date", "2026-00-10", false],
    ["date", "2026-04-31", false],
    ["date", "2026-08-31", true],
    ["datetime", "2026-07-31T23:59:60Z", true],
    ["datetime", "2026-07-31T09:30Z", true],
    ["datetime", "2026-99-99T99:99", false],
    ["datetime", "2026-07-31T24:00:00Z", false],
    ["datetime", "2026-07-31T23:59:61Z", false],
  ] as const)("a %s that is %s: %s", (type, value, exists) => {
    expect(one({ from: "a" }, type, { a: value }).ok).toBe(exists);
  });
});

describe("safety", () => {
  test("prototype names cannot be read or written", () => {
    for (const path of ["__proto__.x", "a.constructor.b", "prototype"]) {
      const plain = field({ target: "x", from: "x" });
      expect(() => compileMapping([{ ...plain, target: path }], [])).toThrow(RangeError);
      expect(() => compileMapping([{ ...plain, from: path }], [])).toThrow(RangeError);
      expect(FieldMapping.safeParse({ target: path, constant: 1 }).success).toBe(false);
      expect(FieldMapping.safeParse({ target: "x", from: path }).success).toBe(false);
    }
  });

  test("is total on any JSON, never changes its source, and says the same twice", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (source) => {
        const before = JSON.stringify(source);
        const first = contact.apply(source);
        expect(JSON.stringify(source)).toBe(before);
        expect(contact.apply(source)).toEqual(first);
      }),
    );
  });

  test("inherited values are not read", () => {
    const inherited = compileMapping([field({ target: "x", from: "toString" })], []);
    expect(inherited.apply({})).toMatchObject({ data: { x: null } });
  });
});
