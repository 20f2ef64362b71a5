import fc from "fast-check";
import { expect, test } from "vitest";
import { compileReader } from "#server/mapping/paths";
import { chooseSamples, shortened } from "./choose-samples";

const none = { changedAt: () => null, fails: () => false };
const at = (value: unknown) => (value as { at: string }).at;

test("the newest, oldest, emptiest, longest and the first that fails are among them, each once", () => {
  const records = Array.from({ length: 100 }, (_, n) => ({
    id: String(n),
    value: {
      at: `2026-01-${String((n * 7) % 100).padStart(3, "0")}`,
      name: `Name ${n}`,
      note: n === 40 ? "long".repeat(99) : n === 41 ? "" : "x",
    },
  }));
  const samples = chooseSamples(records, { changedAt: at, fails: (value) => at(value).endsWith("021") });
  expect(samples.slice(0, 5).map(({ why, id }) => [why, id])).toEqual([
    ["newest", "57"],
    ["oldest", "0"],
    ["emptiest", "41"],
    ["longest", "40"],
    ["failing", "3"],
  ]);
  expect(samples).toHaveLength(25);
  expect(new Set(samples.map((sample) => sample.id)).size).toBe(25);
});

test("no record is longer than 16 kB, and all of them no longer than 256 kB, whatever they hold", () => {
  const wide = (n: number) => ({ a: "é".repeat(n), list: Array.from({ length: n }, (_, i) => ({ i, text: "y".repeat(300) })) });
  const records = Array.from({ length: 40 }, (_, n) => ({ id: String(n), value: wide(n * 50) }));
  const samples = chooseSamples(records, none);
  expect(JSON.stringify(samples).length).toBeLessThanOrEqual(256_100);
  for (const { source, cut } of samples) expect([JSON.stringify(source).length <= 16_000, cut || true]).toEqual([true, true]);
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 3_000 }), (value, times) => {
      const big = { value, many: Array(times).fill(value) };
      const made = shortened(big);
      expect(JSON.stringify(made.source).length).toBeLessThanOrEqual(16_000);
      if (!made.cut) expect(made.source).toBe(big);
    }),
    { numRuns: 50 },
  );
});

test("what somebody reads is kept when a record is too wide, as it came", () => {
  const names = Array.from({ length: 1_000 }, (_, n) => `own_field_${n + 1}`);
  const wide = { id: "1", properties: Object.fromEntries(names.map((name) => [name, `Value of ${name}`])), lines: [{ sku: "a" }] };
  const last = "properties.own_field_987";
  const at = (source: unknown, path: string) => compileReader(path)(source);
  expect(at(shortened(wide).source, last)).toBeUndefined();
  const { source, cut } = shortened(wide, 16_000, [last, "lines[].sku", "constructor.x"]);
  expect([cut, at(source, last), at(source, "lines[].sku")]).toEqual([true, "Value of own_field_987", ["a"]]);
  const [sample] = chooseSamples([{ id: "1", value: wide }], { ...none, keep: [last] });
  expect(at(sample?.source, last)).toBe("Value of own_field_987");
});

test("no records, no samples", () => expect(chooseSamples([], none)).toEqual([]));
