import { mkdirSync } from "node:fs";
import { test as base, expect, type Frame, type Page } from "@playwright/test";
import axe from "axe-core";
import { type Running, startStack } from "./stack";

export { expect };

/** Widths at which every screen must hold: a desk and a telephone. */
export const WIDTHS = [1280, 390] as const;

type Shared = {
  /** One running product for all specs of a project that ask for it (playwright.config.ts): they share its data and run in order. */
  product: Running & { home: string };
};

type Fixtures = {
  /** Console errors and uncaught exceptions of this test's pages that are expected: add a pattern before they happen. */
  expectedErrors: RegExp[];
  /** At each of {@link WIDTHS}: saves test-results/screens/<name>-<width>.png, and has axe look as in `expectAccessible`. */
  shoot: (page: Page, name: string) => Promise<void>;
  /** Fails on a violation that axe calls serious or critical, frames included, at the width the page has. */
  expectAccessible: (page: Page) => Promise<void>;
};

async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync("test-results/screens", { recursive: true });
  const before = page.viewportSize();
  const resize = async (size: { width: number; height: number }) => {
    await page.setViewportSize(size);
    await page.waitForTimeout(250); // lets transitions and the frame's height settle: a press meanwhile would miss its button
  };
  for (const width of WIDTHS) {
    await resize({ width, height: width > 600 ? 860 : 844 });
    await page.screenshot({ path: `test-results/screens/${name}-${width}.png`, fullPage: true });
    await expectAccessible(page);
  }
  if (before) await resize(before);
}

/** What axe finds in one document. The script is put there once, and frames are asked one by one: that costs a quarter of the packaged way. */
async function violationsIn(frame: Frame): Promise<axe.Result[]> {
  if (!(await frame.evaluate(() => "axe" in window))) await frame.evaluate(axe.source);
  return frame.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    return (await axe.run(document, { resultTypes: ["violations"], iframes: false })).violations;
  });
}

/** What fades in is judged once it is there: half of it has half the contrast. */
const settled = (frame: Frame) =>
  frame.evaluate(async () => {
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });

async function expectAccessible(page: Page): Promise<void> {
  await Promise.all(page.frames().map(settled));
  const found = (await Promise.all(page.frames().map(violationsIn))).flat();
  const serious = found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map(({ html }) => html.slice(0, 160)).join("\n  ")}`);
  expect(serious, `${page.url()} at ${page.viewportSize()?.width} px`).toEqual([]);
}

/** Playwright's `test` that also fails on any console error or uncaught exception in any page or frame. */
export const test = base.extend<Fixtures, Shared>({
  product: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape
    async ({}, use) => {
      const stack = await startStack();
      await use({ ...stack.running(), home: stack.home });
      await stack.stop();
    },
    { scope: "worker", timeout: 180_000 },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape
  expectedErrors: async ({}, use) => use([]),
  context: async ({ context, expectedErrors }, use) => {
    const errors: string[] = [];
    context.on("console", (message) => {
      if (message.type() === "error") errors.push(`${message.text()} (${message.location().url})`);
    });
    context.on("weberror", (error) => errors.push(String(error.error().stack ?? error.error())));
    await use(context);
    expect(errors.filter((text) => !expectedErrors.some((pattern) => pattern.test(text)))).toEqual([]);
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape
  shoot: async ({}, use) => use(shoot),
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape
  expectAccessible: async ({}, use) => use(expectAccessible),
});
