import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { STEPS, SYSTEMS } from "./live-systems.mjs";

const WORDS = { passed: "passed", failed: "**failed**", "not run": "not run" };

/** What a system's test wrote down; a step it did not get to has failed. `why` = the system could not be had at all. */
export function resultOf(dir, system, why) {
  if (why !== null)
    return {
      version: "",
      notes: [],
      also: {},
      steps: Object.fromEntries(Object.keys(STEPS).map((step) => [step, { state: "not run", why }])),
    };
  const file = path.join(dir, `${system}.json`);
  const told = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { version: "", notes: [], also: {}, steps: {} };
  const steps = Object.keys(STEPS).map((step) => [step, told.steps[step] ?? { state: "failed", why: "the test did not get that far" }]);
  return { ...told, steps: Object.fromEntries(steps) };
}

/** How many steps of all results are in which state. */
export function count(results) {
  const tally = { passed: 0, failed: 0, "not run": 0 };
  for (const { steps, also } of Object.values(results))
    for (const { state } of [...Object.values(steps), ...Object.values(also)]) tally[state]++;
  return tally;
}

const unique = (lines) => [...new Set(lines)];

/** The page docs/reference/live.md. The same results give the same page. */
export function pageOf(results) {
  const tally = count(results);
  const rows = Object.entries(results).map(([system, { version, steps }]) => {
    const cells = Object.values(steps).map(({ state }) => WORDS[state]);
    return `| ${SYSTEMS[system].title} | ${version || "–"} | ${SYSTEMS[system].connector} | ${cells.join(" | ")} |`;
  });
  const remarks = Object.entries(results).flatMap(([system, { notes, steps, also }]) => {
    const lines = [
      ...Object.entries(steps).flatMap(([step, { state, why }]) =>
        state === "passed" || !why ? [] : [`${STEPS[step]}, ${state}: ${why}`],
      ),
      ...Object.entries(also).map(([what, { state, why }]) => `${what}: ${WORDS[state]}${why ? `: ${why}` : ""}.`),
      ...notes,
    ];
    return lines.length === 0 ? [] : [`- **${SYSTEMS[system].title}**`, ...unique(lines).map((line) => `  - ${line}`)];
  });
  return `# Real servers

Written by \`npm run test:live\`. Our worker, runtime and database against servers that other people wrote: each is connected as a
customer would, read whole, read again after a change made through its own programming interface, read by a worker that dies by
SIGKILL between two pages and by the one that goes on, and offered a wrong credential. What we hold is compared with what the
server itself says to somebody else: every record, every field. What was not run is not passed.

${tally.passed} passed, ${tally.failed} failed, ${tally["not run"]} not run.

| system | version | connector | ${Object.values(STEPS).join(" | ")} |
|---|---|---|${Object.keys(STEPS)
    .map(() => "---|")
    .join("")}
${rows.join("\n")}

## What was not run, what stands between, what else was tried

${remarks.length === 0 ? "Nothing." : remarks.join("\n")}
`;
}
