import type { FrameLocator, Page } from "@playwright/test";
import { WIDTHS } from "./e2e";
import { mint, type Place } from "./program";

/** The whole of the frame on a desk and on a telephone, as high as it is: a frame is only drawn where it is in sight. */
export async function shootFrame(page: Page, frame: FrameLocator, name: string): Promise<void> {
  const before = page.viewportSize();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const height = await frame.locator("html").evaluate((root) => root.getBoundingClientRect().height);
    await page.setViewportSize({ width, height: Math.min(3_000, Math.ceil(height) + (width === 390 ? 420 : 240)) });
    await page.waitForTimeout(300); // lets the frame's height settle
    await page.screenshot({ path: `test-results/screens/${name}-${width}.png` });
  }
  if (before) await page.setViewportSize(before);
}

/** The line of one field in a mapping, by its key. */
export const fieldLine = (frame: FrameLocator, target: string) => frame.locator(`[data-field="${target}"]`);

/** The demo's page with the marketplace of one customer in it. */
export async function openMarketplace(page: Page, place: Place, customer: string): Promise<FrameLocator> {
  await page.route("**/demo/session", async (route) => route.fulfill({ json: { token: (await mint(place, customer)).token } }));
  await page.goto(`${place.demoOrigin}/demo`);
  return page.frameLocator("iframe[title=Integrations]");
}
