import { expect, test } from "vitest";
import { withinBudget } from "./within-budget";

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

test("does so many at once, each once, and starts none after the budget", async () => {
  let now = 0;
  let most = 0;
  const begun: number[] = [];
  await withinBudget(
    Array.from({ length: 100 }, (_, i) => i),
    { atOnce: 4, budgetMs: 50 },
    async (item) => {
      begun.push(item);
      most = Math.max(most, ++now);
      await sleep(30);
      now--;
    },
  );
  expect(most).toBe(4);
  expect(begun.length).toBeGreaterThanOrEqual(4);
  expect(begun.length).toBeLessThanOrEqual(8);
  expect(new Set(begun).size).toBe(begun.length);
  expect(now).toBe(0);
});
