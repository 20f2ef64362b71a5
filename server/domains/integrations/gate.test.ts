import { beforeAll, expect, test } from "vitest";
import { checkGate, passesGate, readyFor, Traits } from "./gate";

beforeAll(() => readyFor([{ gate: "true" }]));

test("a gate opens to whom it names", () => {
  const gate = 'plan in ["pro", "enterprise"] || seats > 20';
  expect(passesGate(gate, { plan: "pro", seats: 3 })).toBe(true);
  expect(passesGate(gate, { plan: "free", seats: 25 })).toBe(true);
  expect(passesGate(gate, { plan: "free", seats: 3 })).toBe(false);
  expect(passesGate(null, {})).toBe(true);
});

test.each([
  ["nothing is known of the customer", 'plan == "pro"', {}],
  ["not even that", 'plan == "pro"', null],
  ["another kind of value", "seats > 20", { seats: "many" }],
  ["it says neither yes nor no", "plan", { plan: "pro" }],
  ["it cannot be read", 'plan == "pro', { plan: "pro" }],
  ["it is empty", "", { plan: "pro" }],
  ["it reaches for what is no trait", 'constructor == "x"', { plan: "pro" }],
])("it stays closed when %s", (_, gate, traits) => {
  expect(passesGate(gate, traits)).toBe(false);
});

test("what is no expression is refused where it is written, and traits are plain", async () => {
  await expect(checkGate('plan == "pro')).rejects.toMatchObject({ code: "invalid", details: { fields: [{ path: "gate" }] } });
  await expect(checkGate('plan == "pro"')).resolves.toBeUndefined();
  expect(Traits.safeParse({ plan: "pro", on: true, list: ["a"] }).success).toBe(true);
  for (const wrong of [{ Plan: "x" }, { a: { b: 1 } }, { "a b": 1 }]) expect(Traits.safeParse(wrong).success).toBe(false);
});
