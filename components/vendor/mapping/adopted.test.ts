import { expect, test } from "vitest";
import { FieldMapping } from "#server/mapping/schema";
import { adopted } from "./adopted";

const model = { key: "contact", name: "Contact", fields: [{ key: "email", name: "E-mail", type: "string" as const, required: true }] };
const [email, lost] = ["email", "lost"].map((target) => FieldMapping.parse({ target, from: target }));
const version = { fields: [email!, lost!], filter: 'stage == "won"', choices: { lost: { customer: "choose" as const } } };

test("of an earlier version the draft has what the model still has, and no filter where the stream only writes", () => {
  const fields = [email];
  for (const direction of ["pull", "two_way"] as const)
    expect(adopted({ direction, model }, version)).toEqual({ fields, filter: version.filter, choices: {}, unfiltered: false });
  expect(adopted({ direction: "push", model }, version)).toEqual({ fields, filter: null, choices: {}, unfiltered: true });
  expect(adopted({ direction: "push", model }, { ...version, filter: null })).toMatchObject({ unfiltered: false });
});
