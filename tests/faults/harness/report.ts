import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Result } from "./case";
import { CATALOGUE } from "./catalogue";
import type { Fault } from "./fault";
import { keep, testName } from "./found";

const PAGE = path.resolve("docs/reference/faults.md");

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
const linkTo = (file: string) => `[${path.basename(file)}](../../${file})`;

function outcomeOf(fault: Fault, played: Result[], fates: Map<string, string>): string {
  const parts = played.map((one) => (one.failed === null ? "passed" : `**failed**: ${one.failed.slice(0, 300)}`));
  if (fault.played && played.length === 0) parts.push("not played");
  for (const test of fault.tests ?? []) {
    const fate = fates.get(testName(test)) ?? "not run";
    parts.push(`${fate === "passed" ? "passed" : `**${fate}**`}: ${linkTo(test.file)}, “${test.name}”`);
  }
  if (!fault.played && !fault.tests) parts.push("not run");
  return parts.join("<br>");
}

function rowOf(fault: Fault, all: Result[], fates: Map<string, string>): string {
  const played = all.filter((one) => one.id === fault.id);
  const counts = played.flatMap(({ audit }) =>
    audit ? [`${audit.lost} / ${audit.doubled} / ${audit.falseDeleted} / ${audit.crossCustomer}`] : [],
  );
  const recovery = played.flatMap((one) => (one.recovery === null ? [] : [String(one.recovery)]));
  const shown = [...new Set(played.flatMap((one) => one.shown))].map((code) => `shown: \`${code}\``);
  const more = [...shown, ...played.flatMap((one) => one.figures), ...(fault.open ? [`*${fault.open}*`] : [])];
  const seeds = played.map((one) => `${one.at.slice(0, 10)}, ${one.seed}`);
  const columns = [
    fault.id,
    fault.what,
    outcomeOf(fault, played, fates),
    counts.join("<br>"),
    recovery.join("<br>"),
    more.join("<br>"),
    seeds.join("<br>"),
  ];
  return `| ${columns.map(cell).join(" | ")} |`;
}

const HEAD = `# Faults

What was done to the product, and what it did to the data. This page is written by \`npm run test:faults -- --report\` from what happened
in the runs; nobody edits it. Cases may be played one by one: what the latest run of each came to is kept in faults.json beside it.

Each case is played against real parts in processes of their own (Postgres, Temporal, workers, the public API, a third party and a vendor's
product that are simulated), with lines between them that can be cut. When it has become quiet, an auditor compares what the third party
really holds with what is stored and with what the vendor has made of the change feed alone. The four numbers are records **lost / doubled /
deleted although they live / in the wrong customer's hands**; all have to be 0. Besides, a case fails when one of these does not hold: positions
of the feed rise and none is missed by a reader who never stops (I4); every event is delivered, signed, and under one id (I5); no run says running
that nobody works on (I6); no token is used twice and nobody is asked to reconnect without need (I7); errors are of the closed list and tell nothing
from inside (I9); memory and connections stay within bounds, and no process ends by itself (I10); no secret stands in a log, a workflow's history or
readable in the database (I11). A fault that tests of the ordinary kind prove already names them; they are run along with the cases.
`;

/** Writes docs/reference/faults.md from what the latest run of each case, test and guard came to. */
export function writeReport(): void {
  const { cases, tests, guards } = keep();
  const all = Object.values(cases);
  const fates = new Map(tests.map((test) => [testName(test), test.fate]));
  const audited = all.flatMap((one) => (one.audit ? [one.audit] : []));
  const sum = (name: "records" | "lost" | "doubled" | "falseDeleted" | "crossCustomer") =>
    audited.reduce((total, one) => total + one[name], 0);
  const times = all.flatMap((one) => (one.recovery === null ? [] : [one.recovery])).sort((a, b) => a - b);
  const p = (of: number) => times[Math.min(times.length - 1, Math.floor(times.length * of))] ?? 0;
  const lines = [
    HEAD,
    `${all.length} cases played, ${all.filter((one) => one.failed === null).length} passed; ${tests.length} named tests, ${tests.filter((one) => one.fate === "passed").length} passed; ${guards.length} guards switched off, ${guards.filter((one) => one.noticed).length} noticed.`,
    `Over all cases: ${sum("records").toLocaleString("en")} records, lost ${sum("lost")}, doubled ${sum("doubled")}, deleted although they live ${sum("falseDeleted")}, in the wrong hands ${sum("crossCustomer")}.`,
    `Seconds from the end of the fault until everything was there again: half of the cases ${p(0.5)}, 95 of 100 ${p(0.95)}.`,
    "",
  ];
  for (const kind of [...new Set(CATALOGUE.map((fault) => fault.kind))]) {
    lines.push(
      `## ${kind[0]?.toUpperCase()}${kind.slice(1)}`,
      "",
      "| | fault | outcome | lost / doubled / false-deleted / cross-customer | recovery, s | what else | date, seed |",
      "|---|---|---|---|---|---|---|",
    );
    for (const fault of CATALOGUE.filter((one) => one.kind === kind)) lines.push(rowOf(fault, all, fates));
    lines.push("");
  }
  lines.push(
    "## Guards switched off",
    "",
    "One at a time, in the tests' own copy of code or database; the product has no such switch. The named test has to fail.",
    "",
  );
  lines.push("| without | test | noticed |", "|---|---|---|");
  for (const guard of guards)
    lines.push(
      `| ${cell(guard.what)} | ${linkTo(guard.test.file)}, “${cell(guard.test.name)}” | ${guard.noticed ? "yes" : `**no** (${cell(guard.why.slice(0, 200))})`} |`,
    );
  const unfair = all.find((one) => one.figures.some((figure) => figure.startsWith("without fairness")));
  if (unfair)
    lines.push(
      `| fairness between customers in Temporal's queue | F-84, ${cell(unfair.figures.join(", "))} | ${unfair.failed === null ? "yes" : "**no**"} |`,
    );
  writeFileSync(PAGE, `${lines.join("\n")}\n`);
}
