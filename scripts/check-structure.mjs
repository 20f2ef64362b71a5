// Where things may lie and what they may be called: the rules of docs/rules.md that no linter knows.
import { listFiles, readSource } from "./lib/files.mjs";

const sources = listFiles(["app", "components", "server", "workflows", "scripts", "tests"], /\.(tsx?|mjs)$/);
const faults = [];
const fault = (file, what) => faults.push(`${file}: ${what}`);

// A connector's folder has a closed vocabulary.
const CONNECTOR_FILE =
  /^server\/connectors\/[a-z0-9-]+\/(manifest\.ts|objects\.ts|hooks\.ts|[a-z-]+\.test\.ts|README\.md|icon\.svg|fixtures\/.+)$/;
const CONNECTOR_TABLE = /^server\/connectors\/[a-z-]+(\.db)?(\.test)?\.ts$/;
for (const file of listFiles(["server/connectors"], /./)) {
  if (!CONNECTOR_FILE.test(file) && !CONNECTOR_TABLE.test(file))
    fault(file, "is not a file a connector may have (manifest.ts, objects.ts, hooks.ts, README.md, icon.svg, fixtures/)");
}

// A domain is one folder deep, and no folder has a drawer for odds and ends.
for (const file of listFiles(["server/domains"], /\.ts$/)) {
  if (file.split("/").length !== 4) fault(file, "domains are one folder deep: server/domains/<noun>/<verb>.ts");
}
for (const file of sources) {
  if (/\/(utils?|helpers?|common|misc|types)\.(tsx?|mjs)$/.test(file))
    fault(file, "says nothing by its name; name it after what it exports");
}

// No connector's name in generic code; no notes to oneself.
const connectors = [...new Set(listFiles(["server/connectors"], /\/manifest\.ts$/).map((file) => file.split("/")[2]))];
const named = new RegExp(`["'\`/](${connectors.join("|") || "-"})["'\`/]`);
for (const file of sources.filter((name) => !/\.test\.tsx?$/.test(name))) {
  const text = readSource(file);
  const generic = /^(app|server\/(runtime|mapping|trpc|rest|http|temporal|auth|db|lib|domains)|workflows|components)\//.test(file);
  const match = generic && !file.startsWith("server/domains/demo/") && named.exec(text);
  if (match) fault(file, `names the connector ${match[1]}; generic code knows manifests only`);
  if (/\b(TODO|FIXME)\b/.test(text) && file !== "scripts/check-structure.mjs")
    fault(file, "has a note to oneself (TODO, FIXME); do it or file an issue");
}

// Decisions are numbered without gaps; migrations say what they lock.
listFiles(["docs/adr"], /\.md$/).forEach((file, index) => {
  const number = String(index + 1).padStart(4, "0");
  if (!file.startsWith(`docs/adr/${number}-`)) fault(file, `should have number ${number}`);
});
// The first migration locks nothing: all it touches is made by it.
for (const file of listFiles(["drizzle"], /(?!0000)\d{4}_\w+\.sql$/))
  if (!readSource(file).startsWith("--")) fault(file, "must begin with a comment on what it locks");

for (const line of faults) console.error(`structure: ${line}`);
console.log(`structure: ${sources.length} sources, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
