// `npm test`: verify, then everything that needs a database, Temporal or a browser. Brings along what it needs.
import { buildStale } from "./lib/build.mjs";
import { playwright, vitest } from "./lib/checks.mjs";
import { provideChromium } from "./lib/chromium.mjs";
import { checkNode, hydratePostgres, installGap, installPackages } from "./lib/install.mjs";
import { ensureWritable, homeOf } from "./lib/paths.mjs";
import { elapsedMs, explain, say, step } from "./lib/progress.mjs";
import { provideTemporal } from "./lib/temporal.mjs";
import { tally, verify } from "./lib/verify.mjs";

const home = homeOf();
const results = [];

/** A preparation that fails is told and counted, and the rest goes on without it. */
async function prepared(name, work) {
  try {
    return await work();
  } catch (error) {
    explain(error);
    results.push({ name, ok: false });
    return null;
  }
}

try {
  checkNode();
  ensureWritable(home);
  const provisions = [prepared("Temporal server", () => provideTemporal(home))]; // comes along while npm and the checks work
  const gap = installGap();
  if (gap) await step(`Installing packages (${gap})`, 45, (note) => installPackages(note, `${home}/logs/install.log`));
  await hydratePostgres();

  provisions.push(prepared("Chromium", provideChromium));

  results.push(...(await verify()));
  const [temporal, chromium] = await Promise.all(provisions);
  const built = prepared("build", () => buildStale({ log: `${home}/logs/build.log` }).then(() => true));
  // What waits goes beside what works: workflows for their timeouts, the database's tests for the database.
  const lanes = [vitest("db"), built.then(() => Promise.all([...(temporal ? [vitest("temporal")] : []), vitest("proof")]))];
  results.push(...(await Promise.all(lanes)).flat());
  if ((await built) && temporal && chromium) results.push(await playwright({ INLAY_CHROMIUM: chromium }));
} catch (error) {
  explain(error);
  results.push({ name: "preparation", ok: false });
}

for (const { name, ok } of results) if (!ok) say(`failed: ${name}`);
say(`It took ${(elapsedMs() / 60_000).toFixed(1)} min.`);
const { passed, failed } = tally(results);
say(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
