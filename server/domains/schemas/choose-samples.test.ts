import fc from "fast-check";
import { expect, test } from "vitest";
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

test("no records, no samples", () => expect(chooseSamples([], none)).toEqual([]));
