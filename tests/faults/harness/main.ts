// `npm run test:faults`: plays faults against the real parts and lets the auditor look at what they left behind.
//   npm run test:faults -- [--only F-12,F-14,tests,guards] [--seed 7] [--fast] [--report]
// `--report` takes what was found here into docs/reference/faults.json and writes faults.md from it, also after a part of the cases.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { buildStale } from "../../../scripts/lib/build.mjs";
import { audit } from "./auditor";
import { type Bed, startBed } from "./bed";
import type { Case, Result } from "./case";
import { CASES } from "./cases/all";
import { nameOf, note } from "./found";
import { writeReport } from "./report";
import { runNamedTests, runWithoutGuards } from "./vitest-runs";

const { values } = parseArgs({
  options: { only: { type: "string" }, seed: { type: "string" }, fast: { type: "boolean" }, report: { type: "boolean" } },
});
const only = values.only?.toUpperCase().split(",").filter(Boolean);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1e6));
/** Whether the named tests, or the guards, are run: with the whole, or by name. */
const wanted = (what: "TESTS" | "GUARDS"): boolean => only?.includes(what) ?? !values.fast;

/** A case that takes eight times as long as it should has come to a halt. */
const patience = (one: Case): number => Math.max(240, one.seconds * 8) * 1_000;

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
    const ran = one.run(bed, {
      recovery: (seconds) => {
        result.recovery = Math.round(seconds * 10) / 10;
      },
      figure: (what, value) => void result.figures.push(`${what}: ${typeof value === "number" ? value.toLocaleString("en") : value}`),
      shown: (code) => void result.shown.push(code),
    });
    const over = sleep(patience(one), null, { ref: false }).then(() => Promise.reject(new Error(`not over in ${patience(one) / 1_000} s`)));
    const accounts = await Promise.race([ran, over]);
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
const chosen = CASES.filter((one) => (only ? only.includes(one.id) : !values.fast || one.fast));
const beds = new Set<Bed>();
const made = async (one: Case): Promise<Bed> => {
  const bed = await startBed({ seed, ...one.own });
  beds.add(bed);
  return bed;
};
const unmade = async (bed: Bed): Promise<void> => {
  beds.delete(bed);
  if (process.env["INLAY_FAULTS_SAID"]) console.log(bed.said.join(""));
  await bed.stop();
};
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void Promise.allSettled([...beds].map((bed) => bed.stop())).then(() => process.exit(130)));

let shared: Bed | null = null;
let failures = 0;
for (const one of chosen) {
  if (!one.own) shared ??= await made(one);
  const bed = one.own ? await made(one) : (shared as Bed);
  const result = await play(one, bed);
  tellOf(result);
  note(nameOf(one), result);
  if (result.failed !== null) failures++;
  if (one.own) await unmade(bed);
  else if (result.failed === null) await clear(bed);
  else {
    // Whatever went wrong, it is not handed on.
    await unmade(bed);
    shared = null;
  }
}
if (shared) await unmade(shared);

if (wanted("TESTS")) {
  const tests = await runNamedTests();
  for (const { file, name, fate } of tests.filter((one) => one.fate !== "passed")) console.log(`✗ ${file}: “${name}” ${fate}`);
  note("tests", tests);
  failures += tests.filter((one) => one.fate !== "passed").length;
}
if (wanted("GUARDS")) {
  const guards = await runWithoutGuards();
  note("guards", guards);
  failures += guards.filter((one) => !one.noticed).length;
}
if (values.report || (!only && !values.fast)) writeReport();
process.exitCode = failures > 0 ? 1 : 0;
