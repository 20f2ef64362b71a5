import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ModelField } from "#server/domains/models/schema";
import type { SourceField } from "#server/lib/source-field";
import { driftOf } from "./drift";
import { standingDrift } from "./drift-standing";
import { inferFields, joinFields } from "./infer";
import { compileReader } from "./paths";
import { FieldMapping } from "./schema";
import { suggestMapping } from "./suggest";

const map = (target: string, rest: object) => FieldMapping.parse({ target, ...rest });

describe("fields told from samples", () => {
  const samples = Array.from({ length: 40 }, (_, n) => ({
    id: n,
    properties: { email: `p${n}@example.com`, stage: ["lead", "customer"][n % 2], "odd.name": "x", empty: n < 30 ? null : "now and then" },
    createdAt: "2026-01-01T10:00:00Z",
    lines: [{ sku: "a", qty: 2 }],
    tags: ["x", "y"],
  }));
  const fields = inferFields(samples);
  const at = (path: string) => fields.find((field) => field.path === path);

  test("have paths, types, few values, and how often nothing is there", () => {
    expect(fields.map((field) => [field.path, field.type])).toEqual([
      ["id", "number"],
      ["properties.email", "string"],
      ["properties.stage", "string"],
      ['properties["odd.name"]', "string"],
      ["properties.empty", "string"],
      ["createdAt", "datetime"],
      ["lines", "array"],
      ["lines[].sku", "string"],
      ["lines[].qty", "number"],
      ["tags", "array"],
    ]);
    expect(at("properties.stage")?.values).toEqual(["customer", "lead"]);
    expect(at("properties.email")?.values).toBeUndefined();
    expect(at("properties.empty")?.emptyShare).toBe(0.75);
  });
  test("each path reads what was seen there, whatever the JSON", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 4 }), (some) => {
        for (const { path } of inferFields(some)) expect(() => compileReader(path)).not.toThrow();
      }),
    );
  });
  test("what is declared stands; what is only seen is the account's own", () => {
    const declared: SourceField[] = [{ path: "properties.email", title: "E-mail", type: "string", required: true }];
    const whole = joinFields(declared, fields);
    expect(whole[0]).toMatchObject({ title: "E-mail", required: true, emptyShare: 0, example: "p0@example.com" });
    expect(whole.find((field) => field.path === "properties.stage")).toMatchObject({ custom: true });
  });
});

describe("drift", () => {
  const before: SourceField[] = [
    { path: "properties.phone", title: "Phone number", type: "string", required: true },
    { path: "properties.tier", title: "Tier", type: "string", values: ["a", "b"] },
    { path: "properties.size", title: "Size", type: "number" },
    { path: "properties.unused", title: "Unused", type: "string" },
    { path: "properties.fax", title: "Fax", type: "string" },
  ];
  const mapping = [
    map("phone", { from: "properties.phone", required: true }),
    map("tier", { from: "properties.tier", values: { a: "gold", b: "silver" } }),
    map("size", { expression: 'properties.size * 2 > 3 ? "properties.unused" : "small"' }),
    map("label", { template: "{properties.fax} / {properties.tier}" }),
  ];
  test("is told of mapped fields only, by kind, with where a field may have gone", () => {
    const after: SourceField[] = [
      { path: "properties.phone_number", title: "Phone number", type: "string" },
      { path: "properties.tier", title: "Tier", type: "string", values: ["a", "b", "c"] },
      { path: "properties.size", title: "Size", type: "string" },
    ];
    expect(
      driftOf(before, after, { fields: mapping }).map(({ kind, path, targets, to, values }) => ({ kind, path, targets, to, values })),
    ).toEqual([
      { kind: "renamed", path: "properties.phone", targets: ["phone"], to: "properties.phone_number", values: undefined },
      { kind: "values", path: "properties.tier", targets: ["tier", "label"], to: undefined, values: ["c"] },
      { kind: "type", path: "properties.size", targets: ["size"], to: undefined, values: undefined },
      { kind: "removed", path: "properties.fax", targets: ["label"], to: undefined, values: undefined },
    ]);
  });
  test("nothing changed is nothing told; a field that became optional matters where it is needed", () => {
    expect(driftOf(before, before, { fields: mapping })).toEqual([]);
    const after = before.map((field) => ({ ...field, required: false }));
    expect(driftOf(before, after, { fields: mapping }).map(({ kind, path }) => [kind, path])).toEqual([["required", "properties.phone"]]);
  });
  test("a renamed field reaches all that read it: paths, methods, brackets, lists, settings of transforms, and the filter", () => {
    const known: SourceField[] = [
      { path: "properties.loyalty_tier", title: "Loyalty tier", type: "string" },
      { path: "lines", title: "Lines", type: "array" },
      { path: "lines[].sku", title: "Sku", type: "string" },
    ];
    const now: SourceField[] = [
      { path: "properties.loyalty_tiers", title: "Loyalty tiers", type: "string" },
      { path: "lines", title: "Lines", type: "array" },
      { path: "lines[].skus", title: "Skus", type: "string" },
    ];
    const fields = [
      map("a", { from: "properties.loyalty_tier" }),
      map("b", { expression: "properties.loyalty_tier.upperAscii()" }),
      map("c", { expression: 'record["properties"]["loyalty_tier"]' }),
      map("d", { constant: null, transforms: [{ type: "coalesce", paths: ["properties.loyalty_tier"] }] }),
      map("e", { from: "lines[0].sku" }),
      map("f", { from: "lines[-1].sku" }),
      map("g", { from: "lines[*].sku" }),
      map("h", { expression: "lines.map(l, l.sku)" }),
    ];
    const filter = "properties.?loyalty_tier.orValue('') == 'gold'";
    expect(driftOf(known, now, { fields, filter })).toEqual([
      expect.objectContaining({ kind: "renamed", path: "properties.loyalty_tier", targets: ["a", "b", "c", "d"], filter: true }),
      expect.objectContaining({ kind: "renamed", path: "lines[].sku", targets: ["e", "f", "g", "h"], to: "lines[].skus" }),
    ]);
    expect(driftOf(known, now, { fields: [], filter })).toEqual([expect.objectContaining({ targets: [], filter: true })]);
  });
  test("a new value of a choice is told where the model does not have it, value map or none", () => {
    const stage = (values: string[]): SourceField[] => [{ path: "stage", title: "Stage", type: "string", values }];
    const model: ModelField[] = [{ key: "stage", name: "Stage", type: "enum", values: ["lead", "won"], required: false }];
    const strange = (field: object) =>
      driftOf(stage(["LEAD"]), stage(["LEAD", "WON", "LOST"]), { fields: [map("stage", field)], model }).map(({ values }) => values);
    expect(strange({ from: "stage", transforms: [{ type: "lowercase" }] })).toEqual([["LOST"]]);
    expect(strange({ from: "stage", values: { LEAD: "lead", WON: "won" } })).toEqual([["LOST"]]);
    expect(strange({ from: "stage", values: { LEAD: "lead", WON: "won", LOST: null } })).toEqual([]);
  });

  describe("of a stream that writes", () => {
    const stage = (values: string[]): SourceField[] => [{ path: "stage", title: "Stage", type: "string", values }];
    const model: ModelField[] = [{ key: "stage", name: "Stage", type: "enum", values: ["lead", "won"], required: false }];
    const mapped = (
      direction: "pull" | "push" | "two_way",
      field: object = { values: { LEAD: "lead", WON: "won" } },
      required = false,
    ) => ({
      fields: [map("stage", { from: "stage", ...field })],
      ...{ model: model.map((one) => ({ ...one, required })), direction },
    });
    const looks = (before: string[], after: string[]) => ({ before: stage(before), after: stage(after), complete: true });

    test("a choice that loses a value which is still written is told, and none when it is back; a value that is new is for who reads", () => {
      const now = stage(["LEAD", "LOST"]);
      const told = (direction: "pull" | "push" | "two_way", field?: object) =>
        driftOf(stage(["LEAD", "WON", "OLD"]), now, mapped(direction, field)).map(({ kind, values }) => ({ kind, values }));
      expect(told("pull")).toEqual([{ kind: "values", values: ["LOST"] }]);
      expect(told("push")).toEqual([{ kind: "values_gone", values: ["WON"] }]);
      expect(told("two_way")).toEqual([...told("pull"), ...told("push")]);
      expect(driftOf(stage(["WON"]), stage(["LEAD"]), mapped("push"), false)).toEqual([]); // samples prove nothing
      expect(told("push", { from: undefined, expression: "stage" })).toEqual([]); // it has no way back
      const [drift] = driftOf(stage(["LEAD", "WON"]), now, mapped("push"));
      expect(drift?.message).toContain("can no longer be WON");
      expect(standingDrift(drift!, mapped("push"), looks(["LEAD"], ["LEAD"]))).toMatchObject({ values: ["WON"] });
      expect(standingDrift(drift!, mapped("push"), looks(["LEAD"], ["LEAD", "WON"]))).toBeNull();
      expect(standingDrift(drift!, mapped("push", { values: { LEAD: "lead" } }), looks(["LEAD"], ["LEAD"]))).toBeNull();
    });

    test("another type is told by what is written: text where numbers are wanted; of a field that only goes there, not what a reader would need", () => {
      const typed = (type: SourceField["type"]): SourceField[] => [{ path: "size", title: "Size", type }];
      const of = (type: ModelField["type"], direction: "pull" | "push" | "two_way", field: object = {}) => ({
        fields: [map("size", { from: "size", ...field })],
        ...{ model: [{ key: "size", name: "Size", type, required: false } as ModelField], direction },
      });
      const told = (was: SourceField["type"], is: SourceField["type"], mapping: ReturnType<typeof of>) =>
        driftOf(typed(was), typed(is), mapping).map(({ kind }) => kind);
      expect(told("string", "number", of("string", "push"))).toEqual(["type"]);
      expect(told("number", "string", of("string", "push"))).toEqual([]); // a reader of numbers needs a step; nobody reads
      expect(told("number", "string", of("string", "pull", {}))).toEqual([]);
      expect(told("string", "number", of("string", "pull"))).toEqual(["type"]);
      expect(told("string", "number", of("number", "two_way", { transforms: [{ type: "number" }] }))).toEqual([]);
      expect(told("string", "boolean", of("number", "push", { transforms: [{ type: "number" }] }))).toEqual(["type"]);
      // Gone where nothing is written: nobody misses it.
      const computed = { ...of("string", "push"), fields: [map("size", { expression: "size + size" })], filter: 'size == "a"' };
      expect(driftOf(typed("string"), [], computed)).toEqual([]);
      expect(driftOf(typed("string"), [], { ...computed, direction: "two_way" as const })).toMatchObject([
        { kind: "removed", filter: true },
      ]);
    });

    test("a field that must be filled from now on is told where ours may be empty; one that may be empty from now on is not", () => {
      const needs = (required: boolean): SourceField[] => [{ path: "stage", title: "Stage", type: "string", required }];
      const [optional, needed] = [needs(false), needs(true)];
      const [drift, ...more] = driftOf(optional, needed, mapped("push"));
      expect([drift, more]).toMatchObject([{ kind: "must_fill", path: "stage", targets: ["stage"] }, []]);
      expect(driftOf(optional, needed, mapped("two_way"))).toHaveLength(1);
      expect(driftOf(optional, needed, mapped("pull"))).toEqual([]);
      expect(driftOf(optional, needed, mapped("push", {}, true))).toEqual([]); // ours is never empty
      expect(driftOf(needed, optional, mapped("push", {}, true))).toEqual([]); // nobody reads it
      const stands = (after: SourceField[], mapping = mapped("push")) =>
        standingDrift(drift!, mapping, { before: optional, after, complete: true });
      expect(stands(needed)).toMatchObject({ kind: "must_fill" });
      expect([stands(optional), stands(needed, mapped("push", {}, true))]).toEqual([null, null]);
    });
  });
});

describe("suggestions", () => {
  const target = (key: string, name: string, type: ModelField["type"] = "string"): ModelField => ({ key, name, type, required: false });
  const targets = [
    target("firstName", "First name"),
    target("lastName", "Last name"),
    target("email", "E-mail"),
    target("phone", "Phone"),
    target("company", "Company"),
    target("createdAt", "Created", "datetime"),
    target("loyaltyTier", "Loyalty tier"),
  ];
  const source = (path: string, title: string, type: SourceField["type"] = "string", example?: string): SourceField => ({
    ...{ path, title, type },
    ...(example === undefined ? {} : { example }),
  });
  test("come from names, notions, types and values, each source once, each with its reasons", () => {
    const made = suggestMapping(targets, [
      source("properties.givenname", "Given name"),
      source("properties.surname", "Surname"),
      source("properties.email", "Email", "string", "a@example.com"),
      source("properties.hs_email_optout", "Opted out of email", "boolean"),
      source("properties.telephone", "Telephone", "string", "+44 20 7946 0018"),
      source("properties.organization", "Organization"),
      source("properties.createdate", "Create date", "datetime"),
      source("properties.zodiac", "Zodiac"),
    ]);
    expect(Object.fromEntries(made.map(({ target, path }) => [target, path]))).toEqual({
      firstName: "properties.givenname",
      lastName: "properties.surname",
      email: "properties.email",
      phone: "properties.telephone",
      company: "properties.organization",
      createdAt: "properties.createdate",
    });
    expect(made.every((one) => one.reasons.length > 0)).toBe(true);
    expect(new Set(made.map((one) => one.path)).size).toBe(made.length);
  });
  test("a value that cannot be the field speaks against it", () => {
    const [made] = suggestMapping([target("email", "E-mail")], [source("mail", "Mail", "string", "10115 Berlin")]);
    expect(made?.score ?? 0).toBeLessThan(0.95);
    // Whether somebody may be e-mailed is not the address of who may.
    const allowed = [target("mayEmail", "May be e-mailed", "boolean")];
    expect(suggestMapping(allowed, [source("owner_email", "Owner's email", "string", "ada@acme.example")])).toEqual([]);
    expect(suggestMapping(allowed, [source("may_email", "May email", "string", "yes")])).toMatchObject([{ path: "may_email" }]);
  });
});
