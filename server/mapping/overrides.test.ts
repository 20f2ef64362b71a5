import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FieldChoices, mergeOverrides, type Overrides, overridesFrom, settle, stillToChoose, withOverrides } from "./overrides";
import { FieldMapping } from "./schema";

const field = (target: string, from: string): FieldMapping => FieldMapping.parse({ target, from });
const template = [field("email", "properties.email"), field("name", "properties.firstname"), field("phone", "properties.phone")];
const choices: FieldChoices = {
  name: { customer: "choose" },
  phone: { customer: "optional" },
  region: { customer: "must_choose", prompt: "Which field holds the region?" },
};

describe("a customer's own mapping", () => {
  test("is the template's with patches, in the template's order, own fields last", () => {
    const wanted = [field("email", "properties.email"), field("name", "properties.nickname"), field("custom.tier", "properties.tier")];
    const { overrides, refused } = overridesFrom(template, wanted, choices, ["custom.tier"]);
    expect(refused).toEqual([]);
    expect(withOverrides(template, overrides)).toEqual(wanted);
    expect(Object.keys(overrides)).toEqual(["name", "phone", "custom.tier"]);
  });
  test("may touch only what the vendor has opened, and is told which field it may not", () => {
    const wanted = [field("email", "properties.other"), template[1] as FieldMapping, field("phone", "properties.mobile"), field("x", "y")];
    expect(overridesFrom(template, wanted, choices, []).refused).toEqual([
      { target: "email", message: "cannot be changed" },
      { target: "phone", message: "can be left out, but not changed" },
      { target: "x", message: "is not a field you can fill" },
    ]);
  });
  test("lacks what has to be chosen until it is", () => {
    expect(stillToChoose(template, {}, choices)).toEqual(["region"]);
    const { overrides } = overridesFrom(template, [...template, field("region", "properties.state")], choices, []);
    expect(stillToChoose(template, overrides, choices)).toEqual([]);
  });
});

describe("a new version of the template", () => {
  const overrides: Overrides = {
    name: { field: field("name", "properties.nickname"), base: field("name", "properties.firstname") },
    phone: { field: null, base: field("phone", "properties.phone") },
  };
  test("leaves patches alone where it changes nothing", () => {
    const v2 = [...template, field("city", "properties.city")];
    expect(mergeOverrides(v2, overrides)).toEqual({ overrides, conflicts: [] });
    expect(withOverrides(v2, overrides).map((one) => one.target)).toEqual(["email", "name", "city"]);
  });
  test("makes a patch needless when it says the same", () => {
    const v2 = [template[0] as FieldMapping, field("name", "properties.nickname"), template[2] as FieldMapping];
    expect(mergeOverrides(v2, overrides).overrides).toEqual({ phone: overrides["phone"] });
  });
  test("is a conflict where both have changed; the customer's stands until somebody decides", () => {
    const v2 = [template[0] as FieldMapping, field("name", "properties.fullname"), template[2] as FieldMapping];
    const merged = mergeOverrides(v2, overrides);
    expect(merged.conflicts).toEqual([
      { target: "name", base: template[1], template: v2[1], customer: field("name", "properties.nickname") },
    ]);
    expect(withOverrides(v2, merged.overrides)[1]).toEqual(field("name", "properties.nickname"));

    const kept = settle(v2, merged.overrides, { name: "customer" });
    expect(mergeOverrides(v2, kept).conflicts).toEqual([]);
    expect(withOverrides(v2, settle(v2, merged.overrides, { name: "template" }))[1]).toEqual(v2[1]);
  });

  const targets = ["a", "b", "c", "d"];
  const anyFields = fc
    .array(fc.record({ target: fc.constantFrom(...targets), from: fc.constantFrom("p", "q", "r") }), { maxLength: 6 })
    .map((list) => [...new Map(list.map(({ target, from }) => [target, field(target, from)])).values()]);
  const open: FieldChoices = Object.fromEntries(targets.map((target) => [target, { customer: "choose" as const }]));
  const sorted = (fields: FieldMapping[]) => [...fields].sort((x, y) => (x.target < y.target ? -1 : 1));

  test("patches give back exactly what was wanted; a merge changes no outcome; settled conflicts stay settled", () => {
    fc.assert(
      fc.property(anyFields, anyFields, anyFields, (v1, wanted, v2) => {
        const { overrides } = overridesFrom(v1, wanted, open, []);
        expect(sorted(withOverrides(v1, overrides))).toEqual(sorted(wanted));
        const merged = mergeOverrides(v2, overrides);
        expect(sorted(withOverrides(v2, merged.overrides))).toEqual(sorted(withOverrides(v2, overrides)));
        const decisions = Object.fromEntries(
          merged.conflicts.map(({ target }, n) => [target, n % 2 ? ("template" as const) : ("customer" as const)]),
        );
        const settled = settle(v2, merged.overrides, decisions);
        expect(mergeOverrides(v2, settled).conflicts).toEqual([]);
      }),
    );
  });
});
