import path from "node:path";
import { defineConfig } from "vitest/config";

const alias = { "server-only": path.resolve(import.meta.dirname, "tests/support/empty.ts") };

/** What every connector claims, played through against its stand-in, and what it sends against what is published of it. */
const PROOF = ["server/connectors/conformance-*.test.ts", "server/proof/**/*.test.ts", "tests/contract/**/*.test.ts"];

// Four projects: `unit` and the longer `proof` need nothing, `db` a Postgres, `temporal` a Postgres and the Temporal server.
export default defineConfig({
  test: {
    reporters: ["default", "./tests/support/styles-reporter.ts"],
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["{server,workflows,components,scripts,tests}/**/*.test.{ts,tsx}"],
          exclude: ["**/*.db.test.ts", "**/*.temporal.test.ts", ...PROOF, "node_modules/**"],
          pool: "forks",
          maxWorkers: 2,
          testTimeout: 30_000, // property tests work for seconds
        },
      },
      {
        resolve: { alias },
        test: {
          name: "proof",
          include: PROOF,
          exclude: ["**/*.db.test.ts", "node_modules/**"],
          pool: "forks",
          maxWorkers: 2,
          testTimeout: 60_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "db",
          include: ["{server,workflows,tests}/**/*.db.test.ts"],
          globalSetup: ["tests/support/global.ts"],
          pool: "forks",
          maxWorkers: 2,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "temporal",
          include: ["{server,workflows,tests}/**/*.temporal.test.ts"],
          globalSetup: ["tests/support/global.ts", "tests/support/global-temporal.ts"],
          pool: "forks",
          maxWorkers: 3, // they wait for timeouts more than they work
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
