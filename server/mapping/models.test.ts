import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ModelField, ModelFields } from "#server/domains/models/schema";
import { fieldsOfJsonSchema } from "./json-schema-fields";
import { compareModels, reachesRecords } from "./model-changes";
import { fieldsOfSample } from "./model-import";

const field = (over: Partial<ModelField>): ModelField => ({ key: "email", name: "E-mail", type: "string", required: false, ...over });
const breaking = (before: ModelField[], after: ModelField[]) =>
  compareModels(before, after)
    .filter((change) => change.breaking)
    .map(({ field: key, kind }) => `${key} ${kind}`);

describe("what breaks when a model changes", () => {
  it("tells the four ways, and nothing else", () => {
    const choice = field({ key: "stage", type: "enum", values: ["new", "won"] });
    expect(breaking([field({}), choice], [choice])).toEqual(["email removed"]);
    expect(breaking([field({})], [field({ type: "number" })])).toEqual(["email type"]);
    expect(breaking([field({})], [field({ required: true })])).toEqual(["email required"]);
    expect(breaking([choice], [{ ...choice, values: ["new"] }])).toEqual(["stage values"]);
    expect(breaking([choice], [choice, field({ required: true })])).toEqual(["email added"]);
    expect(
      breaking(
        [choice, field({ required: true })],
        [{ ...choice, values: ["new", "won", "lost"] }, field({ name: "Mail", unique: true }), field({ key: "x" })],
      ),
    ).toEqual([]);
  });

  it("says whether records have to be mapped anew", () => {
    expect(reachesRecords(compareModels([field({})], [field({ name: "Mail", description: "Work" })]))).toBe(false);
    expect(reachesRecords(compareModels([field({})], [field({ required: true })]))).toBe(true);
    expect([false, true].map((required) => reachesRecords(compareModels([], [field({ required })])))).toEqual([false, true]);
  });
});

describe("fields of a sample", () => {
  it("keeps nesting and lists, and gives keys in the model's spelling", () => {
    const sample = {
      Email: "a@b.example",
      "First Name": "Ada",
      address: { city: "Paris" },
      lines: [{ sku: "A-1", qty: 2 }],
      since: "2026-01-02",
    };
    const { fields } = fieldsOfSample(JSON.stringify([sample]));
    expect(fields.map(({ key, type }) => `${key}: ${type}`)).toEqual([
      "email: string",
      "firstName: string",
      "address.city: string",
      "lines[].sku: string",
      "lines[].qty: number",
      "since: date",
    ]);
    expect(ModelFields.safeParse(fields).success).toBe(true);
  });

  it("recognises a choice from enough records", () => {
    const records = Array.from({ length: 40 }, (_, n) => ({ stage: ["new", "won", "lost"][n % 3] }));
    expect(fieldsOfSample(JSON.stringify(records)).fields[0]).toMatchObject({ type: "enum", values: ["lost", "new", "won"] });
  });

  it.each(["{", "[]", "3", "{}", '"text"'])("refuses %s and says what to paste", (text) => {
    expect(() => fieldsOfSample(text)).toThrow(RangeError);
  });

  it("knows money: an amount with its currency and nothing else", () => {
    const record = { total: { amount: "1.00", currency: "EUR" }, lines: [{ unitPrice: { amount: "1", currency: "EUR" } }] };
    const { fields } = fieldsOfSample(JSON.stringify({ ...record, rate: { amount: "2", currency: "EUR", at: "x" } }));
    expect(fields.map(({ key, type }) => `${key}: ${type}`)).toEqual([
      ...["total: money", "lines[].unitPrice: money", "rate.amount: string", "rate.currency: string", "rate.at: string"],
    ]);
  });
  it("tells of choices in a JSON Schema that it cannot keep", () => {
    const { fields, notes } = fieldsOfJsonSchema(JSON.stringify({ properties: { level: { type: "integer", enum: [1, 2, 3] } } }));
    expect([fields[0]?.type, notes[0]]).toEqual(["number", expect.stringMatching(/^level has choices that are not all texts/)]);
  });
  it("gives no second field of a name the name of what holds others", () => {
    const { fields } = fieldsOfSample(JSON.stringify({ f: 1, "f!": 2, f2: { x: 3 } }));
    expect(fields.map(({ key }) => key)).toEqual(["f", "f3", "f2.x"]);
  });
  it("makes of any object fields that a model takes", { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(fc.object({ maxDepth: 4 }), (value) => {
        let fields: ModelField[];
        try {
          ({ fields } = fieldsOfSample(JSON.stringify(value)));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        expect(ModelFields.safeParse(fields).error?.issues ?? []).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it("spells paths as the model does", () => {
    const { fields } = fieldsOfSample('{"properties": {"odd.name": 1}, "9lives": 2}');
    expect(fields.map(({ key }) => key).sort()).toEqual(["f9lives", "properties.oddName"]);
  });
});

describe("fields of a JSON Schema", () => {
  it("follows references, keeps required, choices, formats, money and descriptions", () => {
    const schema = {
      $ref: "#/$defs/Order",
      $defs: {
        Order: {
          type: "object",
          required: ["number", "customer"],
          properties: {
            number: { type: "string", title: "Order no.", description: "As printed" },
            total: { type: "object", properties: { amount: { type: "string" }, currency: { type: "string" } } },
            placed_at: { type: ["string", "null"], format: "date-time" },
            state: { enum: ["open", "paid", null] },
            customer: { $ref: "#/$defs/Customer" },
            lines: {
              type: "array",
              items: { allOf: [{ properties: { sku: { type: "string" } } }, { properties: { qty: { type: "integer" } } }] },
            },
            tags: { type: "array", items: { type: "string" } },
            note: { anyOf: [{ type: "string" }, { type: "null" }] },
          },
        },
        Customer: { type: "object", required: ["id"], properties: { id: { type: "string" }, vip: { type: "boolean" } } },
      },
    };
    const { fields, notes } = fieldsOfJsonSchema(JSON.stringify(schema));
    expect(fields.map(({ key, type, required }) => `${key}: ${type}${required ? "!" : ""}`)).toEqual([
      "number: string!",
      "total: money",
      "placedAt: datetime",
      "state: enum",
      "customer.id: string!",
      "customer.vip: boolean",
      "lines[].sku: string",
      "lines[].qty: number",
      "tags: array",
      "note: string",
    ]);
    expect(fields[0]).toMatchObject({ name: "Order no.", description: "As printed" });
    expect(notes).toEqual([]);
    expect(ModelFields.safeParse(fields).success).toBe(true);
  });

  it("ends on references that run in a circle", () => {
    const schema = {
      $ref: "#/$defs/A",
      $defs: { A: { type: "object", properties: { name: { type: "string" }, parent: { $ref: "#/$defs/A" } } } },
    };
    expect(fieldsOfJsonSchema(JSON.stringify(schema)).fields.length).toBeLessThan(20);
    expect(() => fieldsOfJsonSchema('{"$ref":"#"}')).toThrow(RangeError);
  });
});
