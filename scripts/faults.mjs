// `npm run test:faults -- [--only F-12] [--seed 7] [--fast] [--report]`: see docs/reference/faults.md.
import { spawnSync } from "node:child_process";
import { hydratePostgres } from "./lib/install.mjs";
import { ROOT } from "./lib/paths.mjs";

await hydratePostgres();
const run = spawnSync(
  process.execPath,
  ["--import", "./scripts/lib/driver-hook.mjs", "--import", "tsx", "tests/faults/harness/main.ts", ...process.argv.slice(2)],
  {
    cwd: ROOT,
    stdio: "inherit",
  },
);
process.exitCode = run.status ?? 1;
