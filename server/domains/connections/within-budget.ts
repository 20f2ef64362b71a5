/**
 * Does the work for each item, a few at a time, and starts none after the budget: what is left is for a later call. Work that
 * fails ends the whole, so it had better not.
 */
export async function withinBudget<T>(
  items: readonly T[],
  { atOnce, budgetMs }: { atOnce: number; budgetMs: number },
  work: (item: T) => Promise<void>,
): Promise<void> {
  const untilMs = performance.now() + budgetMs;
  const queue = items.values();
  const lane = async () => {
    while (performance.now() < untilMs) {
      const { done, value } = queue.next();
      if (done) return;
      await work(value);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
