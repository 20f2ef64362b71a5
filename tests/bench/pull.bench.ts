// Pull, end to end through Temporal, beside a bare loop over the same source into the same Postgres.
//   npm run bench pull -- [--records=100000] [--runs=3]
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { syncNow } from "#server/domains/streams/sync-now";
import type { StreamId } from "#server/lib/ids";
import { eventually } from "#tests/support/live";
import { bareSync, createBareTables } from "./bare-loop";
import { args, fetchFrom, PAGE, startBenchBed } from "./bench-bed";
import { cpuMs, median, memoryMb } from "./process-figures";

const RECORDS = Number(args["records"] ?? 100_000);
const RUNS = Number(args["runs"] ?? 3);
const KEY = "sbx_bench";

type Row = { what: string; rate: number; ms: number; cpu: number };
const rows: Row[] = [];
const note = (what: string, records: number, ms: number, cpu: number) =>
  rows.push({ what, rate: Math.round((records / ms) * 1000), ms: Math.round(ms), cpu: Math.round(cpu) });

const live = await startBenchBed();
const fetchPage = fetchFrom(live.simulator.origin, KEY);
const bare = postgres(live.url, { max: 1, onnotice: () => {}, connection: { enable_seqscan: false } as object });

try {
  const worker = live.startWorker();
  await sleep(4_000);
  const connected = await live.connect(RECORDS, KEY);
  const { streamId } = connected;
  const idle = () =>
    eventually(
      async () => (await live.owner`select run_id from streams where id = ${streamId}`)[0]?.["run_id"] ?? null,
      (id) => id === null,
      300_000,
    );
  const park = () => live.owner`update streams set due_at = now() + interval '1 hour' where id = ${streamId}`;
  await eventually(
    async () =>
      (await live.owner`select count(*)::int as n from runs where stream_id = ${streamId} and status <> 'running'`)[0]?.["n"] as number,
    (n) => n > 0,
    300_000,
  );
  await idle();

  /** From the wish to the run's end, by the database's clock. */
  const timed = async (what: string) => {
    const [{ at }] = (await live.owner`select clock_timestamp() as at`) as unknown as [{ at: Date }];
    const cpu = cpuMs(worker.pid);
    await syncNow(connected.ctx, { streamId: streamId as StreamId });
    const run = await eventually(
      async () =>
        (await live.owner`select * from runs where stream_id = ${streamId} and started_at >= ${at} order by started_at desc limit 1`)[0],
      (row) => row !== undefined && row["status"] !== "running",
      300_000,
    );
    if (run?.["status"] !== "succeeded") throw new Error(`${what}: ${JSON.stringify(run)}`);
    await idle();
    await park();
    note(what, run["seen"], (run["finished_at"] as Date).getTime() - at.getTime(), cpuMs(worker.pid) - cpu);
    return run;
  };
  const timedBare = async (what: string, withSource: boolean, fresh: boolean) => {
    const options = { table: withSource ? "bare_source" : "bare", withSource };
    if (fresh) await createBareTables(bare, options);
    const cpu = process.cpuUsage();
    const started = performance.now();
    const { seen } = await bareSync(bare, fetchPage, options);
    const used = process.cpuUsage(cpu);
    note(what, seen, performance.now() - started, (used.user + used.system) / 1000);
  };
  const empty = () => live.owner`
    with a as (delete from records where stream_id = ${streamId}), b as (delete from changes where stream_id = ${streamId}), c as (delete from feed_pages where stream_id = ${streamId})
    update streams set cursor = null, phase = 'backfill', record_count = 0 where id = ${streamId}`;

  for (let i = 0; i < RUNS; i++) {
    await park();
    await timedBare("bare first", false, true);
    await timedBare("bare first, source kept too", true, true);
    await empty();
    await live.owner.unsafe("vacuum records, changes, feed_pages");
    await live.owner.unsafe("checkpoint");
    const first = await timed("ours first");
    if (first["created"] !== RECORDS) throw new Error(`first pull created ${first["created"]}`);
    await live.owner.unsafe("vacuum analyze");
    await live.owner.unsafe("checkpoint");
    await timedBare("bare unchanged", false, false);
    await timedBare("bare unchanged, source kept too", true, false);
    await live.owner`update streams set cursor = null where id = ${streamId}`;
    const again = await timed("ours unchanged");
    if (again["unchanged"] !== RECORDS) throw new Error(`unchanged pull: ${JSON.stringify(again)}`);
    await sleep(2_500);
    await live.control({ service: "sandbox-crm", key: KEY, change: { count: 1_000 } });
    const changed = await timed("ours 1,000 changed");
    if (changed["updated"] < 1_000) throw new Error(`incremental: ${JSON.stringify(changed)}`);
  }
  const memory = memoryMb(worker.pid);

  await live.control({ service: "sandbox-crm", key: KEY, records: 10_000, latencyMs: 100 });
  const pace = performance.now();
  for (let cursor: string | null = "", pages = 0; cursor !== null && pages < 1_000; pages++) {
    cursor = (JSON.parse((await fetchPage(cursor || null)).text) as { next_cursor: string | null }).next_cursor;
  }
  const paceMs = performance.now() - pace;
  await live.owner`update streams set cursor = null where id = ${streamId}`;
  await timed("ours, source of 100 ms a page");
  report(paceMs, memory);
} finally {
  await bare.end();
  await live.stop();
}

function report(paceMs: number, memory: { now: number; peak: number }) {
  const of = (what: string) => rows.filter((row) => row.what === what);
  const rate = (what: string) => median(of(what).map((row) => row.rate));
  const names = [...new Set(rows.map((row) => row.what))];
  console.log(
    `\n${RECORDS.toLocaleString("en")} records, pages of ${PAGE}, median of ${RUNS} (min–max); CPU is that of the Node process alone\n`,
  );
  for (const name of names) {
    const all = of(name);
    const range = `${Math.min(...all.map((row) => row.rate)).toLocaleString("en")}–${Math.max(...all.map((row) => row.rate)).toLocaleString("en")}`;
    console.log(
      `${name.padEnd(34)} ${rate(name).toLocaleString("en").padStart(9)} rec/s  ${range.padStart(17)}  ${String(Math.round(median(all.map((row) => row.ms)))).padStart(6)} ms  cpu ${Math.round(median(all.map((row) => row.cpu)))} ms`,
    );
  }
  const ratio = (a: string, b: string) => (rate(a) / rate(b)).toFixed(2);
  console.log(
    `\nfirst      ${ratio("ours first", "bare first")} of bare, ${ratio("ours first", "bare first, source kept too")} of bare that keeps the source too (aim 0.70)`,
  );
  console.log(
    `unchanged  ${ratio("ours unchanged", "bare unchanged")} of bare, ${ratio("ours unchanged", "bare unchanged, source kept too")} of bare that keeps the source too (aim 0.70)`,
  );
  console.log(
    `1,000 of ${RECORDS.toLocaleString("en")} changed, trigger to done: ${median(of("ours 1,000 changed").map((row) => row.ms))} ms (aim 100)`,
  );
  console.log(
    `source of 100 ms a page: ${((paceMs / (of("ours, source of 100 ms a page")[0]?.ms ?? 1)) * 100).toFixed(1)} % of its pace (aim 95)`,
  );
  console.log(`worker memory: ${memory.now} MB, highest ${memory.peak} MB (aim 250)`);
}
