import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CATALOGUE } from "./catalogue";
import type { NamedTest } from "./fault";
import { GUARDS } from "./guards";

type Report = { testResults: { name: string; assertionResults: { fullName: string; status: string }[] }[] };

/** Runs vitest; its report, or what it said when it gave none. */
async function vitest(args: string[], env: Record<string, string> = {}): Promise<Report | string> {
  const dir = mkdtempSync(path.join(tmpdir(), "inlay-faults-vitest-"));
  const file = path.join(dir, "report.json");
  try {
    const said = await new Promise<string>((resolve) => {
      const command = [path.resolve("node_modules/vitest/vitest.mjs"), "run", "--reporter=json", `--outputFile=${file}`, ...args];
      const child = spawn(process.execPath, command, { env: { ...process.env, NO_COLOR: "1", ...env }, stdio: ["ignore", "pipe", "pipe"] });
      let text = "";
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk) => {
          text = (text + chunk).slice(-4_000);
        });
      child.once("exit", () => resolve(text));
    });
    try {
      const report = JSON.parse(readFileSync(file, "utf8")) as Report;
      return report.testResults.length > 0 ? report : said; // what all tests need could not be set up
    } catch {
      return said;
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Of a named test: passed, failed, or not among those that ran. Of several that bear the name, all have to pass. */
function fateOf(report: Report, test: NamedTest): "passed" | "failed" | "missing" {
  const found = report.testResults
    .filter((one) => one.name.endsWith(`/${test.file}`))
    .flatMap((one) => one.assertionResults)
    .filter((one) => one.fullName.includes(test.name) && one.status !== "skipped" && one.status !== "pending");
  if (found.length === 0) return "missing";
  return found.every((one) => one.status === "passed") ? "passed" : "failed";
}

export type TestFate = NamedTest & { fate: string; at: string };

/** Runs every test that the catalogue names, those that need Temporal after the others, as their numbers of workers differ; the fate of each. */
export async function runNamedTests(): Promise<TestFate[]> {
  const tests = CATALOGUE.flatMap((fault) => fault.tests ?? []);
  const unique = [...new Map(tests.map((test) => [`${test.file} ${test.name}`, test])).values()];
  const report: Report = { testResults: [] };
  for (const temporal of [false, true]) {
    const files = new Set(unique.map((test) => test.file).filter((file) => file.includes(".temporal.test.") === temporal));
    const part = await vitest([...files]);
    if (typeof part === "string") throw new Error(`the named tests could not be run:\n${part}`);
    report.testResults.push(...part.testResults);
  }
  const at = new Date().toISOString();
  return unique.map((test) => ({ ...test, fate: fateOf(report, test), at }));
}

export type GuardFate = { what: string; test: NamedTest; noticed: boolean; why: string; at: string };

/** Switches each guard off and runs the test that has to notice. */
export async function runWithoutGuards(): Promise<GuardFate[]> {
  const fates: GuardFate[] = [];
  for (const [n, guard] of GUARDS.entries()) {
    const pattern = guard.test.name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const report = await vitest(["--config", "tests/faults/harness/guard-off.config.ts", "-t", pattern], { INLAY_GUARD_OFF: String(n) });
    const fate = typeof report === "string" ? `could not run: ${report.slice(-400)}` : fateOf(report, guard.test);
    fates.push({ what: guard.what, test: guard.test, noticed: fate === "failed", why: fate, at: new Date().toISOString() });
    console.log(`${fate === "failed" ? "✓" : "✗"} without “${guard.what}”: the test ${fate}`);
  }
  return fates;
}
