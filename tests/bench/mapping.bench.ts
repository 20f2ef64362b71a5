// Mapping alone: records a second of CPU (others may use the machine), for the plain case and for what costs more.
//   npm run bench mapping -- [--records=400000] [--runs=5]
import os from "node:os";
import type { ModelField } from "#server/domains/models/schema";
import { compileMapping } from "#server/mapping/compile";
import { ensureExpressions } from "#server/mapping/expression-slot";
import { FieldMapping } from "#server/mapping/schema";
import { mapByHand } from "./bare-loop";
import { median } from "./process-figures";

const args = Object.fromEntries(process.argv.slice(2).map((arg) => arg.replace(/^--/, "").split("=") as [string, string]));
const RECORDS = Number(args["records"] ?? 400_000);
const RUNS = Number(args["runs"] ?? 5);

const person = (index: number) => ({
  id: String(index),
  updated_at: "2026-01-15T10:00:00.000Z",
  created_at: "2025-01-15T10:00:00+02:00",
  properties: {
    email: `Ada.${index}@Example.com`,
    firstname: ` Ada${index} `,
    lastname: "Lovelace",
    phone: "030 123456",
    jobtitle: "Engineer",
    lifecyclestage: index % 2 ? "lead" : "customer",
    score: String(index % 100),
    amount: "12.5",
  },
  company: { name: "Globex" },
  address: { city: "London", country: "United Kingdom" },
  owner: { email: "owner@example.com" },
  lines: [
    { sku: "a", price: "10.5" },
    { sku: "b", price: "2" },
  ],
});
// A thousand different records, so that nothing is measured that happens to be in a cache.
const records = Array.from({ length: 1_000 }, (_, index) => person(index));

type Input = Record<string, unknown>;
const PLAIN: Input[] = [
  { target: "email", from: "properties.email", transforms: [{ type: "lowercase" }] },
  { target: "firstName", from: "properties.firstname" },
  { target: "lastName", from: "properties.lastname" },
  { target: "phone", from: "properties.phone" },
  { target: "jobTitle", from: "properties.jobtitle" },
  { target: "stage", from: "properties.lifecyclestage" },
  { target: "company", from: "company.name" },
  { target: "city", from: "address.city" },
  { target: "country", from: "address.country" },
  { target: "owner", from: "owner.email" },
  { target: "sourceUpdatedAt", from: "updated_at" },
  { target: "externalId", from: "id" },
];
const STRINGS: ModelField[] = PLAIN.map(({ target }) => ({
  key: String(target),
  name: String(target),
  type: target === "sourceUpdatedAt" ? "datetime" : "string",
  required: target === "email",
}));

const CASES: Record<string, { fields: Input[]; model: ModelField[] }> = {
  "12 fields": { fields: PLAIN, model: [] },
  "12 fields, types checked": { fields: PLAIN, model: STRINGS },
  "12 fields, half transformed": {
    fields: [
      { target: "email", from: "properties.email", transforms: [{ type: "trim" }, { type: "email" }] },
      { target: "firstName", from: "properties.firstname", transforms: [{ type: "trim" }, { type: "titlecase" }] },
      { target: "stage", from: "properties.lifecyclestage", values: { lead: "New", customer: "Won" } },
      { target: "score", from: "properties.score", transforms: [{ type: "number" }] },
      { target: "createdAt", from: "created_at", transforms: [{ type: "datetime" }] },
      { target: "amount", from: "properties.amount", transforms: [{ type: "decimal", digits: 2 }] },
      ...PLAIN.slice(5, 11),
    ],
    model: STRINGS,
  },
  "2 lists of 2 lines": {
    fields: [
      { target: "lines[].sku", from: "lines[].sku" },
      { target: "lines[].price", from: "lines[].price", transforms: [{ type: "number" }] },
    ],
    model: [],
  },
  "1 computed field": { fields: [{ target: "name", expression: 'properties.firstname + " " + properties.lastname' }], model: [] },
  "country, phone, money": {
    fields: [
      { target: "country", from: "address.country", transforms: [{ type: "country", as: "alpha2" }] },
      { target: "phone", from: "properties.phone", transforms: [{ type: "phone", country: "DE" }] },
      { target: "money", from: "properties.amount", transforms: [{ type: "money", currency: "EUR" }] },
    ],
    model: [],
  },
};

let sink = 0;

/** Records a second of CPU; wall and CPU in ms. */
function measure(run: (record: ReturnType<typeof person>) => unknown): { rate: number; wall: number; cpu: number } {
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  for (let index = 0; index < RECORDS; index++) {
    if (run(records[index % records.length] as ReturnType<typeof person>) !== undefined) sink++;
  }
  const wall = performance.now() - before;
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpu = (user + system) / 1000;
  return { rate: (RECORDS / cpu) * 1000, wall, cpu };
}

const runners: [string, (record: ReturnType<typeof person>) => unknown][] = [
  ["12 fields by hand, for comparison", (record) => mapByHand(record)],
];
for (const [name, { fields, model }] of Object.entries(CASES)) {
  const parsed = fields.map((field) => FieldMapping.parse(field));
  await ensureExpressions(parsed);
  const mapping = compileMapping(parsed, model);
  const first = mapping.apply(records[0]);
  if (!first.ok) throw new Error(`${name}: ${first.faults[0]?.message}`);
  runners.push([name, (record) => mapping.apply(record)]);
}
const results = new Map<string, ReturnType<typeof measure>[]>(runners.map(([name]) => [name, []]));
for (let round = 0; round <= RUNS; round++) {
  for (const [name, run] of runners) {
    const result = measure(run);
    if (round > 0) results.get(name)?.push(result);
  }
}
console.log(`mapping, ${RECORDS} records, median of ${RUNS}, one core of ${os.cpus()[0]?.model.trim()}, Node ${process.version}`);
for (const [name, all] of results) {
  const rate = median(all.map((result) => result.rate));
  const wall = median(all.map((result) => result.wall));
  const cpu = median(all.map((result) => result.cpu));
  console.log(
    `${name.padEnd(36)} ${(rate / 1e6).toFixed(2).padStart(6)}M records/s of CPU   wall ${wall.toFixed(0).padStart(5)} ms   CPU ${cpu.toFixed(0).padStart(5)} ms`,
  );
}
const AIM = 1e6;
// With types checked is how production maps.
const missed = ["12 fields", "12 fields, types checked"].filter(
  (name) => median((results.get(name) ?? []).map((result) => result.rate)) < AIM,
);
const verdict = missed.length === 0 ? "met" : `MISSED by ${missed.join(" and ")}`;
console.log(`aim of 1M records/s for 12 fields, with types checked too: ${verdict} (${sink > 0 ? "all mapped" : "nothing mapped"})`);
process.exitCode = missed.length === 0 ? 0 : 1;
