// Calls of third parties: the product's lean door beside bare node:http doing the same durable work, in turns.
//   npm run bench ingress -- [--seconds=5] [--rounds=3] [--connections=50] [--warm=2]
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import postgres from "postgres";
import { createInboundEndpoint } from "#server/domains/inbox/create-inbound-endpoint";
import { createDatabase, startCluster } from "#tests/support/postgres";
import { createScene, memberCtx, testDeps } from "#tests/support/world";
import { type Fired, fire } from "./fire";
import { cpuMs, median, memoryMb } from "./process-figures";

const args = Object.fromEntries(process.argv.slice(2).map((arg) => arg.replace(/^--/, "").split("=") as [string, string]));
const SECONDS = Number(args["seconds"] ?? 5);
const ROUNDS = Number(args["rounds"] ?? 3);
const CONNECTIONS = Number(args["connections"] ?? 50);
const WARM_SECONDS = Number(args["warm"] ?? 2);
const ORIGIN = "https://app.inlay.example";
const SECRET = "secret"; // of the scene's integration
const KINDS = ["bare", "bare-group", "product"] as const;
type Kind = (typeof KINDS)[number];

const cluster = await startCluster({ durable: true });
const db = await createDatabase(cluster.url);
const owner = postgres(db.url, { max: 1, onnotice: () => {} });
await owner.unsafe(
  "create table bare_inbox (event_id text primary key, payload jsonb not null, received_at timestamptz not null default now())",
);
const deps = testDeps(db.url);
const scene = await createScene(owner);
const endpoint = await createInboundEndpoint(
  { ...memberCtx(deps, scene), config: { ...deps.config, origin: ORIGIN } },
  { integrationId: scene.integration },
);
const path = new URL(endpoint.url).pathname;
const [{ account_id: account }] = (await owner`select account_id from connections where id = ${scene.connection}`) as unknown as [
  { account_id: string },
];

let serial = 0;
/** One call as it goes over the wire; every twentieth repeats an earlier event. */
function request(): Buffer {
  const id = serial++ % 20 === 19 ? serial - 10 : serial;
  const body = JSON.stringify([
    {
      eventId: id,
      subscriptionId: 1,
      portalId: account,
      appId: 1,
      occurredAt: 1_795_000_000_000 + id,
      subscriptionType: "contact.propertyChange",
      attemptNumber: 0,
      objectId: id,
      propertyName: "email",
      propertyValue: `contact.${id}@company.example.com`,
      note: "x".repeat(180),
    },
  ]);
  const ts = String(Date.now());
  const signature = createHmac("sha256", SECRET).update(`POST${ORIGIN}${path}${body}${ts}`).digest("base64");
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: app.inlay.example\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nx-hubspot-signature-v3: ${signature}\r\nx-hubspot-request-timestamp: ${ts}\r\n\r\n${body}`,
  );
}

async function start(kind: Kind): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, ["--import", "tsx", "tests/bench/ingress-server.ts", kind, db.url, ORIGIN, SECRET], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  return { child, port: Number(String(line)) };
}

type Row = Fired & { cpu: number; memory: number };
const results: Record<Kind, Row[]> = { bare: [], "bare-group": [], product: [] };

async function measure(kind: Kind): Promise<void> {
  await owner.unsafe("truncate bare_inbox, inbox");
  await owner.unsafe("checkpoint");
  const { child, port } = await start(kind);
  try {
    await fire(port, WARM_SECONDS, CONNECTIONS, request);
    const before = serial;
    const cpu = cpuMs(child.pid);
    const row = await fire(port, SECONDS, CONNECTIONS, request);
    results[kind].push({ ...row, cpu: ((cpuMs(child.pid) - cpu) / row.calls) * 1_000, memory: memoryMb(child.pid).peak });
    // Every call that was answered with 200 is there, and every event once.
    const table = kind === "product" ? "inbox" : "bare_inbox";
    const [{ n }] = (await owner.unsafe(`select count(*)::int as n from ${table}`)) as unknown as [{ n: number }];
    if (n < (serial - before) * 0.94) throw new Error(`${kind}: ${n} rows for ${serial - before} calls`);
  } finally {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
}

try {
  for (let round = 0; round < ROUNDS; round++) for (const kind of KINDS) await measure(kind);
  const of = (kind: Kind, what: keyof Row) => median(results[kind].map((row) => row[what]));
  console.log(
    `\n${CONNECTIONS} connections, ${SECONDS} s, median of ${ROUNDS} (min–max): verify, dedupe, durable insert; Postgres with its own settings\n`,
  );
  for (const kind of KINDS) {
    const rates = results[kind].map((row) => Math.round(row.rate));
    console.log(
      `${kind.padEnd(11)} ${Math.round(of(kind, "rate")).toLocaleString("en").padStart(7)} calls/s  ${`${Math.min(...rates)}–${Math.max(...rates)}`.padStart(13)}  p50 ${of(kind, "p50").toFixed(1).padStart(5)} ms  p99 ${of(kind, "p99").toFixed(1).padStart(5)} ms  max ${of(kind, "most").toFixed(0).padStart(4)} ms  cpu ${of(kind, "cpu").toFixed(0).padStart(4)} µs a call  ${of(kind, "memory")} MB`,
    );
  }
  const ratio = (kind: Kind) => (of("product", "rate") / of(kind, "rate")).toFixed(2);
  console.log(
    `\nproduct: ${ratio("bare")} of bare (aim 0.80), ${ratio("bare-group")} of bare with group commit; p99 ${of("product", "p99").toFixed(1)} ms (aim 20)`,
  );
} finally {
  await deps.db.close();
  await owner.end();
  await db.drop();
  await cluster.stop();
}
