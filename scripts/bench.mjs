// `npm run bench <name>`: one of tests/bench. Without a name: which there are.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { listFiles } from "./lib/files.mjs";
import { ROOT } from "./lib/paths.mjs";

const benches = Object.fromEntries(listFiles(["tests/bench"], /\.bench\.ts$/).map((file) => [path.basename(file, ".bench.ts"), file]));
const [name, ...rest] = process.argv.slice(2);
if (name && Object.hasOwn(benches, name)) {
  const run = spawnSync(process.execPath, ["--import", "tsx", "--expose-gc", benches[name], ...rest], { cwd: ROOT, stdio: "inherit" });
  process.exitCode = run.status ?? 1;
} else {
  console.error(`usage: npm run bench <name>, one of: ${Object.keys(benches).join(", ") || "(none yet)"}`);
  process.exitCode = 1;
}
