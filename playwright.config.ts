import { defineConfig } from "@playwright/test";
import { systemChromium } from "./scripts/lib/chromium.mjs";

const executablePath = systemChromium();

/** Specs that start products of their own: nothing they do is seen by the others. */
const OWN_PRODUCTS = /(adapt|faults|own-servers|processes)\.spec\.ts/;

export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results/e2e",
  globalSetup: "./tests/e2e/global-setup.ts",
  // One story on one running product: its specs share the data and run in order. The others go on beside it.
  projects: [
    { name: "shared", testIgnore: OWN_PRODUCTS, workers: 1 },
    { name: "own", testMatch: OWN_PRODUCTS, workers: 1 },
  ],
  workers: 2,
  fullyParallel: false,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: "line",
  use: {
    // What was done and when; pictures of every step cost more than the steps themselves (`--trace on` has them).
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: false, sources: false },
    screenshot: "only-on-failure",
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-default-apps",
        "--disable-features=Translate,OptimizationHints,MediaRouter",
      ],
    },
  },
});
