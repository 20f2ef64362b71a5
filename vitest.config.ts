import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { defineConfig } from "vitest/config";

const alias = { "server-only": path.resolve(import.meta.dirname, "tests/support/empty.ts") };

/** What every connector claims, played through against its stand-in, and what it sends against what is published of it. */
const PROOF = ["server/connectors/conformance-*.test.ts", "server/proof/**/*.test.ts", "tests/contract/**/*.test.ts"];

/** Tests that change what a whole process shares: its environment, its modules, its prototypes. Each has a process of its own. */
const ALONE = [
  "scripts/**/*.test.ts",
  "components/embed/{authorization-popup,signed-token}.test.ts",
  "server/env.test.ts",
  "server/deps.test.ts",
  "server/mapping/{parity,paths}.test.ts",
  "server/runtime/egress-undici.test.ts",
  "server/words/messages.test.ts",
  "workflows/activities/keep-house.test.ts",
];

/** The database's tests that put another module in a module's place: alone, but for those that all put the same in the same place. */
const MOCKING = ["server", "workflows", "tests"]
  .flatMap((dir) => readdirSync(dir, { recursive: true, encoding: "utf8" }).map((file) => `${dir}/${file.replaceAll(path.sep, "/")}`))
  .filter((file) => file.endsWith(".db.test.ts"))
  .map((file) => ({ file, mocked: readFileSync(file, "utf8").match(/^vi\.mock\(.*/gm) ?? [] }))
  .filter(({ mocked }) => mocked.length > 0);
const holdsManifest = ({ mocked }: { mocked: readonly string[] }) => mocked.every((call) => call.includes("#tests/support/held-manifest"));
const DB_HELD = MOCKING.filter(holdsManifest).map(({ file }) => file);
const DB_ALONE = MOCKING.filter((one) => !holdsManifest(one)).map(({ file }) => file);

const DB = {
  globalSetup: ["tests/support/global.ts"],
  pool: "forks" as const,
  maxWorkers: 2,
  testTimeout: 30_000,
  hookTimeout: 60_000,
};

// `unit`, `alone` and the longer `proof` need nothing, `db`, `db-held` and `db-alone` a Postgres, `temporal` a Postgres and the Temporal server.
export default defineConfig({
  test: {
    reporters: ["default", "./tests/support/styles-reporter.ts"],
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["{server,workflows,components,scripts,tests}/**/*.test.{ts,tsx}"],
          exclude: ["**/*.db.test.ts", "**/*.temporal.test.ts", ...PROOF, ...ALONE, "node_modules/**"],
          pool: "forks",
          isolate: false, // loading the modules anew for each of 120 files takes longer than the tests
          maxWorkers: 2,
          testTimeout: 30_000, // property tests work for seconds
        },
      },
      {
        resolve: { alias },
        test: {
          name: "alone",
          include: ALONE,
          exclude: ["**/*.db.test.ts", "**/*.temporal.test.ts", "node_modules/**"],
          pool: "forks",
          maxWorkers: 2,
          testTimeout: 30_000,
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
          ...DB,
          name: "db",
          include: ["{server,workflows,tests}/**/*.db.test.ts"],
          exclude: [...DB_HELD, ...DB_ALONE],
          isolate: false,
        },
      },
      {
        resolve: { alias },
        test: { ...DB, name: "db-held", include: DB_HELD, isolate: false },
      },
      {
        resolve: { alias },
        test: { ...DB, name: "db-alone", include: DB_ALONE },
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
