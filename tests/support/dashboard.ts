import type { Page } from "@playwright/test";

/** Into the dashboard as the demo's admin. */
export async function signIn(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await page.getByRole("button", { name: "Continue as the demo's admin" }).click();
  await page.waitForURL(/\/overview/);
}

/** Chooses an option of a select by what both are called. */
export async function pick(page: Page, label: string, option: string | RegExp): Promise<void> {
  await page.getByRole("combobox", { name: label }).click();
  await page.getByRole("option", { name: option }).click();
}

/** How long the page's longest task was while something was done, in ms: what is under 50 is not noticed. */
export async function slowest(page: Page, work: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(window, { seenTasks: seen });
    new PerformanceObserver((list) => seen.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
  });
  await work();
  return page.evaluate(() => Math.round(Math.max(0, ...((window as unknown as { seenTasks: number[] }).seenTasks ?? []))));
}
