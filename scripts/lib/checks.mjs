import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./paths.mjs";
import { say } from "./progress.mjs";

const REPORTS = "test-results/reports";
export const tool = (name) => path.join(ROOT, "node_modules", ".bin", name);

function execute(command, args, env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, env: { ...process.env, NO_COLOR: "1", ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const take = (chunk) => {
      output = (output + chunk).slice(-100_000);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("error", (error) => resolve({ code: 127, output: error.message }));
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Runs commands one after the other until one fails; tells about it in a line, with the output when it failed. */
export async function check(name, commands, env = {}) {
  const since = Date.now();
  for (const [command, ...args] of commands) {
    const { code, output } = await execute(command, args, env);
    if (code === 0) continue;
    say(`✗ ${name} (${((Date.now() - since) / 1000).toFixed(1)} s)\n${output.trim().split("\n").slice(-120).join("\n")}\n`);
    return { name, ok: false };
  }
  say(`✓ ${name} (${((Date.now() - since) / 1000).toFixed(1)} s)`);
  return { name, ok: true };
}

function readReport(file) {
  if (!existsSync(file)) return null;
  return JSON.parse(readFileSync(file, "utf8"));
}

function countVitest(report) {
  const broken = report.testResults.filter(({ status, assertionResults }) => status === "failed" && assertionResults.length === 0).length;
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken };
}

const countPlaywright = ({ stats, errors = [] }) => ({ passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length });

/**
 * A test run that writes a JSON report: its tests count one by one. A run that fails without a failed test (it could not
 * even begin) counts as one failure.
 */
async function countedRun(name, kind, command, env, count) {
  const file = path.join(ROOT, REPORTS, `${kind}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const result = await check(name, [command(file)], env(file));
  const report = readReport(file);
  const counts = report ? count(report) : { passed: 0, failed: 0 };
  if (!result.ok && counts.failed === 0) counts.failed = 1;
  say(`  ${counts.passed} passed, ${counts.failed} failed`);
  return { ...result, ...counts };
}

/** The last one fails a run in which the test of a style of third parties did not pass. */
const REPORTERS = ["dot", "json", "./tests/support/styles-reporter.ts"].map((one) => `--reporter=${one}`);

/** What is several of vitest's projects (vitest.config.ts): tests that share their modules, and those that need a process each. */
const PROJECTS = { unit: ["unit", "alone"], db: ["db", "db-held", "db-alone"] };
const projectsOf = (name) => (PROJECTS[name] ?? [name]).flatMap((one) => ["--project", one]);

/** One of vitest's projects: unit, proof, db, temporal. */
export const vitest = (project, env = {}) =>
  countedRun(
    `${project} tests`,
    project,
    (file) => [tool("vitest"), "run", ...projectsOf(project), ...REPORTERS, `--outputFile=${file}`],
    () => env,
    countVitest,
  );

/** The walk through the product in a browser. */
export const playwright = (env = {}) =>
  countedRun(
    "end-to-end tests",
    "e2e",
    () => [tool("playwright"), "test", "--reporter=line,json"],
    (file) => ({ PLAYWRIGHT_JSON_OUTPUT_FILE: file, ...env }),
    countPlaywright,
  );
