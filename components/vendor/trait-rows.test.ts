import { expect, test } from "vitest";
import { rowFault, rowsOf, traitsOf } from "./trait-rows";

const TRAITS = { plan: "pro", seats: 25, beta: true, addOns: ["sso", "audit"] };

test("what is known of a customer comes back from the form as it went in", () => {
  expect(traitsOf(rowsOf(TRAITS))).toEqual(TRAITS);
  expect(traitsOf([])).toEqual({});
});

test("a line that cannot be taken says why, and nothing is kept meanwhile", () => {
  const good = { key: "plan", kind: "text", value: "2024" } as const;
  expect(traitsOf([good])).toEqual({ plan: "2024" }); // a text stays one
  expect(rowFault({ ...good, key: "Plan" }, [])).toMatch(/small letter/);
  expect(rowFault(good, [good])).toMatch(/already/);
  expect(rowFault({ key: "seats", kind: "number", value: "many" }, [])).toMatch(/number/);
  expect(traitsOf([good, { key: "seats", kind: "number", value: "" }])).toBeNull();
});
