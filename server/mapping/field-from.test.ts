import { describe, expect, test } from "vitest";
import { FIELD_TYPES, type ModelField } from "#server/domains/models/schema";
import type { SeenType } from "#server/lib/source-field";
import { sayIn } from "#server/words/messages";
import { compileMapping } from "./compile";
import { fieldFrom, neverFits } from "./field-from";
import { emptyWords, originWords, stepWords } from "./field-words";
import { sayField } from "./say-field";
import { FieldMapping } from "./schema";
import { TRANSFORMS } from "./transforms/registry";

const VALUES: Record<SeenType, unknown> = {
  string: "12",
  number: 1,
  boolean: true,
  date: "2026-11-21",
  datetime: "2026-11-21T09:00:00Z",
  array: ["a", "b"],
  object: { amount: "1.00", currency: "EUR" },
};
const SEEN = Object.keys(VALUES) as SeenType[];
const model = (type: ModelField["type"]): ModelField => ({ key: "it", name: "It", type, required: false });
const apply = (field: FieldMapping, type: ModelField["type"], value: unknown) =>
  compileMapping([{ ...field, required: true, onError: "quarantine" }], [model(type)]).apply({ x: value });

describe.each(FIELD_TYPES.flatMap((type) => SEEN.map((seen) => [type, seen] as const)))("a model's %s from a source's %s", (type, seen) => {
  const source = { path: "x", type: seen };
  test("fits with the steps that are proposed, and as it is unless it never can", () => {
    const made = fieldFrom(model(type), source);
    const asIs = FieldMapping.parse({ target: "it", from: "x" });
    // "12" is a number and no date: whether text fits a moment or yes or no depends on the text.
    const textMayMisfit = seen === "string" && ["boolean", "date", "datetime"].includes(type);
    if (made && !textMayMisfit) expect(apply(made, type, VALUES[seen])).toMatchObject({ ok: true });
    if (neverFits(asIs, model(type), source)) expect(apply(asIs, type, VALUES[seen])).toMatchObject({ ok: false });
    if (made) expect(neverFits(made, model(type), source)).toBe(false);
  });
});

test("the first of a list goes into a single field, all of it into a list", () => {
  const source = { path: "lines[].sku", type: "number" as const };
  expect(fieldFrom(model("string"), source)?.transforms).toEqual([{ type: "first" }, { type: "string" }]);
  expect(fieldFrom(model("array"), source)?.transforms).toEqual([]);
});

test("a field is told in words: where from, what on the way, what when there is nothing", () => {
  const say = sayIn("en");
  const titles = new Map([["properties.phone", "Phone number"]]);
  const field = (rest: object) => FieldMapping.parse({ target: "it", ...rest });
  const phone = field({ from: "properties.phone", transforms: [{ type: "trim" }, { type: "truncate", length: 8 }], values: { a: "b" } });
  expect([originWords(phone, titles), stepWords(phone), emptyWords(phone, false)]).toEqual([
    "Phone number",
    "Trim spaces, then Shorten (8), then Values: a → b",
    "left empty",
  ]);
  expect(originWords(field({ template: "{properties.phone} x" }), titles)).toBe("{Phone number} x");
  expect(sayField(field({ constant: "EUR" }), titles, say)).toBe("always “EUR”");
  // Customers are told neither paths nor expressions.
  expect(sayField(field({ expression: "a + b", default: 0 }), titles, say)).toBe("worked out from the record, “0” when empty");
  const known = new Map([
    ["p.tier", "Tier"],
    ["p.tier_old", "Old tier"],
  ]);
  expect(sayField(field({ expression: "p.tier_old.upperAscii()" }), known, say)).toBe("worked out from Old tier");
  expect(sayField(field({ from: "p.loyalty_tier" }), known, say)).toBe("loyalty tier");
  expect(sayField(null, titles, say)).toBe("left out");
  expect(emptyWords(phone, true)).toBe("the record is held back");
});

test("every step has its name in every language", () => {
  for (const { type, title } of TRANSFORMS) expect(sayIn("en")(`step.${type}`)).toBe(title);
});
