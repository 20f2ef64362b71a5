// Runs what is built already, out of INLAY_HOME: the part of `npm start` that tests and service managers use.
import { banner } from "./lib/banner.mjs";
import { homeOf } from "./lib/paths.mjs";
import { elapsedMs, say } from "./lib/progress.mjs";
import { serve } from "./lib/serve.mjs";
import { supervise } from "./lib/supervisor.mjs";
import { provideTemporal } from "./lib/temporal.mjs";

const home = homeOf();

await serve(async () => {
  const system = await supervise({ home, fast: process.argv.includes("--fast"), temporal: () => provideTemporal(home) });
  say(banner(system.info, elapsedMs()));
  return system;
});
