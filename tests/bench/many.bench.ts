// One, ten and a hundred streams pulled at once, beside bare loops over the same sources; then syncs that find nothing new, as many a second
// as there can be.
//   npm run bench many -- [--records=50000] [--at-once=1,10,100] [--seconds=10]
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { eventually } from "#tests/support/live";
import { bareSync, createBareTables } from "./bare-loop";
import { args, type Connected, fetchFrom, startBenchBed } from "./bench-bed";
import { cpuMs, memoryMb } from "./process-figures";

const RECORDS = Number(args["records"] ?? 50_000);
const AT_ONCE = (args["at-once"] ?? "1,10,100").split(",").map(Number);
const SECONDS = Number(args["seconds"] ?? 10);
const BARE = { table: "bare", withSource: true };

const bed = await startBenchBed();
const bare = postgres(bed.url, { max: 4, onnotice: () => {}, connection: { enable_seqscan: false } as object });
const worker = bed.startWorker();

const refOf = ({ ctx, customerId, streamId }: Connected) => ({
  ...{ vendorId: ctx.scope.vendorId, environmentId: ctx.scope.environmentId, customerId, streamId },
});
const pokeAll = (streams: readonly Connected[]) => Promise.all(streams.map((one) => bed.deps.keeping.pokeStream(refOf(one))));
const idsOf = (streams: readonly Connected[]) => streams.map((one) => one.streamId);

/** Until each has had a run since, to its end, and none runs. */
const settled = (streams: readonly Connected[], since = "epoch") =>
  eventually(
    async () =>
      await bed.owner`select s.id from streams s where id = any(${idsOf(streams)}) and (run_id is not null or not exists (
        select from runs r where r.stream_id = s.id and r.started_at >= ${since}::text::timestamptz))`,
    (open) => open.length === 0,
    600_000,
  );

/** All of them read everything anew at once. Records a second, from the moment they are due to the end of the last. */
async function pull(streams: readonly Connected[]) {
  const ids = idsOf(streams);
  await bed.owner`with a as (delete from records where stream_id = any(${ids})), b as (delete from changes where stream_id = any(${ids})), c as (delete from feed_pages where stream_id = any(${ids}))
    update streams set cursor = null, phase = 'backfill', record_count = 0, trigger = 'schedule', due_at = now() + interval '4 seconds' where id = any(${ids})`;
  const [due] = await bed.owner`select due_at::text as at from streams where id = ${ids[0] ?? ""}`;
  await bed.owner.unsafe("vacuum records, changes, feed_pages");
  await pokeAll(streams);
  const cpu = cpuMs(worker.pid);
  await sleep(4_000);
  await settled(streams, due?.["at"]);
  const [sum] = await bed.owner`
    select sum(created)::int as created, extract(epoch from max(finished_at) - ${due?.["at"]}::text::timestamptz)::float8 * 1000 as ms
      from runs where stream_id = any(${ids}) and started_at >= ${due?.["at"]}::text::timestamptz and kind = 'backfill'`;
  if (sum?.["created"] !== RECORDS) throw new Error(`${streams.length} at once: ${sum?.["created"]} of ${RECORDS} records`);
  return { rate: Math.round((RECORDS / sum["ms"]) * 1_000), ms: Math.round(sum["ms"]), cpu: cpuMs(worker.pid) - cpu };
}

async function pullBare(streams: readonly Connected[]) {
  await createBareTables(bare, BARE);
  const started = performance.now();
  const passes = streams.map(async ({ key }) => {
    const own = { ...BARE, tenant: randomUUID() };
    return (await bareSync(bare, fetchFrom(bed.simulator.origin, key), own)).written;
  });
  const written = (await Promise.all(passes)).reduce((a, b) => a + b, 0);
  if (written !== RECORDS) throw new Error(`bare: ${written}`);
  return Math.round((RECORDS / (performance.now() - started)) * 1_000);
}

/** Each begins anew as soon as it may: how many a second are finished, over some seconds in the middle. */
async function empty(streams: readonly Connected[]) {
  const ids = idsOf(streams);
  const parts = { worker: worker.pid, Postgres: bed.postgres.pid(), Temporal: bed.temporal.pid() };
  await bed.owner`update streams set interval_ms = 10, due_at = now(), trigger = 'schedule' where id = any(${ids})`;
  await pokeAll(streams);
  await sleep(4_000);
  const finished = async () =>
    (
      await bed.owner`select count(*)::int as n, count(distinct stream_id)::int as streams, coalesce(sum(seen), 0)::int as seen from runs
      where stream_id = any(${ids}) and status = 'succeeded' and finished_at > now() - ${SECONDS} * interval '1 second'`
    )[0];
  const before = { worker: cpuMs(parts.worker), Temporal: cpuMs(parts.Temporal) };
  await sleep(SECONDS * 1_000);
  const [row, worked, temporal] = [await finished(), cpuMs(parts.worker) - before.worker, cpuMs(parts.Temporal) - before.Temporal];
  const [failed] = await bed.owner`select count(*)::int as n from runs where stream_id = any(${ids}) and status = 'failed'`;
  if (failed?.["n"] > 0 || !row?.["n"]) throw new Error(`empty syncs: ${JSON.stringify([row, failed])}`);
  await bed.owner`update streams set interval_ms = 86400000, due_at = now() + interval '1 day' where id = any(${ids})`;
  await settled(streams);
  const each = (ms: number) => (ms / row["n"]).toFixed(1);
  return { streams: row["streams"], rate: row["n"] / SECONDS, worker: each(worked), temporal: each(temporal), seen: row["seen"] };
}

try {
  const lines: string[] = [];
  let alone = 0;
  let last: Connected[] = [];
  for (const count of AT_ONCE) {
    last = await bed.connectMany(count, RECORDS / count);
    await settled(last);
    await bed.owner`update streams set interval_ms = 86400000, due_at = now() + interval '1 day'`;
    const theirs = [await pullBare(last)];
    const ours = await pull(last);
    theirs.push(await pullBare(last));
    const best = Math.max(...theirs);
    alone ||= ours.rate;
    lines.push(
      `${String(count).padStart(4)} streams at once ${ours.rate.toLocaleString("en").padStart(8)} rec/s in all  bare ${best.toLocaleString("en").padStart(8)}  ratio ${(ours.rate / best).toFixed(2)}  of one alone ${(ours.rate / alone).toFixed(2)}  ${ours.ms} ms, cpu of the worker ${ours.cpu} ms`,
    );
  }
  const syncs = await empty(last);
  console.log(`\n${RECORDS.toLocaleString("en")} records in all, source kept; bare: the better of two passes, one before and one after\n`);
  for (const line of lines) console.log(line);
  console.log(
    `\n${last.length} connections that find nothing new (${syncs.streams} had a turn): ${syncs.rate.toFixed(0)} syncs/s over ${SECONDS} s (aim 70); CPU of each: worker ${syncs.worker} ms, Temporal ${syncs.temporal} ms; ${syncs.seen} records seen`,
  );
  console.log(`worker memory: ${memoryMb(worker.pid).now} MB, highest ${memoryMb(worker.pid).peak} MB`);
} finally {
  await bare.end();
  await bed.stop();
}
