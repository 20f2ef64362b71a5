import assert from "node:assert/strict";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "#tests/support/live";
import { workflowId } from "#workflows/contract";
import type { Account, Bed } from "../bed";
import type { Case } from "../case";

const slow = (bed: Bed, latencyMs: number) => bed.control({ latencyMs });
const many = async (bed: Bed, count: number, records: number, intervalMs = 60_000): Promise<Account[]> => {
  const accounts: Account[] = [];
  for (let i = 0; i < count; i++) accounts.push(await bed.connect(records, { intervalMs }));
  return accounts;
};
/** Records of this case's streams: those of earlier ones are off. */
const counted = async (bed: Bed) =>
  Number((await bed.owner`select coalesce(sum(record_count), 0)::int as n from streams where status = 'active'`)[0]?.["n"]);

/** A page's columns travel joined by U+001F, which nothing else holds. */
const isPage = (bytes: Buffer) => bytes.includes(0x1f);

/** Records per second over all streams, from now until so many are there. */
async function pace(bed: Bed, until: number): Promise<number> {
  const [from, since] = [await counted(bed), performance.now()];
  await eventually(
    () => counted(bed),
    (n) => n >= until,
    120_000,
  );
  return ((await counted(bed)) - from) / ((performance.now() - since) / 1_000);
}

/** Kills the worker at a point of a page drawn by the seed, again and again, until everything is read. */
const killedAt = (id: string, point: string, kills: number): Case => ({
  id,
  seconds: 45,
  ...(id === "F-1" ? { fast: true as const } : {}),
  async run(bed, tell) {
    const account = await bed.connect(10_000);
    let deaths = 0;
    for (let i = 0; i < kills; i++) {
      const page = 1 + Math.floor(bed.random() * 6);
      const victim = bed.startWorker({ failpoint: `${point}:${page}` });
      const gone = once(victim, "exit");
      const ended = await Promise.race([gone.then(() => "died"), bed.backfilled([account], 60_000).then(() => "done")]);
      if (ended === "done") {
        await bed.killWorker(victim);
        break;
      }
      deaths++;
    }
    const since = performance.now();
    const rescuer = bed.startWorker();
    await bed.backfilled([account]);
    tell.recovery((performance.now() - since) / 1_000);
    await bed.quiet([account]);
    const reads = bed.thirdParty.log.filter((one) => one.key === account.key && one.path.endsWith("/contacts")).length;
    tell.figure("times killed", deaths);
    tell.figure("pages asked for (40 without a fault)", reads);
    const [feed] = await bed.owner`select count(*)::int as n from changes where stream_id = ${account.streamId}`;
    tell.figure("changes told", Number(feed?.["n"]));
    assert.equal(Number(feed?.["n"]), 10_000, "each record is told once");
    await bed.killWorker(rescuer);
    return [account];
  },
});

/** Kills whatever `kill` kills every 5–15 s until the time is over, while records change at every account. */
async function chaos(bed: Bed, accounts: Account[], seconds: number, kill: () => Promise<void>): Promise<number> {
  const until = Date.now() + seconds * 1_000;
  let kills = 0;
  for (let next = Date.now() + 5_000; Date.now() < until; await sleep(500)) {
    const account = accounts[Math.floor(bed.random() * accounts.length)] as Account;
    await bed.change(account, 20, bed.random);
    if (Date.now() < next) continue;
    await kill();
    kills++;
    next = Date.now() + 5_000 + bed.random() * 10_000;
  }
  return kills;
}

const CHAOS_S = Number(process.env["INLAY_CHAOS_SECONDS"] ?? 300);

const workerChaos: Case = {
  id: "F-4",
  seconds: CHAOS_S + 90,
  async run(bed, tell) {
    await slow(bed, 30);
    let worker = bed.startWorker();
    const calm = await many(bed, 20, 6_000, 10_000);
    const calmPace = await pace(bed, 60_000);
    const kills = await chaos(bed, calm, CHAOS_S, async () => {
      await bed.killWorker(worker);
      worker = bed.startWorker();
    });
    await slow(bed, 0);
    tell.figure("times killed", kills);
    tell.recovery(await bed.quiet(calm));
    tell.figure("records a second before the first kill", Math.round(calmPace));
    const [runs] = await bed.owner`select count(*)::int as n, count(*) filter (where r.status = 'failed')::int as failed
      from runs r join streams s on s.id = r.stream_id and s.status = 'active'`;
    tell.figure("runs", Number(runs?.["n"]));
    tell.figure("of them failed", Number(runs?.["failed"]));
    await bed.killWorker(worker);
    return calm;
  },
};

const rolling: Case = {
  id: "F-5",
  seconds: 75,
  async run(bed, tell) {
    await slow(bed, 40);
    const workers = [bed.startWorker(), bed.startWorker()];
    const accounts = await many(bed, 6, 8_000, 5_000);
    for (let round = 0; round < 3; round++) {
      await sleep(12_000);
      const leaving = workers.shift();
      workers.push(bed.startWorker());
      if (leaving) await bed.killWorker(leaving, "SIGTERM");
    }
    await slow(bed, 0);
    tell.recovery(await bed.quiet(accounts));
    const failed = await failedAttempts(bed, accounts);
    tell.figure("rolling restarts", 3);
    tell.figure("failed attempts of legs", failed);
    assert.equal(failed, 0, "a worker that is told to go finishes its page");
    for (const worker of workers) await bed.killWorker(worker);
    return accounts;
  },
};

/** Legs whose attempt failed or timed out, as Temporal's histories of the accounts' keepers tell. */
async function failedAttempts(bed: Bed, accounts: Account[]): Promise<number> {
  const ours = new Set(accounts.map(({ ctx, streamId }) => workflowId.keeper(ctx.scope.environmentId, streamId)));
  let failed = 0;
  for await (const execution of bed.client.workflow.list({ query: "WorkflowType = 'keeper'" })) {
    if (!ours.has(execution.workflowId)) continue;
    const history = await bed.client.workflow.getHandle(execution.workflowId, execution.runId).fetchHistory();
    for (const event of history.events ?? []) {
      const attempt = event.activityTaskStartedEventAttributes?.attempt ?? 1;
      if (attempt > 1) failed += attempt - 1;
    }
  }
  return failed;
}

const zombie: Case = {
  id: "F-6",
  seconds: 60,
  async run(bed, tell) {
    await slow(bed, 60);
    const sleeper = bed.startWorker();
    const account = await bed.connect(10_000);
    const stored = async () => Number((await bed.stream(account))["record_count"]);
    await eventually(stored, (n) => n >= 1_500);
    // A page of its is on the way, and will arrive when others have long been at work.
    let underWay = false;
    bed.lines.postgres.inspect((bytes) => {
      if (underWay || !isPage(bytes)) return "pass";
      underWay = true;
      return "keep";
    });
    await eventually(async () => underWay, Boolean);
    sleeper.kill("SIGSTOP");
    bed.lines.postgres.inspect(null);
    const asleepAt = await stored();
    const refused = () => bed.postgres.said().match(/ERROR: {2}stale attempt/g)?.length ?? 0;
    const before = refused();
    const since = performance.now();
    const other = bed.startWorker({ direct: true });
    await eventually(stored, (n) => n > asleepAt + 1_000, 90_000);
    tell.recovery((performance.now() - since) / 1_000);
    const fence = Number((await bed.stream(account))["fence"]);
    bed.lines.postgres.release();
    sleeper.kill("SIGCONT");
    await eventually(
      async () => refused() - before,
      (n) => n > 0,
      30_000,
    );
    await slow(bed, 0);
    await bed.backfilled([account]);
    await bed.quiet([account]);
    tell.figure("attempts that were let in", fence);
    tell.figure("pages of the sleeper that the fence refused", refused() - before);
    assert.ok(fence >= 2, "another attempt took over");
    await Promise.all([bed.killWorker(sleeper), bed.killWorker(other)]);
    return [account];
  },
};

const skewed = (id: string, shiftMs: number): Case => ({
  id,
  seconds: 40,
  async run(bed, tell) {
    // Both clocks that a process can ask, moved as one would by hand.
    const shift = `const D=Date;const s=${shiftMs};globalThis.Date=class extends D{constructor(...a){a.length?super(...a):super(D.now()+s)}static now(){return D.now()+s}}`;
    const flags = ["--import", `data:text/javascript,${encodeURIComponent(shift)}`];
    const workers = [bed.startWorker({ flags }), ...(id === "F-24" ? [bed.startWorker()] : [])];
    const accounts = await many(bed, 4, 3_000, 5_000);
    await bed.backfilled(accounts);
    for (const account of accounts) await bed.change(account, 200);
    tell.recovery(await bed.quiet(accounts));
    tell.figure("the worker's clock, ahead by s", shiftMs / 1_000);
    for (const worker of workers) await bed.killWorker(worker);
    return accounts;
  },
});

const withoutKey: Case = {
  id: "F-25",
  seconds: 45,
  async run(bed, tell) {
    const first = bed.startWorker();
    const account = await bed.connect(2_000);
    await bed.backfilled([account]);
    await bed.killWorker(first);
    const keyless = bed.startWorker({ env: { INLAY_KEYS: `t9:${Buffer.alloc(32, 9).toString("base64")}` } });
    await bed.change(account, 50);
    await bed.owner`update streams set due_at = now() where id = ${account.streamId}`;
    await sleep(15_000); // as long as it is away; what is looked at is what it leaves behind
    const [row] = await bed.owner`select count(*)::int as n from connections where status <> 'active'`;
    tell.figure("connections wrongly sent to reconnect", Number(row?.["n"]));
    assert.equal(Number(row?.["n"]), 0);
    await bed.killWorker(keyless);
    const worker = bed.startWorker();
    tell.recovery(await bed.quiet([account]));
    await bed.killWorker(worker);
    return [account];
  },
};

export const PROCESS: readonly Case[] = [
  killedAt("F-1", "page.after_fetch", 6),
  killedAt("F-3", "page.after_commit", 6),
  workerChaos,
  rolling,
  zombie,
  skewed("F-23", 3_600_000),
  skewed("F-24", 300_000),
  withoutKey,
];

export { counted, isPage, many, slow };
