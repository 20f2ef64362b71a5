// `npm run test:engines`: the built product in Firefox and WebKitGTK; what is not on the machine is told as "not run".
import path from "node:path";
import { ROOT } from "./lib/paths.mjs";
import { explain } from "./lib/progress.mjs";
import { run } from "./lib/run.mjs";

try {
  await run(process.execPath, ["--import", "tsx", path.join(ROOT, "tests", "engines", "main.ts")], { cwd: ROOT, inherit: true });
} catch (error) {
  process.exitCode = explain(error);
}
