import { expect, test } from "vitest";
import type { ConflictView } from "#server/domains/conflicts/schema";
import { alikeOf, shownValue } from "./differences-of";

const conflict = (streamId: string, ...fields: string[]) =>
  ({ streamId, fields: fields.map((field) => ({ field, name: field.toUpperCase() })) }) as unknown as ConflictView;

test("fields that differ in several records of one stream are offered for all of them", () => {
  expect(alikeOf([conflict("a", "phone", "email"), conflict("a", "phone"), conflict("b", "email")])).toEqual([
    { streamId: "a", field: "phone", label: "PHONE", count: 2 },
  ]);
});

test("values are shown as people read them; nothing is nothing", () => {
  expect([null, "", 0, false, "x", ["a"], { deep: 1 }].map(shownValue)).toEqual([null, null, "0", "false", "x", '["a"]', '{"deep":1}']);
});
