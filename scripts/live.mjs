// `npm run test:live [-- system …]`: real servers, written by others. Fetches them, runs tests/live, writes docs/reference/live.md.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { tool } from "./lib/checks.mjs";
import { provideDebian } from "./lib/debian.mjs";
import { hydratePostgres } from "./lib/install.mjs";
import { count, pageOf, resultOf } from "./lib/live-report.mjs";
import { STEPS, SYSTEMS } from "./lib/live-systems.mjs";
import { ensureWritable, homeOf, ROOT, userCache } from "./lib/paths.mjs";
import { explain, say, step } from "./lib/progress.mjs";
import { run } from "./lib/run.mjs";
import { provideTemporal } from "./lib/temporal.mjs";

const HERE = path.join(ROOT, "tests", "live", "servers");
const cache = path.join(userCache(), "live");
const results = path.join(ROOT, "test-results", "live");
const page = path.join(ROOT, "docs", "reference", "live.md");

/** Installs tests/live/servers/package.json into a folder of the cache, which is named after what is in its lock. */
async function provideNpm() {
  const lock = readFileSync(path.join(HERE, "package-lock.json"));
  const dir = path.join(cache, `npm-${createHash("sha256").update(lock).digest("hex").slice(0, 12)}`);
  if (existsSync(dir)) return dir;
  const partial = `${dir}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) cpSync(path.join(HERE, name), path.join(partial, name));
  await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: partial,
    advice: "Needs an npm registry.",
  });
  renameSync(partial, dir);
  return dir;
}

function provideSpecs(name) {
  const file = path.join(process.env.INLAY_SPECS ?? path.join(ROOT, "..", "shared", "specs"), `${name}.gz`);
  return existsSync(file) ? file : null;
}

const npm = { dir: null };
/** What a system's test is given, or `why` there is none. */
async function provide({ needs }) {
  const given = {};
  try {
    if (needs.specs) {
      given.specs = provideSpecs(needs.specs);
      if (given.specs === null) return { why: `the published description (${needs.specs}) is not beside the checkout` };
    }
    if (needs.npm) {
      npm.dir ??= await step("Installing npm packages", 40, provideNpm);
      given.npm = npm.dir;
    }
    if (needs.debian) given.debian = await step(`Fetching ${needs.debian[0]} from Debian`, 30, () => provideDebian(needs.debian, cache));
    return { ...given, why: null };
  } catch (error) {
    return { why: error.message.split("\n")[0] };
  }
}

function execute(systems, given) {
  const files = systems.map((system) => `tests/live/${system}.live.ts`);
  const args = ["run", "--config", "tests/live/vitest.config.ts", ...files];
  return run(tool("vitest"), args, {
    inherit: true,
    env: { INLAY_LIVE: JSON.stringify(given), INLAY_LIVE_RESULTS: results, NO_COLOR: "1" },
  });
}

try {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((system) => !Object.hasOwn(SYSTEMS, system));
  if (unknown.length > 0) throw new Error(`there is no ${unknown.join(", ")}; there are ${Object.keys(SYSTEMS).join(", ")}`);
  const systems = asked.length > 0 ? asked : Object.keys(SYSTEMS);
  ensureWritable(homeOf());
  ensureWritable(cache);
  await hydratePostgres();
  await step("Temporal server", 10, () => provideTemporal(homeOf()));
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });

  const given = {};
  for (const system of systems) given[system] = await provide(SYSTEMS[system]);
  const there = systems.filter((system) => given[system].why === null);
  if (there.length > 0) await execute(there, given).catch(() => {}); // what failed is in the results
  const found = Object.fromEntries(systems.map((system) => [system, resultOf(results, system, given[system].why)]));

  for (const [system, { steps, also }] of Object.entries(found))
    for (const [name, { state, why }] of Object.entries({ ...steps, ...also }))
      if (state !== "passed") say(`${state}: ${system}, ${STEPS[name] ?? name}: ${why}`);
  if (asked.length === 0) writeFileSync(page, pageOf(found));
  const tally = count(found);
  say(`${tally.passed} passed, ${tally.failed} failed, ${tally["not run"]} not run`);
  process.exitCode = tally.failed > 0 ? 1 : 0;
} catch (error) {
  explain(error);
  process.exitCode = 1;
}
