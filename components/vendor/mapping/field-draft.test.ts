import { describe, expect, it } from "vitest";
import { resultOf } from "#server/mapping/field-result";
import type { FieldMapping } from "#server/mapping/schema";
import { changedFields, factChange, fieldFacts, parseScalar, sourceOf, toDraft, toFields, withSource } from "./field-draft";

const field = (over: Partial<FieldMapping>): FieldMapping => ({
  target: "email",
  transforms: [],
  required: false,
  onError: "quarantine",
  ...over,
});
const email = { key: "email", name: "E-mail", type: "string" as const, required: true };

describe("field draft", () => {
  it("shows what production would make of one field", () => {
    const mapped = field({ from: "properties.email", transforms: [{ type: "lowercase" }] });
    expect(resultOf(mapped, email, { properties: { email: "Ada@Example.com" } })).toMatchObject({
      state: "ok",
      before: "Ada@Example.com",
      after: "ada@example.com",
    });
    expect(resultOf(mapped, email, { properties: {} })).toMatchObject({ state: "fault" });
  });

  it("asks for a source when a required field has none, and lets an optional one be empty", () => {
    expect(resultOf(undefined, email, {}).state).toBe("fault");
    expect(resultOf(undefined, { ...email, required: false }, {}).state).toBe("unmapped");
  });

  it("does not throw on a path that reaches a prototype", () => {
    expect(resultOf(field({ from: "__proto__.x" }), email, {}).state).toBe("fault");
  });

  it("keeps rules when the source changes, and gives exactly one source", () => {
    const before = field({ from: "a", transforms: [{ type: "trim" }], default: "x" });
    const after = withSource("email", { kind: "template", text: "{a} {b}" }, before);
    expect(after).toEqual({
      target: "email",
      transforms: [{ type: "trim" }],
      required: false,
      onError: "quarantine",
      default: "x",
      template: "{a} {b}",
    });
    expect(withSource("email", { kind: "constant", value: 3 }, before)).toMatchObject({ constant: 3, transforms: [] });
  });

  it("sees changes, not differences of spelling", () => {
    const a = toDraft([field({ from: "a" })]);
    const b = toDraft([{ onError: "quarantine", required: false, from: "a", transforms: [], target: "email", default: undefined }]);
    expect(changedFields(a, b)).toEqual([]);
    expect(changedFields(a, toDraft([]))).toEqual(["email"]);
  });

  it("keeps fields the model no longer has, after those it has", () => {
    const draft = toDraft([field({ target: "old", from: "x" }), field({ from: "a" })]);
    expect(toFields(draft, [email]).map(({ target }) => target)).toEqual(["email", "old"]);
  });

  it("reads typed values and says rules in words", () => {
    expect(parseScalar("12", "number")).toBe(12);
    expect(parseScalar("twelve", "number")).toBe("twelve");
    expect(parseScalar("true", "boolean")).toBe(true);
    expect(parseScalar("", "string")).toBeNull();
    expect(fieldFacts(field({ from: "a", transforms: [{ type: "trim" }], default: "n/a" }))).toEqual([
      "a",
      "trim spaces",
      'when empty: "n/a"',
    ]);
  });

  it("keeps an expression, and gives it back as it was", () => {
    const computed = field({ expression: "properties.a + properties.b" });
    expect(sourceOf(computed)).toEqual({ kind: "expression", text: "properties.a + properties.b" });
    expect(withSource("email", sourceOf(computed), computed)).toEqual(computed);
  });

  it("tells a change as what goes and what comes, down to one entry of a value map", () => {
    const before = field({ from: "stage", values: { lead: "New", customer: "Won" } });
    expect(factChange(before, { ...before, values: { lead: "Fresh", customer: "Won" } })).toEqual({
      gone: ['"lead" becomes "New"'],
      come: ['"lead" becomes "Fresh"'],
    });
    expect(factChange(undefined, before).gone).toEqual(["left empty"]);
    const order = (...types: ("trim" | "lowercase")[]) => field({ from: "a", transforms: types.map((type) => ({ type })) });
    expect(factChange(order("trim", "lowercase"), order("lowercase", "trim")).come).toEqual(["a, lower case, trim spaces"]);
  });
});
