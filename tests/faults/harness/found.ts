import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Case, Result } from "./case";
import { CATALOGUE } from "./catalogue";
import { GUARDS } from "./guards";
import type { GuardFate, TestFate } from "./vitest-runs";

/** What the latest run of each case, named test and guard came to. */
export type Found = { cases: Record<string, Result>; tests: TestFate[]; guards: GuardFate[] };

/** What this checkout has found lately, a file a case; nobody keeps it. */
const FRESH = path.resolve("test-results/faults");
/** What is kept, beside the page that is written from it. */
const KEPT = path.resolve("docs/reference/faults.json");

const read = <T>(file: string): T | null => (existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T) : null);

/** F-84 is played twice, once without fairness. */
export const nameOf = (one: Case): string => (one.own?.fair === false ? `${one.id}-unfair` : one.id);

/** Notes what a run came to: a case by its name, or all `tests` or `guards`. */
export function note(name: string, what: Result | TestFate[] | GuardFate[]): void {
  mkdirSync(FRESH, { recursive: true });
  writeFileSync(path.join(FRESH, `${name}.json`), `${JSON.stringify(what, null, 1)}\n`);
}

/** The later one of each, `fresh` or kept; what the catalogue no longer names is left out. */
function merged<T extends { at: string }>(kept: T[], fresh: T[], named: string[], nameOf: (one: T) => string): T[] {
  const latest = new Map<string, T>();
  for (const one of [...kept, ...fresh]) if ((latest.get(nameOf(one))?.at ?? "") <= one.at) latest.set(nameOf(one), one);
  return named.flatMap((name) => latest.get(name) ?? []);
}

export const testName = (test: { file: string; name: string }): string => `${test.file} ${test.name}`;

/** Takes what was found here into what is kept, and returns the whole. */
export function keep(): Found {
  const kept = read<Found>(KEPT) ?? { cases: {}, tests: [], guards: [] };
  const files = existsSync(FRESH) ? readdirSync(FRESH).filter((name) => /^F-\d+(-unfair)?\.json$/.test(name)) : [];
  const fresh = files.map((file): [string, Result] => [file.replace(".json", ""), read<Result>(path.join(FRESH, file)) as Result]);
  const cases = { ...kept.cases };
  for (const [name, one] of fresh) if ((cases[name]?.at ?? "") <= one.at) cases[name] = one;
  const played = CATALOGUE.filter((fault) => fault.played).flatMap((fault) => [fault.id, `${fault.id}-unfair`]);
  const tests = CATALOGUE.flatMap((fault) => fault.tests ?? []).map(testName);
  const found: Found = {
    cases: Object.fromEntries(played.flatMap((name) => (cases[name] ? [[name, cases[name]]] : []))),
    tests: merged(kept.tests, read<TestFate[]>(path.join(FRESH, "tests.json")) ?? [], [...new Set(tests)], testName),
    guards: merged(
      kept.guards,
      read<GuardFate[]>(path.join(FRESH, "guards.json")) ?? [],
      GUARDS.map((guard) => guard.what),
      (guard) => guard.what,
    ),
  };
  writeFileSync(KEPT, `${JSON.stringify(found, null, 1)}\n`);
  return found;
}
