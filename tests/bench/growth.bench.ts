// What connections cost that have nothing to do, and how soon a sync begins among them: the table and the picture of docs/reference/performance.md.
//   npm run bench growth -- [--sizes=10,100,1000] [--seconds=30] [--write]      (10,000: --sizes=10,100,1000,10000, half an hour)
import { readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "#tests/support/live";
import { args, type Connected, startBenchBed } from "./bench-bed";
import { drawGrowth, type Grown } from "./growth-picture";
import { cpuMs, memoryMb } from "./process-figures";

const SIZES = (args["sizes"] ?? "10,100,1000").split(",").map(Number);
const SECONDS = Number(args["seconds"] ?? 30);
const PROBES = 50;
const PICTURE = "docs/images/growth.svg";

const bed = await startBenchBed();
const worker = bed.startWorker();
const all: Connected[] = [];

const fileBytes = () =>
  readdirSync(bed.temporal.dir)
    .filter((name) => name.startsWith("temporal.db"))
    .reduce((sum, name) => sum + statSync(path.join(bed.temporal.dir, name)).size, 0);

/** Nothing is under way, and nothing is due for a day. */
async function rest(): Promise<void> {
  await bed.owner`update streams set interval_ms = 86400000`;
  await eventually(
    async () =>
      (await bed.owner`select count(*)::int as n from streams where run_id is not null or last_success_at is null`)[0]?.["n"] as number,
    (n) => n === 0,
    3_600_000,
  );
  await bed.owner`update streams set due_at = now() + interval '1 day'`;
}

const wake = ({ ctx, customerId, streamId }: Connected) =>
  bed.deps.keeping.pokeStream({ vendorId: ctx.scope.vendorId, environmentId: ctx.scope.environmentId, customerId, streamId });

/** A sync each of some of them, spread over ten seconds: how long after it was due each began (ms), and what it left in Temporal's file (bytes). */
async function probe(): Promise<{ p95Ms: number; bytes: number }> {
  const before = fileBytes();
  const chosen = all.filter((_, n) => n % Math.max(1, Math.floor(all.length / PROBES)) === 0).slice(0, PROBES);
  const ids = chosen.map((one) => one.streamId);
  await bed.owner`update streams s set trigger = 'schedule', due_at = now() + interval '5 seconds' + u.n * interval '1 ms' * (10000 / ${ids.length}::float8)
    from unnest(${ids}::text[]) with ordinality as u(id, n) where s.id = u.id`;
  const due = new Map(
    (await bed.owner`select id, due_at from streams where id = any(${ids})`).map((row) => [row["id"], row["due_at"] as Date]),
  );
  await Promise.all(chosen.map(wake));
  const [last] = [...due.values()].sort((a, b) => b.getTime() - a.getTime());
  const runs = await eventually(
    async () =>
      await bed.owner`
      select distinct on (stream_id) stream_id, started_at from runs where stream_id = any(${ids}) and started_at >= ${new Date((last?.getTime() ?? 0) - 11_000)}
        and status = 'succeeded' order by stream_id, started_at desc`,
    (rows) => rows.length === ids.length,
    300_000,
  );
  const delays = runs
    .map((row) => (row["started_at"] as Date).getTime() - (due.get(row["stream_id"])?.getTime() ?? 0))
    .sort((a, b) => a - b);
  return { p95Ms: delays[Math.floor(delays.length * 0.95)] ?? 0, bytes: (fileBytes() - before) / ids.length };
}

const share = (before: number, after: number) => ((after - before) / (SECONDS * 1_000)) * 100;

async function measure(size: number): Promise<Grown> {
  const since = performance.now();
  all.push(...(await bed.connectMany(size - all.length, 5)));
  await rest();
  const connectedS = (performance.now() - since) / 1_000;
  await sleep(5_000);
  const [workerMs, temporalMs, bytes] = [cpuMs(worker.pid), cpuMs(bed.temporal.pid()), fileBytes()];
  await sleep(SECONDS * 1_000);
  const idle = {
    workerCpu: share(workerMs, cpuMs(worker.pid)),
    temporalCpu: share(temporalMs, cpuMs(bed.temporal.pid())),
    idleMbADay: ((fileBytes() - bytes) / SECONDS) * 0.0864,
  };
  const { p95Ms, bytes: bytesASync } = await probe();
  await rest();
  return {
    ...{ size, connectedS, ...idle, p95Ms },
    workerMb: memoryMb(worker.pid).now,
    temporalMb: memoryMb(bed.temporal.pid()).now,
    hourlyMbADay: idle.idleMbADay + (bytesASync * 24 * size) / 1e6,
  };
}

try {
  const grown: Grown[] = [];
  for (const size of SIZES) grown.push(await measure(size));
  const whole = (n: number) => Math.round(n).toLocaleString("en");
  console.log(
    `\n| connections | worker CPU, % of a core | Temporal CPU, % | worker, MB | Temporal, MB | Temporal's file, idle, MB a day | with a sync an hour each, MB a day | due to begun, p95, ms |`,
  );
  console.log("|--:|--:|--:|--:|--:|--:|--:|--:|");
  for (const row of grown)
    console.log(
      `| ${whole(row.size)} | ${row.workerCpu.toFixed(1)} | ${row.temporalCpu.toFixed(1)} | ${row.workerMb} | ${row.temporalMb} | ${whole(row.idleMbADay)} | ${whole(row.hourlyMbADay)} | ${whole(row.p95Ms)} |`,
    );
  console.log(
    `\nconnected and read for the first time: ${grown.map((row) => `${whole(row.size)} after ${row.connectedS.toFixed(0)} s`).join(", ")}`,
  );
  if ("write" in args) writeFileSync(PICTURE, drawGrowth(grown));
} finally {
  await bed.stop();
}
