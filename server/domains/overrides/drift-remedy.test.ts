import { expect, test } from "vitest";
import type { SourceField } from "#server/lib/source-field";
import { driftOf } from "#server/mapping/drift";
import { standingDrift } from "#server/mapping/drift-standing";
import { FieldMapping } from "#server/mapping/schema";
import { remedyOf } from "./drift-remedy";

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
