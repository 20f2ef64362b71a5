import { expect, test } from "vitest";
import { FieldMapping } from "#server/mapping/schema";
import { templateChanges, type WholeTemplate } from "./template-changes";

const field = (target: string, from: string) => FieldMapping.parse({ target, from });
const stream = (key: string, more: object = {}): WholeTemplate["streams"][number] => ({
  ...{ key, object: key, model: key, label: key.toUpperCase(), intervalMs: 60_000 },
  mapping: { version: 1, fields: [field("email", "mail")], filter: null, choices: {} },
  ...more,
});
const whole = (streams: WholeTemplate["streams"], more: object = {}): WholeTemplate => ({ name: "N", description: "", streams, ...more });
const told = (before: WholeTemplate, after: WholeTemplate) =>
  templateChanges(before, after).map(({ what, stream: of, key }) => [what, of, key].filter((part) => part !== null).join(" "));

test("the same is no change, whatever number its mapping bears", () => {
  const again = stream("a", { mapping: { ...stream("a").mapping, version: 2 }, backfillDays: null });
  expect(templateChanges(whole([stream("a")]), whole([again]))).toEqual([]);
});

test("every difference is told once, by stream and by field", () => {
  const mapping = {
    version: 2,
    fields: [field("email", "other"), field("name", "n")],
    filter: "a == 1",
    choices: { name: { customer: "hidden" as const } },
  };
  const after = whole([stream("b"), stream("a", { label: "People", backfillDays: 30, mapping }), stream("d")], { name: "M" });
  expect(told(whole([stream("a"), stream("b"), stream("c")]), after)).toEqual([
    "name",
    "order",
    "removed c",
    "setting a label",
    "setting a backfillDays",
    "filter a",
    "field a email",
    "field a name",
    "choice a name",
    "added d",
  ]);
});
