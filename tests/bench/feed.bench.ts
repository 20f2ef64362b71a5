// Pages of the change feed: the product's lean door beside bare node:http over the same changes and records, in turns.
//   npm run bench feed -- [--seconds=5] [--rounds=3] [--connections=50] [--changes=50000]
import { spawn } from "node:child_process";
import { once } from "node:events";
import postgres from "postgres";
import { hashToken } from "#server/lib/tokens";
import { createDatabase, startCluster } from "#tests/support/postgres";
import { createScene, insert } from "#tests/support/world";
import { args } from "./bench-bed";
import { type Fired, fire } from "./fire";
import { cpuMs, median } from "./process-figures";

const SECONDS = Number(args["seconds"] ?? 5);
const ROUNDS = Number(args["rounds"] ?? 3);
const CONNECTIONS = Number(args["connections"] ?? 50);
const CHANGES = Number(args["changes"] ?? 50_000);
const LIMIT = 100;
/** A key may make a hundred calls a second: so many readers. */
const KEYS = Array.from({ length: 60 }, (_, n) => `sk_test_feed_${n}`);
const KINDS = ["bare", "product"] as const;
type Kind = (typeof KINDS)[number];

const cluster = await startCluster({ durable: true });
const db = await createDatabase(cluster.url);
const owner = postgres(db.url, { max: 1, onnotice: () => {} });
const scene = await createScene(owner, { records: 0 });
for (const [n, key] of KEYS.entries())
  await insert(owner, "api_keys", {
    ...{ id: `key_feed_${n}`, vendor_id: scene.vendor, environment_id: scene.environment, name: key, hint: key.slice(0, 10) },
    ...{ secret_hash: hashToken(key), created_by: scene.member },
  });
// Pages of 250, as the engine writes them; the bare tables hold the same.
await owner`delete from changes`;
await owner`delete from feed_pages`;
await owner`
  insert into records (stream_id, external_id, environment_id, customer_id, hash, data, source, mapping_version, seq, updated_at)
  select s.id, 'con_' || lpad(i::text, 9, '0'), s.environment_id, s.customer_id, md5(i::text)::uuid, jsonb_build_object(
      'email', 'contact.' || i || '@company.example.com', 'firstName', 'Hana', 'lastName', 'Kowalski', 'phone', '+1-495-545-' || i,
      'jobTitle', 'Chief of Staff', 'lifecycleStage', 'lead', 'company', 'Company ' || i || ' Holdings', 'city', 'Osaka', 'country', 'JP',
      'owner', 'owner@vendor.example.com', 'updatedAt', '2025-01-01T00:00:00.000Z'), '{}', 1, i, now()
    from streams s cross join generate_series(1, ${CHANGES}::int) i where s.id = ${scene.stream}`;
await owner`insert into changes (stream_id, seq, environment_id, customer_id, external_id, op, at)
  select stream_id, seq, environment_id, customer_id, external_id, 'created', updated_at from records where stream_id = ${scene.stream}`;
await owner`insert into feed_pages (stream_id, seq_from, seq_to, environment_id, customer_id, run_id, at)
  select s.id, i, least(i + 249, ${CHANGES}::int), s.environment_id, s.customer_id, (select id from runs where stream_id = s.id limit 1), now()
    from streams s cross join generate_series(1, ${CHANGES}::int, 250) i where s.id = ${scene.stream} order by i`;
await owner.unsafe(`
  create table bare_changes (seq bigint primary key, action text not null, external_id text not null, at timestamptz not null);
  create table bare_records (external_id text primary key, data jsonb not null);
  insert into bare_changes select seq, op, external_id, at from changes;
  insert into bare_records select external_id, data from records`);
await owner.unsafe("vacuum analyze");

let serial = 0;
function request(): Buffer {
  const after = (serial++ * 7_919) % (CHANGES - LIMIT);
  return Buffer.from(
    `GET /v1/changes?after=${after}&limit=${LIMIT} HTTP/1.1\r\nhost: app.inlay.example\r\nauthorization: Bearer ${KEYS[serial % KEYS.length]}\r\n\r\n`,
  );
}

/** CPU of the contender's process and of Postgres' processes that serve it, ms. */
async function cpuOf(pid: number | undefined): Promise<{ door: number; database: number }> {
  const backends = await owner<{ pid: number }[]>`
    select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`;
  return { door: cpuMs(pid), database: backends.reduce((sum, one) => sum + cpuMs(one.pid), 0) };
}

const results: Record<Kind, (Fired & { door: number; database: number })[]> = { bare: [], product: [] };

async function measure(kind: Kind): Promise<void> {
  const child = spawn(process.execPath, ["--import", "tsx", "tests/bench/feed-server.ts", kind, db.url], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  const port = Number(String(line));
  try {
    const key = { headers: { authorization: `Bearer ${KEYS[0]}` } };
    const answer = await fetch(`http://127.0.0.1:${port}/v1/changes?after=1000&limit=${LIMIT}`, key);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${kind}: ${answer.status} ${text}`);
    const page = JSON.parse(text) as { items: { externalId: string; record: object }[] };
    // Both answer with the same hundred changes and their records.
    if (page.items.length !== LIMIT || page.items[0]?.externalId !== "con_000001001" || !page.items[0].record)
      throw new Error(`${kind}: ${JSON.stringify(page).slice(0, 300)}`);
    await fire(port, 2, CONNECTIONS, request);
    const before = await cpuOf(child.pid);
    const row = await fire(port, SECONDS, CONNECTIONS, request);
    const after = await cpuOf(child.pid);
    const each = (what: "door" | "database") => ((after[what] - before[what]) / row.calls) * 1_000;
    results[kind].push({ ...row, door: each("door"), database: each("database") });
  } finally {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
}

try {
  for (let round = 0; round < ROUNDS; round++) for (const kind of KINDS) await measure(kind);
  const of = (kind: Kind, what: keyof Fired | "door" | "database") => median(results[kind].map((row) => row[what]));
  console.log(`\npages of ${LIMIT} changes with their records, ${CONNECTIONS} connections, ${SECONDS} s, median of ${ROUNDS}\n`);
  for (const kind of KINDS)
    console.log(
      `${kind.padEnd(8)} ${Math.round(of(kind, "rate")).toLocaleString("en").padStart(7)} pages/s  p50 ${of(kind, "p50").toFixed(1).padStart(5)} ms  p99 ${of(kind, "p99").toFixed(1).padStart(5)} ms  CPU a page ${of(kind, "door").toFixed(0).padStart(5)} µs, and ${of(kind, "database").toFixed(0).padStart(5)} of Postgres`,
    );
  console.log(`\nproduct: ${(of("product", "rate") / of("bare", "rate")).toFixed(2)} of bare (aim 0.85)`);
} finally {
  await owner.end();
  await db.drop();
  await cluster.stop();
}
