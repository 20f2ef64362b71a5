// Who may import whom (design: app → doors → domains → runtime, mapping, db → lib). Reads the import lines of every source.
import { listFiles, readSource } from "./lib/files.mjs";

const APP = [
  "components",
  "server/trpc",
  "server/rest",
  "server/auth",
  "server/deps",
  "server/env",
  "server/http",
  "server/lib",
  "server/words",
];

/** Room → rooms it may import. `type:` allows `import type` only. A room is the longest listed prefix of a path. */
const ROOMS = {
  app: APP,
  // Doors without a protocol of their own: their page or handler calls the verb itself.
  "app/connect": [...APP, "server/domains"],
  "app/embed": [...APP, "server/domains"],
  "app/demo": [...APP, "server/domains"],
  proxy: ["server/auth", "server/deps", "server/http", "server/rest", "server/words"],
  instrumentation: ["server/env"],
  components: [
    "server/mapping",
    "server/lib/errors",
    // The messages themselves come with the page: a browser holds one language only.
    "server/words/languages",
    "server/words/say",
    "type:server/words",
    "type:server/trpc",
    "type:server/rest",
    "type:server/domains",
    "type:server/lib",
    "type:server/db",
  ],
  "components/widget": ["type:components/embed/headless-calls"],
  "server/setup": ["server/deps", "server/env", "server/db", "server/domains", "server/lib"],
  "server/deps": ["server/env", "server/db", "server/runtime", "server/temporal", "server/lib"],
  "server/env": [],
  "server/trpc": [
    "server/domains",
    "server/auth",
    "server/deps",
    "server/env",
    "server/mapping",
    "server/lib",
    "type:server/db",
    "type:server/temporal",
    "server/words",
  ],
  "server/rest": ["server/domains", "server/auth", "server/deps", "server/lib", "type:server/db", "type:server/trpc/views"],
  "server/http": [
    "server/rest",
    "server/trpc",
    "server/auth",
    "server/deps",
    "server/env",
    "server/domains",
    "server/lib",
    "type:server/db",
  ],
  "server/auth": ["server/domains", "server/db", "server/deps", "server/env", "server/lib", "server/words"],
  "server/temporal": ["server/domains", "server/db", "server/lib", "workflows/contract"],
  "server/domains": [
    "server/proof",
    "server/ready",
    "server/runtime",
    "server/connectors",
    "server/mapping",
    "server/db",
    "server/lib",
    "type:workflows/contract",
    "type:server/temporal",
    "type:server/trpc/views",
    "server/words",
  ],
  "server/connectors": ["server/runtime", "server/lib"],
  // Plain data; what it must look like is said by types.
  "server/ready": ["type:server/domains", "type:server/mapping"],
  "server/runtime": ["server/connectors", "server/db", "server/lib"],
  "server/mapping": ["server/lib", "type:server/domains", "server/words"],
  "server/db": ["server/lib", "type:server/domains", "type:server/mapping", "type:server/runtime", "type:server/words"],
  // What customers read: leaves, like the lib.
  "server/words": [],
  "server/lib": ["type:server/db", "type:server/runtime", "type:server/temporal", "type:server/words"],
  // Types only: what stands in for a third party reads a manifest by itself.
  "server/simulator": ["type:server/runtime"],
  "server/proof": ["server/simulator", "server/runtime", "server/lib"],
  workflows: ["server/domains", "server/deps", "server/env", "server/temporal", "server/lib"],
  "workflows/contract": [],
  "workflows/definitions": ["workflows/contract"],
};

const names = Object.keys(ROOMS).sort((a, b) => b.length - a.length);
const isIn = (path, room) => path === room || path.startsWith(`${room}/`) || path.startsWith(`${room}.`);
const roomOf = (path) => names.find((room) => isIn(path, room));
const IMPORT = /^(?:import|export)\s+(type\s)?[^;]*?from\s+"([#.][^"]+)"|^import\s+"([#.][^"]+)"|\bimport\("([#.][^"]+)"\)/gm;

const faults = [];
let seen = 0;
for (const file of listFiles(["app", "components", "server", "workflows", "proxy.ts", "instrumentation.ts"], /\.tsx?$/)) {
  const room = roomOf(file);
  if (!room || /\.test\.tsx?$/.test(file)) continue;
  for (const [, type, from, bare, lazy] of readSource(file).matchAll(IMPORT)) {
    const spec = from ?? bare ?? lazy;
    const target = spec.startsWith("#") ? spec.slice(1) : new URL(spec, `file:///${file}`).pathname.slice(1);
    const allowed = [room, ...ROOMS[room]].some((rule) => isIn(target, rule.replace(/^type:/, "")) && (type || !rule.startsWith("type:")));
    seen++;
    if (!allowed) faults.push(`${file}: ${type ? "import type" : "import"} of ${target}`);
  }
}
if (seen === 0) faults.push("no imports were found at all: the check itself is broken");
for (const fault of faults) console.error(`layers: ${fault}`);
console.log(`layers: ${seen} imports, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
