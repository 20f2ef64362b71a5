import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileMapping } from "./compile";
import { invertMapping } from "./invert";
import { FieldMapping, MappingFields } from "./schema";

const fields = (inputs: Record<string, unknown>[]) => inputs.map((input) => FieldMapping.parse(input));

const pull = fields([
  { target: "email", from: "properties.email", transforms: [{ type: "trim" }, { type: "lowercase" }] },
  { target: "stage", from: "properties.stage", values: { lead: "New", customer: "Won" } },
  { target: "amount", from: "amount_cents", transforms: [{ type: "majorUnits", currency: "EUR" }] },
  { target: "born", from: "birthday", transforms: [{ type: "parseDate", pattern: "dd.MM.yyyy" }] },
  { target: "tags", from: "labels", transforms: [{ type: "split", separator: ";" }] },
  { target: "lines[].sku", from: "items[].code" },
  { target: "phone", from: "phones[0].number" },
  { target: "city", template: "{address.city}" },
]);

describe("invertMapping", () => {
  test("gives a mapping that is one, and says what has no way back", () => {
    const inverted = invertMapping([
      ...pull,
      ...fields([
        { target: "name", template: "{first} {last}" },
        { target: "source", constant: "CRM" },
        { target: "total", expression: "a + b" },
        { target: "key", from: "properties.email", transforms: [{ type: "hash" }] },
        { target: "mail2", from: "properties.email" },
        { target: "kind", from: "kind", values: { a: "x", b: "x" } },
        { target: "last", from: "phones[-1].number" },
        { target: "count", from: "phones.0.number" },
        { target: "codes", from: "items[].code" },
      ]),
    ]);
    expect(MappingFields.parse(inverted.fields)).toEqual(inverted.fields);
    expect(inverted.fields.map(({ from, target }) => [from, target])).toContainEqual(["lines[].sku", "items[].code"]);
    expect(Object.fromEntries(inverted.oneWay.map(({ target, reason }) => [target, reason]))).toEqual({
      name: expect.stringContaining("several fields"),
      source: expect.stringContaining("always the same"),
      total: expect.stringContaining("computed"),
      key: expect.stringContaining("hash"),
      mail2: expect.stringContaining('already gets its value from "email"'),
      kind: expect.stringContaining('both become "x"'),
      last: expect.stringContaining("[0] to [99]"),
      count: expect.stringContaining("lines[0]"),
      codes: expect.stringContaining("different number of lists"),
    });
    expect(inverted.notes).toContainEqual({ target: "email", note: expect.stringContaining("capitals") });
  });

  test("pull, push and pull again is what pull was", () => {
    const forth = compileMapping(pull, []);
    const back = compileMapping(invertMapping(pull).fields, []);
    const day = fc.date({ min: new Date("1900-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });
    const record = fc.record({
      properties: fc.record({ email: fc.emailAddress().map((e) => ` ${e} `), stage: fc.constantFrom("lead", "customer", "other", null) }),
      amount_cents: fc.integer(),
      birthday: day.map((d) => d.toISOString().slice(0, 10).split("-").reverse().join(".")),
      labels: fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1 }).map((list) => list.join(";")),
      items: fc.array(fc.record({ code: fc.stringMatching(/^[A-Z]{1,4}$/) })),
      phones: fc.array(fc.record({ number: fc.stringMatching(/^\d{3,8}$/) }), { minLength: 1, maxLength: 1 }),
      address: fc.record({ city: fc.constantFrom("London", "New York") }),
    });
    fc.assert(
      fc.property(record, (source) => {
        const pulled = forth.apply(source);
        if (!pulled.ok) throw new Error(pulled.faults[0]?.message);
        const pushed = back.apply(pulled.data);
        if (!pushed.ok) throw new Error(pushed.faults[0]?.message);
        expect(forth.apply(pushed.data)).toEqual(pulled);
      }),
    );
  });

  test("is total on any mapping that the schema takes", () => {
    const path = fc.constantFrom("a", "a.b", "a[].b", "a[0]", "a[*]", "a.0.b", "c");
    fc.assert(
      fc.property(fc.array(fc.record({ target: path, from: path }), { maxLength: 5 }), (inputs) => {
        const { fields: back, oneWay } = invertMapping(fields(inputs));
        expect(back.length + oneWay.length).toBe(inputs.length);
        compileMapping(
          back.filter(({ target }) => target !== "a[*]"),
          [],
        );
      }),
    );
  });
});
