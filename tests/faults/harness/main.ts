// `npm run test:faults`: plays faults against the real parts and lets the auditor look at what they left behind.
//   npm run test:faults -- [--only F-12,F-14] [--seed 7] [--fast] [--report]
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { buildStale } from "../../../scripts/lib/build.mjs";
import { audit } from "./auditor";
import { type Bed, startBed } from "./bed";
import type { Case, Result } from "./case";
import { CASES } from "./cases/all";

const { values } = parseArgs({
  options: { only: { type: "string" }, seed: { type: "string" }, fast: { type: "boolean" }, report: { type: "boolean" } },
});
const only = values.only?.toUpperCase().split(",");
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e6));
const RESULTS = path.resolve("test-results/faults");

async function play(one: Case, bed: Bed): Promise<Result> {
  const since = performance.now();
  const result: Result = {
    id: one.id,
    seed: bed.seed,
    at: new Date().toISOString(),
    seconds: 0,
    recovery: null,
    figures: [],
    shown: [],
    audit: null,
    failed: null,
  };
  try {
    const accounts = await one.run(bed, {
      recovery: (seconds) => {
        result.recovery = Math.round(seconds * 10) / 10;
      },
      figure: (what, value) => void result.figures.push(`${what}: ${typeof value === "number" ? value.toLocaleString("en") : value}`),
      shown: (code) => void result.shown.push(code),
    });
    const found = await audit(bed, accounts ?? bed.accounts);
    result.audit = found;
    const wrong = (["lost", "doubled", "falseDeleted", "crossCustomer"] as const).filter((name) => found[name] > 0);
    const faults = [...wrong.map((name) => `${name} ${found[name]}`), ...found.broken];
    if (faults.length > 0) result.failed = faults.join("; ");
  } catch (error) {
    result.failed = error instanceof Error ? error.message : String(error);
  }
  result.seconds = Math.round((performance.now() - since) / 100) / 10;
  return result;
}

/** After a case: nothing of it reaches the next one. */
async function clear(bed: Bed): Promise<void> {
  for (const worker of bed.workers) await bed.killWorker(worker);
  bed.lines.postgres.inspect(null);
  bed.lines.postgres.release();
  bed.lines.temporal.release();
  bed.thirdParty.honest();
  bed.vendor.behave(() => 204);
  bed.expected.reauth = 0;
  await bed.control({ latencyMs: 0, clockAheadMs: 0, fail: null });
  await bed.owner`update streams set status = 'off'`;
}

function tellOf(result: Result): void {
  const { audit: found } = result;
  const counts = found
    ? `records ${found.records}, lost ${found.lost}, doubled ${found.doubled}, false-deleted ${found.falseDeleted}, cross-customer ${found.crossCustomer}`
    : "not audited";
  console.log(
    `${result.failed === null ? "✓" : "✗"} ${result.id} (${result.seconds} s, seed ${result.seed}) ${counts}, recovery ${result.recovery ?? "-"} s`,
  );
  for (const figure of [...result.figures, ...result.shown.map((code) => `shown: ${code}`)]) console.log(`    ${figure}`);
  if (result.failed !== null) console.log(`    FAILED: ${result.failed}`);
}

await buildStale({ only: ["bundles", "workflows"] });
mkdirSync(RESULTS, { recursive: true });
const chosen = CASES.filter((one) => (only ? only.includes(one.id) : !values.fast || one.fast));
let shared: Bed | null = null;
let failures = 0;
for (const one of chosen) {
  if (!one.own) shared ??= await startBed({ seed });
  const bed = one.own ? await startBed({ seed, ...one.own }) : (shared as Bed);
  const result = await play(one, bed);
  if (result.failed !== null) failures++;
  tellOf(result);
  writeFileSync(path.join(RESULTS, `${one.id}.json`), `${JSON.stringify(result, null, 1)}\n`);
  if (one.own) await bed.stop();
  else await clear(bed);
  if (one.own && process.env["INLAY_FAULTS_SAID"]) console.log(bed.said.join(""));
}
if (process.env["INLAY_FAULTS_SAID"] && shared) console.log(shared.said.join(""));
await shared?.stop();
process.exitCode = failures > 0 ? 1 : 0;
