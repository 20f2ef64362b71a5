import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { ModelField } from "#server/domains/models/schema";
import { compileMapping } from "./compile";
import { loadExpressions } from "./expression-slot";
import { compileReader } from "./paths";
import { FieldMapping } from "./schema";
import { tallyOf } from "./tally";
import { resultWithin, wholeOf } from "./whole";

beforeAll(loadExpressions);

const TARGETS = [
  "name",
  "total",
  "currency",
  "lines",
  "lines[].sku",
  "lines[].currency",
  "lines[].tags[].word",
  "lines[0].note",
  "a",
  "a.b",
];
const PATHS = ["name", "currency", "items", "items[].code", "items[].tags[].word", "items[0].code", "a", "a.b"];

const origin = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...PATHS).map((from) => ({ from })) },
  fc.constantFrom("{name} {currency}", "{items[].code}").map((template) => ({ template })),
  fc.constantFrom("currency + name", "items.map(i, i.code)").map((expression) => ({ expression })),
  fc.constantFrom("EUR", 3, null).map((constant) => ({ constant })),
);
const rules = fc.record({
  transforms: fc.constantFrom([], [{ type: "string" }], [{ type: "trim" }], [{ type: "number" }]),
  default: fc.constantFrom(undefined, "none", 1),
  required: fc.boolean(),
  onError: fc.constantFrom("null", "default", "quarantine"),
});
const mapping = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...TARGETS), origin, rules), { selector: ([target]) => target, minLength: 1 })
  .map((drawn) => drawn.map(([target, from, rest]) => FieldMapping.parse({ target, ...from, ...rest })));
const model = fc
  .uniqueArray(
    fc.record({
      key: fc.constantFrom(...TARGETS),
      type: fc.constantFrom<ModelField["type"]>("string", "number", "array", "object"),
      required: fc.boolean(),
    }),
    { selector: ({ key }) => key },
  )
  .map((fields): ModelField[] => fields.map((field) => ({ ...field, name: field.key })));
const text = fc.constantFrom<unknown>("EUR", "", "12", 7, null);
const item = fc.record({ code: text, tags: fc.array(fc.record({ word: text }), { maxLength: 2 }) }, { requiredKeys: [] });
const record = fc.record(
  { name: text, currency: text, items: fc.oneof(fc.array(item, { maxLength: 3 }), text), a: fc.oneof(text, fc.record({ b: text })) },
  { requiredKeys: [] },
);

/** As the worker has it. */
function standOf(fields: FieldMapping[], fieldsOfModel: ModelField[], source: unknown) {
  const mapped = compileMapping(fields, fieldsOfModel).apply(source);
  return mapped.ok ? (mapped.notes.length > 0 ? "partly" : "whole") : "held";
}

const draftOf = (fields: FieldMapping[]) => new Map(fields.map((field) => [field.target, field]));

test("the preview says of every record what the worker does with it, whatever the mapping", () => {
  fc.assert(
    fc.property(mapping, model, fc.array(record, { minLength: 1, maxLength: 5 }), (fields, fieldsOfModel, sources) => {
      const { stands } = tallyOf({ fields: draftOf(fields), filter: null }, fieldsOfModel, sources);
      expect(stands).toEqual(sources.map((source) => standOf(fields, fieldsOfModel, source)));
    }),
    { numRuns: 500 },
  );
}, 60_000);

test("whatever it takes is shown as the worker makes it, and what it holds back is blamed on the fields the worker blames", () => {
  fc.assert(
    fc.property(mapping, model, record, (fields, fieldsOfModel, source) => {
      const [draft, mapped] = [draftOf(fields), compileMapping(fields, fieldsOfModel).apply(source)];
      const results = fieldsOfModel.map((field) => ({
        key: field.key,
        result: resultWithin(wholeOf(draft, fieldsOfModel), draft.get(field.key), field, source),
      }));
      const blamed = results.flatMap(({ key, result }) => (result.state === "fault" ? [key] : []));
      const known = new Set(fieldsOfModel.map(({ key }) => key));
      expect(blamed.sort()).toEqual(mapped.ok ? [] : mapped.faults.flatMap(({ field }) => (known.has(field) ? [field] : [])).sort());
      for (const { key, result } of results)
        if (mapped.ok && result.state === "ok") expect(result.after).toEqual(compileReader(key)(mapped.data));
    }),
    { numRuns: 500 },
  );
}, 60_000);

test("one value goes to each entry that another field makes, in the preview as in the worker", () => {
  const fields = [
    { target: "lines[].currency", from: "currency" },
    { target: "lines[].sku", from: "items[].code" },
  ].map((field) => FieldMapping.parse(field));
  const currency: ModelField = { key: "lines[].currency", name: "Currency", type: "string", required: true };
  const sku: ModelField = { key: "lines[].sku", name: "SKU", type: "string", required: true };
  const [both, source] = [draftOf(fields), { currency: "EUR", items: [{ code: "a" }, { code: "b" }] }];
  const shown = (draft: Map<string, FieldMapping>) =>
    resultWithin(wholeOf(draft, [currency, sku]), draft.get(currency.key), currency, source);
  expect(shown(both)).toMatchObject({ state: "ok", before: "EUR", after: ["EUR", "EUR"] });
  expect(shown(draftOf(fields.slice(0, 1)))).toMatchObject({ state: "fault", message: expect.stringContaining("no field makes entries") });
  expect(tallyOf({ fields: both, filter: null }, [currency, sku], [source]).count).toMatchObject({ whole: 1, held: 0 });
});
