import { expect, test } from "vitest";
import { createRateLimit } from "./rate-limit";

test("a burst, then as many as come back, each key for itself", () => {
  const take = createRateLimit({ perSecond: 10, burst: 3 });
  expect([take("a", 0), take("a", 0), take("a", 0)].map(({ ok, remaining }) => [ok, remaining])).toEqual([
    [true, 2],
    [true, 1],
    [true, 0],
  ]);
  expect(take("a", 0)).toEqual({ ok: false, remaining: 0, resetMs: 100 });
  expect(take("b", 0).ok).toBe(true);
  expect(take("a", 99).ok).toBe(false);
  expect(take("a", 100).ok).toBe(true);
  expect(take("a", 10_000)).toEqual({ ok: true, remaining: 2, resetMs: 100 });
});

test("a clock that steps back gives nothing away", () => {
  const take = createRateLimit({ perSecond: 1, burst: 1 });
  expect(take("a", 5_000).ok).toBe(true);
  expect(take("a", 1_000).ok).toBe(false);
});
