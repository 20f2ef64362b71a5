import { defineConfig } from "@playwright/test";
import { systemChromium } from "./scripts/lib/chromium.mjs";

const executablePath = systemChromium();

/** Specs that go on from the story on its product, and specs that change what is seen of accounts, each on a product of its own. */
const STORY = /(adapt|chain|story|version-rollout|wrong-input)\.spec\.ts/;
/** Specs that start, kill and starve products of their own, and customers' whole ways with a connector. */
const WAYS = /(both-ways|calls-and-deletes|faults|own-servers|private-connector|processes)\.spec\.ts/;

export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results/e2e",
  // Three rows, each with a product whose data its specs share: in a row they run in order. They wait as much as they work.
  projects: [
    { name: "screens", testIgnore: [STORY, WAYS], workers: 1 },
    { name: "story", testMatch: STORY, workers: 1 },
    { name: "ways", testMatch: WAYS, workers: 1 },
  ],
  workers: 3,
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
        // All frames in one process: a frame of its own is told late where it stands when the page scrolls or changes its width, and a press
        // meanwhile goes to where its button was. Origins, cookies and storage stay apart all the same.
        "--disable-site-isolation-trials",
        "--disable-features=Translate,OptimizationHints,MediaRouter,IsolateOrigins,site-per-process",
      ],
    },
  },
});
