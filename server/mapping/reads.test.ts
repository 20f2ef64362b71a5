import { describe, expect, test } from "vitest";
import { reads } from "./field-paths";
import { pathsOf, readsOf } from "./reads";
import { FieldMapping } from "./schema";

const field = (rest: object) => FieldMapping.parse({ target: "x", ...rest });
const ofExpression = (expression: string) => pathsOf(field({ expression })).sort();

describe("what an expression reads", () => {
  test.each([
    ["properties.email.lowerAscii()", ["properties.email"]],
    ['record["properties"]["email"]', ["properties.email"]],
    ['properties["e.mail"]', ['properties["e.mail"]']],
    ["lines.map(l, l.sku)", ["lines[].sku"]],
    ["lines.filter(l, l.quantity > 0.0).map(l, l.sku)", ["lines[].quantity", "lines[].sku"]],
    ["lines.filter(l, l.main)[0].sku", ["lines[0].sku", "lines[].main"]],
    ["lines.filter(l, l.quantity > 0.0)", ["lines", "lines[].quantity"]],
    ["lines.map(l, l.items.map(i, i.sku))", ["lines[].items[].sku"]],
    ["lines.exists(l, l.sku == wanted.sku)", ["lines[].sku", "wanted.sku"]],
    ["tags.map(t, t.upperAscii())", ["tags[]"]],
    ["lines.exists(l, true)", ["lines"]],
    ["size(lines)", ["lines"]],
    ["properties.?email.orValue('')", ["properties.email"]],
    ["properties.?address.orValue({}).city", ["properties.address.city"]],
    ["lines[0].sku + lines[-1].sku", ["lines[-1].sku", "lines[0].sku"]],
    ["prices[properties.which]", ["prices[]", "properties.which"]],
    ['has(a.b) ? a.b : "properties.unused"', ["a.b"]],
    ["properties.amount * 2.0 > 3.0 && !(closed == true)", ["closed", "properties.amount"]],
    ["{'a': b.c}.a", ["b.c"]],
    ["properties.email.", []], // no expression: nothing is read by it
  ])("%s", (expression, paths) => {
    expect(ofExpression(expression)).toEqual(paths);
  });
});

test("what a mapping reads is one list: paths, texts, expressions, settings of transforms, and the filter", () => {
  const fields = [
    field({ from: 'properties["email"]', transforms: [{ type: "coalesce", paths: ["properties.mail", "properties.email"] }] }),
    field({ template: "{ properties.first } {properties.last}" }),
    field({ from: "total", transforms: [{ type: "money", currencyFrom: "currency" }] }),
    field({ from: "companyId", transforms: [{ type: "lookup", list: "included", match: "id" }] }),
    field({ from: "Addresses", transforms: [{ type: "find", path: "AddressType", equals: "STREET", get: "City" }] }),
    field({ constant: "shop" }),
  ];
  expect(readsOf({ fields, filter: 'properties.loyalty_tier == "gold"' })).toEqual([
    ...["properties.email", "properties.mail", "properties.first", "properties.last", "total", "currency"],
    ...["companyId", "included", "included[].id", "Addresses", "properties.loyalty_tier"],
  ]);
});

test("a path reads a source's field when it is the field, an entry of it or inside it", () => {
  for (const path of ["lines[].sku", "lines[0].sku", "lines[-1].sku", "lines[*].sku"]) expect(reads(path, "lines[].sku")).toBe(true);
  expect(reads("lines[].sku", "lines")).toBe(true);
  expect(reads("tags[]", "tags")).toBe(true);
  expect(reads("properties.address.city", "properties.address")).toBe(true);
  expect(reads("properties.email", "properties.email_domain")).toBe(false);
  expect(reads("properties.email_domain", "properties.email")).toBe(false);
});
