// `npm start`: from a fresh clone to a running product, without a question. Needs nothing installed: only Node itself.
import { banner } from "./lib/banner.mjs";
import { checkNode, hydratePostgres, installGap, installPackages } from "./lib/install.mjs";
import { takeLock } from "./lib/lock.mjs";
import { ensureWritable, homeOf } from "./lib/paths.mjs";
import { elapsedMs, say, step } from "./lib/progress.mjs";
import { serve } from "./lib/serve.mjs";
import { provideTemporal } from "./lib/temporal.mjs";

const home = homeOf();
const dev = process.argv.includes("--dev");

/** Installs and builds what is missing or stale. */
async function prepareSources() {
  const gap = installGap();
  if (gap) await step(`Installing packages (${gap})`, 45, (note) => installPackages(note, `${home}/logs/install.log`));
  await hydratePostgres();
  const { buildStale } = await import("./lib/build.mjs");
  await buildStale({ log: `${home}/logs/build.log`, ...(dev ? { only: ["widget", "bundles"] } : {}) });
}

await serve(async () => {
  checkNode();
  ensureWritable(home);
  const release = takeLock(home);
  process.once("exit", release);
  // The Temporal server does not need our packages: it is fetched or built meanwhile.
  const temporal = process.env.TEMPORAL_ADDRESS ? undefined : provideTemporal(home);
  temporal?.catch(() => {}); // told below, once
  await Promise.all([prepareSources(), temporal]);
  const { supervise } = await import("./lib/supervisor.mjs");
  const system = await step("Starting", 6, () => supervise({ home, dev, temporal: () => temporal }));
  say(banner(system.info, elapsedMs()));
  return system;
});
