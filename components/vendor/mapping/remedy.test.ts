import { expect, test } from "vitest";
import { remedyFor, withRemedy } from "#components/vendor/mapping/remedy";
import type { ModelField } from "#server/domains/models/schema";
import { resultOf } from "#server/mapping/field-result";
import { FieldMapping } from "#server/mapping/schema";

const model = (type: ModelField["type"]): ModelField => ({ key: "x", name: "X", type, required: true });
const map = (transforms: object[]) => FieldMapping.parse({ target: "x", from: "a", transforms });

/** The remedy that is named, and what comes of the value once it is taken. */
function mended(type: ModelField["type"], transforms: object[], value: unknown) {
  const [field, source] = [map(transforms), { a: value }];
  const before = resultOf(field, model(type), source);
  if (before.state !== "fault") throw new Error("nothing to mend");
  const remedy = remedyFor(field, model(type), source, before.message);
  if (!remedy) return { remedy };
  const after = resultOf(withRemedy(field, remedy), model(type), source);
  return { remedy, after: after.state === "ok" ? after.after : after.state };
}

test("a misfit that names a transform is mended by it, at the place where that works", () => {
  expect(mended("number", [], "12")).toMatchObject({ remedy: { type: "number", at: 0 }, after: 12 });
  expect(mended("string", [{ type: "uppercase" }], 12)).toMatchObject({ remedy: { type: "string", at: 0 }, after: "12" });
  expect(mended("money", [{ type: "money", currency: "EUR" }], "1.250,50 EUR")).toMatchObject({ remedy: { at: 0 } });
});

test("one whose settings are to be chosen changes nothing before they are", () => {
  const { remedy } = mended("money", [], "12.50");
  expect(remedy).toEqual({ type: "money", at: 0, step: null });
  const field = map([]);
  expect(remedy && withRemedy(field, remedy)).toBe(field);
});
