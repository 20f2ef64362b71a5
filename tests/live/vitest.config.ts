import path from "node:path";
import { defineConfig } from "vitest/config";

const root = path.resolve(import.meta.dirname, "../..");

/** Run by scripts/live.mjs only: what these tests need is fetched there. Never part of `npm test`. */
export default defineConfig({
  root,
  resolve: { alias: { "server-only": path.join(root, "tests/support/empty.ts") } },
  test: {
    name: "live",
    include: ["tests/live/*.live.ts"],
    globalSetup: ["tests/support/global.ts", "tests/support/global-temporal.ts"],
    pool: "forks",
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 700_000,
  },
});
