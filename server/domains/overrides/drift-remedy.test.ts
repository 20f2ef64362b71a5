import { describe, expect, test } from "vitest";
import type { ModelField } from "#server/domains/models/schema";
import type { SourceField } from "#server/lib/source-field";
import { compileMapping } from "#server/mapping/compile";
import { driftOf } from "#server/mapping/drift";
import { standingDrift } from "#server/mapping/drift-standing";
import { invertMapping } from "#server/mapping/invert";
import { FieldMapping } from "#server/mapping/schema";
import { sayIn } from "#server/words/messages";
import type { Direction } from "../templates/schema";
import { happenedWords, remedyOf } from "./drift-remedy";

const source = (path: string): SourceField => ({ path, title: path, type: "string" });
const EMAIL = FieldMapping.parse({ target: "email", from: "email" });
const [was, is] = [[source("email"), source("status")], [source("email")]];
const only = { status: ["lead"] };

test.each([
  [null, "own", true],
  ['status != ""', "vendor", undefined],
])("a field that records are taken by is gone: with the template's filter %s it is for %s to mend", (filter, kind, own) => {
  const mapping = { fields: [EMAIL], filter, only };
  const [drift] = driftOf(was, is, mapping);
  expect(drift).toMatchObject({ kind: "removed", path: "status", targets: [], filter: true });
  expect(drift?.own).toBe(own);
  expect(standingDrift(drift!, mapping, { before: is, after: is, complete: true } as never)?.own).toBe(own);
  const remedy = remedyOf(drift!, { inForce: [EMAIL], filter, only, model: [], sources: is });
  expect(remedy.kind).toBe(kind);
  expect(remedy.label).toContain("“status” decides which records are taken");
});

describe("another type of a field that is written", () => {
  const model = (type: ModelField["type"]): ModelField[] => [{ key: "size", name: "Size", type, required: false }];
  const typed = (type: SourceField["type"]): SourceField[] => [{ path: "size", title: "Size", type }];
  const remedy = (
    of: ModelField["type"],
    [was, is]: [SourceField["type"], SourceField["type"]],
    transforms: object[],
    direction: Direction,
  ) => {
    const field = FieldMapping.parse({ target: "size", from: "size", transforms });
    const ground = { inForce: [field], filter: null, model: model(of), sources: typed(is), direction };
    const [drift] = driftOf(typed(was), typed(is), { fields: [field], model: model(of), direction });
    return drift && { made: remedyOf(drift, ground), ground };
  };

  test.each(["push", "two_way"] as const)("%s: one click makes steps that fit on the way there", (direction) => {
    const told = remedy("number", ["number", "string"], [{ type: "number" }], direction);
    expect(told?.made).toMatchObject({
      kind: "patch",
      fields: { size: { from: "size", transforms: [{ type: "parseNumber", as: "number" }] } },
    });
    const fields = told?.made.kind === "patch" ? [told.made.fields["size"] as FieldMapping] : [];
    const mapping = { fields, model: model("number"), direction };
    const way = compileMapping(invertMapping(fields).fields, []).apply({ size: 12.5 });
    expect(way).toMatchObject({ ok: true, data: { size: "12.5" } });
    expect(driftOf(typed("number"), typed("string"), mapping)).toEqual([]);
  });

  test.each(["push", "two_way"] as const)("%s: where no step can help, a person is told what there is to do", (direction) => {
    const told = remedy("string", ["string", "number"], [], direction);
    expect(told?.made).toMatchObject({
      kind: "explain",
      label: expect.stringContaining("Size” is written to a field there that now takes"),
    });
  });

  test("of what is only read a step is enough", () => {
    expect(remedy("string", ["string", "number"], [], "pull")?.made).toMatchObject({
      kind: "patch",
      fields: { size: { transforms: [{ type: "string" }] } },
    });
  });

  test.each(["en", "de", "fr", "es", "ja", "ar"] as const)("in %s: what is told of a field that is written is told as that", (language) => {
    const say = sayIn(language);
    const drift = { path: "size", targets: ["size"], message: "“Size” English" };
    const sources = typed("string");
    const gone = happenedWords({ ...drift, kind: "values_gone", values: ["XL"] }, { sources }, say);
    const fill = happenedWords({ ...drift, kind: "must_fill" }, { sources }, say);
    const read = happenedWords({ ...drift, kind: "required" }, { sources }, say);
    if (language === "en") return expect(gone).toBe(drift.message);
    expect(gone).toContain("XL");
    expect(new Set([gone, fill, read, drift.message]).size).toBe(4);
  });
});
