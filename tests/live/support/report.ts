import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "vitest";
import type { STEPS } from "../../../scripts/lib/live-systems.mjs";

export type Step = keyof typeof STEPS;
type Given = { npm: string; specs: string; debian: { dir: string; namespace: string[] } };

/** What scripts/live.mjs fetched for a system. */
export function givenFor(system: string): Given {
  const all = JSON.parse(process.env["INLAY_LIVE"] ?? "{}") as Record<string, Given>;
  const given = all[system];
  if (!given) throw new Error("run through `npm run test:live`");
  return given;
}

type States = Record<string, { state: string; why?: string }>;

/** One system's page of the report: each step is a test, and what came of it is written down as it happens. */
export function reportOf(system: string) {
  const told = { version: "", notes: [] as string[], steps: {} as States, also: {} as States };
  const save = () => {
    const dir = process.env["INLAY_LIVE_RESULTS"] ?? "test-results/live";
    mkdirSync(dir, { recursive: true });
    writeFileSync(path.join(dir, `${system}.json`), JSON.stringify(told, null, 2));
  };
  /** A test whose outcome is written down as it happens; until then it has failed. */
  const recorded = (states: States, name: string, work: () => Promise<void>) => {
    states[name] = { state: "failed", why: "the test did not get that far" };
    test(name, async () => {
      try {
        await work();
        states[name] = { state: "passed" };
      } catch (error) {
        states[name] = { state: "failed", why: String(error instanceof Error ? error.message : error).split("\n")[0] ?? "" };
        throw error;
      } finally {
        save();
      }
    });
  };
  return {
    version(text: string) {
      told.version = text;
      save();
    },
    /** What stands between us and the real thing, for the reader of the report. */
    note(text: string) {
      told.notes.push(text);
      save();
    },
    step: (name: Step, work: () => Promise<void>) => recorded(told.steps, name, work),
    /** What only this system can show. */
    also: (name: string, work: () => Promise<void>) => recorded(told.also, name, work),
    notRun(name: Step, why: string) {
      told.steps[name] = { state: "not run", why };
      save();
      test.skip(name);
    },
  };
}
