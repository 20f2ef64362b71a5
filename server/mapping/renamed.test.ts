import { expect, test } from "vitest";
import { readingInstead } from "./renamed";
import { FieldMapping } from "./schema";

const field = (rest: object) => FieldMapping.parse({ target: "x", ...rest });
const tier = (rest: object) => readingInstead(field(rest), "properties.loyalty_tier", "properties.loyalty_tiers");
const sku = (rest: object) => readingInstead(field(rest), "lines[].sku", "lines[].code");

test.each([
  [{ from: "properties.loyalty_tier" }, { from: "properties.loyalty_tiers" }],
  [{ template: "{ properties.loyalty_tier } of {properties.size}" }, { template: "{properties.loyalty_tiers} of {properties.size}" }],
  [{ expression: "properties.loyalty_tier.upperAscii()" }, { expression: "properties.loyalty_tiers.upperAscii()" }],
  [{ expression: 'record["properties"]["loyalty_tier"]' }, { expression: 'record["properties"]["loyalty_tiers"]' }],
  [{ expression: "properties.?loyalty_tier.orValue('none')" }, { expression: "properties.?loyalty_tiers.orValue('none')" }],
  [
    { expression: 'has(properties.loyalty_tier) ? properties.loyalty_tier + "properties.loyalty_tier" : ""' },
    { expression: 'has(properties.loyalty_tiers) ? properties.loyalty_tiers + "properties.loyalty_tier" : ""' },
  ],
  [
    { from: "a", transforms: [{ type: "coalesce", paths: ["b", "properties.loyalty_tier"] }] },
    { from: "a", transforms: [{ type: "coalesce", paths: ["b", "properties.loyalty_tiers"] }] },
  ],
  [
    { from: "id", transforms: [{ type: "find", path: "loyalty_tier", equals: "x" }] }, // inside the value
    { from: "id", transforms: [{ type: "find", path: "loyalty_tier", equals: "x" }] },
  ],
])("a field goes by another name in %j", (before, after) => {
  expect(tier(before)).toEqual(field(after));
});

test("entries of lists keep their places", () => {
  expect(sku({ from: "lines[0].sku" })).toMatchObject({ from: "lines[0].code" });
  expect(sku({ from: "id", transforms: [{ type: "lookup", list: "lines", match: "sku", get: "name" }] })).toMatchObject({
    transforms: [{ list: "lines", match: "code", get: "name" }],
  });
  expect(sku({ from: "lines[*].sku" })).toMatchObject({ from: "lines[*].code" });
  expect(sku({ expression: "lines.filter(l, l.sku != '').map(l, l.sku)" })).toMatchObject({
    expression: "lines.filter(l, l.code != '').map(l, l.code)",
  });
});

test("what cannot be written surely is left to a person", () => {
  expect(readingInstead(field({ expression: "tags.map(t, t.upperAscii())" }), "tags", "labels")).toBeNull();
  expect(readingInstead(field({ expression: "a.b + 'x'" }), "a.b", "c.d")).toBeNull();
  expect(readingInstead(field({ expression: "a.b + 'x'" }), "a.b", 'a["odd name"]')).toBeNull();
  expect(readingInstead(field({ from: "a[0].b" }), "a[].b", "c[].b")).toBeNull();
});
