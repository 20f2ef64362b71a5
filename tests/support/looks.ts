import { expect, type FrameLocator, type Page } from "@playwright/test";
import type { View } from "#components/widget/protocol";

/** What every state is photographed in, side by side: a light page, a dark one, a telephone, and from right to left on a dark telephone. */
const LOOKS = [
  { name: "light", width: 620, locale: "en", appearance: "light" },
  { name: "dark", width: 620, locale: "en", appearance: "dark" },
  { name: "narrow", width: 360, locale: "en", appearance: "light" },
  { name: "rtl", width: 360, locale: "ar", appearance: "dark" },
] as const;

const GROUNDS = { light: "#f6f3ec", dark: "#141b19" } as const;

type Shown = {
  publishableKey: string;
  token: string;
  view?: View;
  /** What the English frames say once they are there. */
  says: string | RegExp;
  /** Leads the frame from its first screen to the one that is meant. */
  lead?: (frame: FrameLocator, n: number) => Promise<void>;
};

/** Opens the marketplace four times above the page at hand, one for each look, and takes one picture of them: test-results/screens/<name>-looks.png. */
export async function shootLooks(page: Page, name: string, { publishableKey, token, view, says, lead }: Shown): Promise<void> {
  await page.evaluate(
    ({ looks, grounds, publishableKey, token, view }) => {
      document.getElementById("looks")?.remove();
      const board = document.body.appendChild(document.createElement("div"));
      board.id = "looks";
      board.style.cssText =
        "position:absolute;inset:0 auto auto 0;z-index:99;display:flex;align-items:flex-start;gap:8px;padding:8px;background:#dfe3e7";
      const { Inlay } = window as unknown as { Inlay: { open(options: object): unknown } };
      for (const { name, width, locale, appearance } of looks) {
        const mount = board.appendChild(document.createElement("div"));
        mount.id = `look-${name}`;
        mount.style.cssText = `width:${width}px;padding:16px;border-radius:8px;background:${grounds[appearance]}`;
        const theme = { appearance, background: grounds[appearance] };
        Inlay.open({ publishableKey, mount, session: async () => token, view, theme, locale });
      }
    },
    { looks: LOOKS, grounds: GROUNDS, publishableKey, token, view },
  );
  const frames = LOOKS.map(({ name: look }) => page.frameLocator(`#look-${look} iframe`));
  await Promise.all(
    frames.map(async (frame, n) => {
      await lead?.(frame, n);
      if (LOOKS[n]?.locale === "en") await expect(frame.getByText(says).first()).toBeVisible();
      else await expect(frame.locator("html")).toHaveAttribute("dir", "rtl");
    }),
  );
  await page.locator("#looks").screenshot({ path: `test-results/screens/${name}-looks.png`, animations: "disabled" });
}
