import { expect, test } from "vitest";
import { expiryOf } from "./secret";

const leftMs = (lifetimeMs: number, how: Parameters<typeof expiryOf>[2]): number => {
  const { expiresAt, refreshAfter } = expiryOf(lifetimeMs, 0, how);
  return (expiresAt?.getTime() ?? 0) - (refreshAfter?.getTime() ?? 0);
};

test("a token is renewed a fifth of its life before its end, and no sooner than a third party allows where it says when", () => {
  expect([leftMs(600_000, { chance: 0 }), leftMs(600_000, { chance: 1 })]).toEqual([120_000, 150_000]);
  for (const chance of [0, 0.5, 1]) {
    expect(leftMs(600_000, { chance, earlyMs: 30_000 })).toBeLessThanOrEqual(30_000);
    expect(leftMs(600_000, { chance, earlyMs: 30_000 })).toBeGreaterThan(20_000);
  }
});
