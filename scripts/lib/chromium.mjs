import { existsSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./paths.mjs";
import { Stop, step } from "./progress.mjs";
import { run, tryRun } from "./run.mjs";

const SYSTEM = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const CLI = path.join(ROOT, "node_modules/@playwright/test/cli.js");
const isRoot = () => process.getuid?.() === 0;

/** Where Playwright fetches from; its own variable names a mirror. */
const downloadHost = () => process.env.PLAYWRIGHT_DOWNLOAD_HOST || "https://cdn.playwright.dev/";

/** A Chromium of the system's, or undefined. */
export const systemChromium = () => [process.env.INLAY_CHROMIUM, ...SYSTEM].find((file) => file && existsSync(file));

/** Playwright's own download, or undefined. */
async function downloaded() {
  const { chromium } = await import("@playwright/test");
  return existsSync(chromium.executablePath()) ? chromium.executablePath() : undefined;
}

async function reachable(url) {
  try {
    await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(4000) });
    return true;
  } catch {
    return false;
  }
}

/** Playwright's download; undefined when its host cannot be reached or what came is no good. `packages`: what it needs of the system's too. */
export async function fetchFromPlaywright({ packages = isRoot() } = {}) {
  if (!(await reachable(downloadHost()))) return undefined;
  const args = [CLI, "install", ...(packages ? ["--with-deps"] : []), "chromium"];
  return await step("Fetching Chromium", 60, async () => {
    await tryRun(process.execPath, args, { timeoutMs: 600_000 });
    return (await downloaded()) ?? null;
  });
}

async function installFromSystem() {
  if (!isRoot() || !existsSync("/usr/bin/apt-get")) return undefined;
  return await step("Installing Chromium from the system's packages", 40, async () => {
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await tryRun("apt-get", ["update", "-qq"], { env });
    await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-liberation"], {
      env,
      advice: "Install Chromium yourself and set INLAY_CHROMIUM to its path.",
    });
    return systemChromium();
  });
}

/** A Chromium for the end-to-end tests: Playwright's if it is or can be here, else the system's. */
export async function provideChromium() {
  const found =
    (await downloaded()) ?? process.env.INLAY_CHROMIUM ?? (await fetchFromPlaywright()) ?? systemChromium() ?? (await installFromSystem());
  if (found) return found;
  throw new Stop(
    "no Chromium for the end-to-end tests",
    "Install Chromium or Chrome and set INLAY_CHROMIUM to its path, then run this again.",
  );
}
