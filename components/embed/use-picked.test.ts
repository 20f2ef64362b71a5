import { expect, test } from "vitest";
import type { SourceField } from "#server/lib/source-field";
import { FieldMapping } from "#server/mapping/schema";
import { sayIn } from "#server/words/messages";
import { outcomeOf } from "./mapping-outcome";
import { pickedOf } from "./use-picked";

const own: SourceField = { path: "own.a", title: "A", type: "string", unread: true };
const known: SourceField = { path: "own.b", title: "B", type: "string" };
const sourceFields = [own, known];
const field = (from: string) => FieldMapping.parse({ target: "x", from });

test("a field that no record at hand shows is not read yet, and not empty; one that is asked for with nothing in it is", () => {
  const model = { key: "x", name: "X", type: "string" as const, required: false };
  const sources = new Map(sourceFields.map((one) => [one.path, one]));
  const become = (from: string, source: unknown) => outcomeOf(field(from), model, source, sayIn("en"), sources).state;
  expect([become("own.a", { own: {} }), become("own.a", { own: { a: null } }), become("own.b", { own: {} })]).toEqual([
    "unread",
    "ok",
    "ok",
  ]);
});

test("what is picked is asked for: the account's fields that an edit reads, each once", () => {
  const edits = new Map([
    ["x", field("own.a")],
    ["y", FieldMapping.parse({ target: "y", template: "{own.a} {own.b} {strange}" })],
    ["z", null],
  ]);
  expect(pickedOf({ sourceFields }, edits)).toEqual({ paths: ["own.a", "own.b"], unread: ["own.a"] });
});
