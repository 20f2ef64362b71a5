import { expect, test } from "vitest";
import { nextDelayMs, retryAfterMs, SCHEDULE_MS } from "./schedule";

const now = new Date("2026-01-01T00:00:00Z");

test.each([
  ["120", 120_000],
  ["0", 0],
  ["Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
  ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
  ["999999999", 86_400_000],
  ["-1", null],
  ["soon", null],
  ["", null],
  [undefined, null],
])("Retry-After %s", (header, expected) => expect(retryAfterMs(header, now)).toBe(expected));

test("ten attempts, within 20 % of the plan, never sooner than asked, then no more", () => {
  for (let attempts = 1; attempts < SCHEDULE_MS.length; attempts++) {
    const plan = SCHEDULE_MS[attempts]!;
    expect(nextDelayMs(attempts, 0, null)).toBe(Math.round(plan * 0.8));
    expect(nextDelayMs(attempts, 0.999, null)).toBeLessThanOrEqual(plan * 1.2);
  }
  expect(nextDelayMs(1, 0.5, 60_000)).toBe(60_000);
  expect(nextDelayMs(SCHEDULE_MS.length, 0.5, 60_000)).toBeNull();
});
