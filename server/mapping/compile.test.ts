import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ModelField } from "#server/domains/models/schema";
import { compileMapping } from "./compile";
import { FieldMapping } from "./schema";

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

  test("a value that does not fit follows the field's onError", () => {
    const result = contact.apply({ properties: { email: "a@example.com", score: "many" } });
    expect(result).toMatchObject({ ok: true, data: { score: null }, notes: [{ field: "score", code: "mapping_failed" }] });
  });

  test("a wrong type names the field and the remedy", () => {
    const strict = compileMapping([field({ target: "age", from: "age" })], [model("age", "number")]);
    expect(strict.apply({ age: "41" })).toMatchObject({
      ok: false,
      faults: [{ message: expect.stringContaining('add the "number" transform') }],
    });
  });

  test("dates without a zone are refused instead of guessed", () => {
    const dated = compileMapping([field({ target: "at", from: "at", transforms: [{ type: "datetime" }] })], [model("at", "datetime")]);
    expect(dated.apply({ at: "2024-01-15T10:00:00" }).ok).toBe(false);
    expect(dated.apply({ at: "2024-01-15T10:00:00+02:00" })).toMatchObject({ data: { at: "2024-01-15T08:00:00.000Z" } });
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
