import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "#tests/support/live";
import type { Account, Bed } from "../bed";
import type { Case } from "../case";
import { counted, isPage, many, slow } from "./process";

const postgresKilled: Case = {
  id: "F-8",
  seconds: 60,
  own: {},
  async run(bed, tell) {
    await slow(bed, 30);
    const workers = [bed.startWorker(), bed.startWorker()];
    const accounts = await many(bed, 10, 8_000, 5_000);
    for (let round = 1; round <= 3; round++) {
      const before = await counted(bed);
      await eventually(
        () => counted(bed),
        (n) => n >= before + 4_000,
      );
      await bed.postgres.kill();
      await sleep(1_000 + bed.random() * 3_000);
      tell.figure(`restart ${round}, s`, ((await bed.postgres.start()) / 1_000).toFixed(2));
    }
    const since = performance.now();
    const before = await counted(bed);
    await eventually(
      () => counted(bed),
      (n) => n > before,
      60_000,
    );
    tell.recovery((performance.now() - since) / 1_000);
    await readToTheEnd(bed, accounts);
    tell.figure("503 answers of the feed meanwhile", bed.vendor.counts().unavailable);
    for (const worker of workers) await bed.killWorker(worker);
    return accounts;
  },
};

const postgresAway: Case = {
  id: "F-9",
  seconds: 70,
  own: {},
  async run(bed, tell) {
    const worker = bed.startWorker();
    const accounts = await many(bed, 5, 2_000, 5_000);
    await bed.backfilled(accounts);
    await bed.postgres.kill();
    const answers = new Map<number, number>();
    for (const until = Date.now() + 25_000; Date.now() < until; await sleep(250)) {
      const status = await fetch(`${bed.door.origin}/v1/records?limit=1`, { headers: { authorization: "Bearer sk_test_live" } }).then(
        (answer) => answer.status,
        () => 0,
      );
      answers.set(status, (answers.get(status) ?? 0) + 1);
    }
    for (const account of accounts) await bed.change(account, 100);
    await bed.postgres.start();
    tell.recovery(await bed.quiet(accounts));
    tell.figure("answers while it was away", [...answers].map(([status, n]) => `${n} × ${status}`).join(", "));
    assert.deepEqual([...answers.keys()], [503], "every door says that it cannot");
    await bed.killWorker(worker);
    return accounts;
  },
};

/** The line is cut as a page's one statement goes by: whether it was committed is unknown to who sent it. */
const cutAtCommit: Case = {
  id: "F-11",
  seconds: 50,
  async run(bed, tell) {
    const worker = bed.startWorker();
    let [pages, cuts] = [0, 0];
    bed.lines.postgres.inspect((bytes) => {
      if (!isPage(bytes)) return "pass";
      if (++pages % 30 !== 0) return "pass";
      cuts++;
      return cuts % 2 === 0 ? "cut_before" : "cut_after";
    });
    const accounts = await many(bed, 4, 10_000, 5_000);
    await bed.backfilled(accounts, 240_000); // each cut is an attempt, and attempts wait longer and longer
    bed.lines.postgres.inspect(null);
    tell.recovery(await bed.quiet(accounts));
    tell.figure("lines cut while a page was committed", cuts);
    assert.ok(cuts > 3, "lines were cut");
    await bed.killWorker(worker);
    return accounts;
  },
};

const temporalKilled: Case = {
  id: "F-12",
  seconds: 90,
  own: {},
  async run(bed, tell) {
    await slow(bed, 1_500);
    const workers = [bed.startWorker({ direct: true })];
    const accounts = await many(bed, 100, 1_500, 60_000);
    await eventually(
      () => counted(bed),
      (n) => n >= 10_000,
      120_000,
    );
    for (let round = 0; round < 3; round++) {
      await bed.temporal.kill();
      await sleep(1_000 + bed.random() * 3_000);
      await bed.temporal.start();
      await sleep(3_000);
    }
    const since = performance.now();
    await slow(bed, 0);
    await bed.backfilled(accounts, 240_000);
    tell.recovery((performance.now() - since) / 1_000);
    await bed.quiet(accounts, 240_000);
    const [stuck] = await bed.owner`select count(*)::int as n from streams where run_id is not null`;
    tell.figure("streams", accounts.length);
    tell.figure("stuck runs", Number(stuck?.["n"]));
    for (const worker of workers) await bed.killWorker(worker);
    return accounts;
  },
};

const temporalAway: Case = {
  id: "F-13",
  seconds: 60,
  own: {},
  async run(bed, tell) {
    const worker = bed.startWorker({ direct: true });
    const accounts = await many(bed, 50, 100, 3_600_000);
    await bed.backfilled(accounts);
    await bed.quiet(accounts);
    const ids = accounts.map((one) => one.streamId);
    await bed.temporal.kill();
    // Two hours go by: every stream was due twice.
    await bed.owner`update streams set due_at = due_at - interval '3 hours' where id = any(${ids})`;
    await sleep(5_000);
    const at = String((await bed.owner`select clock_timestamp()::text as at`)[0]?.["at"]);
    await bed.temporal.start();
    const runs = async () =>
      (
        await bed.owner`select stream_id, count(*)::int as n from runs where started_at >= ${at}::text::timestamptz and stream_id = any(${ids}) group by 1`
      ).map((row) => Number(row["n"]));
    const since = performance.now();
    await eventually(runs, (counts) => counts.length === ids.length, 150_000);
    tell.recovery((performance.now() - since) / 1_000);
    tell.figure("most catch-up runs of one stream", Math.max(...(await runs())));
    assert.equal(Math.max(...(await runs())), 1);
    await bed.quiet(accounts);
    await bed.killWorker(worker);
    return accounts;
  },
};

const temporalLost: Case = {
  id: "F-14",
  seconds: 90,
  own: {},
  async run(bed, tell) {
    await slow(bed, 100);
    const worker = bed.startWorker({ direct: true });
    const accounts = await many(bed, 20, 5_000, 10_000);
    await eventually(
      () => counted(bed),
      (n) => n >= 20_000,
      120_000,
    );
    const before = await counted(bed);
    await bed.temporal.kill();
    bed.temporal.wipe();
    await bed.temporal.start();
    const since = performance.now();
    await eventually(
      () => counted(bed),
      (n) => n > before,
      180_000,
    );
    tell.figure("first new record after, s", ((performance.now() - since) / 1_000).toFixed(1));
    await slow(bed, 0);
    await bed.backfilled(accounts, 240_000);
    await bed.quiet(accounts, 240_000);
    tell.recovery((performance.now() - since) / 1_000);
    await bed.killWorker(worker);
    return accounts;
  },
};

/** A worker in the middle of the first readings of four accounts. */
async function midway(bed: Bed, records: number) {
  await slow(bed, 80);
  const worker = bed.startWorker();
  const accounts = await many(bed, 4, records, 10_000);
  await eventually(
    () => counted(bed),
    (n) => n >= 6_000,
  );
  return { worker, accounts };
}

/** The third party answers at once again, and everything is read. */
async function readToTheEnd(bed: Bed, accounts: Account[]): Promise<void> {
  await slow(bed, 0);
  await bed.backfilled(accounts);
  await bed.quiet(accounts);
}

const silentTemporal: Case = {
  id: "F-15",
  seconds: 90,
  async run(bed, tell) {
    const { worker: cutOff, accounts } = await midway(bed, 10_000);
    bed.lines.temporal.blackhole();
    const fences = async () =>
      Number((await bed.owner`select sum(fence)::int as n from streams where id = any(${accounts.map((one) => one.streamId)})`)[0]?.["n"]);
    const before = await fences();
    const other = bed.startWorker({ direct: true });
    const since = performance.now();
    await eventually(fences, (n) => n >= before + accounts.length, 90_000);
    tell.recovery((performance.now() - since) / 1_000);
    bed.lines.temporal.release();
    await readToTheEnd(bed, accounts);
    tell.figure("attempts that took over", (await fences()) - before);
    await Promise.all([bed.killWorker(cutOff), bed.killWorker(other)]);
    return accounts;
  },
};

const silentPostgres: Case = {
  id: "F-16",
  seconds: 90,
  async run(bed, tell) {
    const { worker, accounts } = await midway(bed, 8_000);
    bed.lines.postgres.blackhole();
    await sleep(30_000);
    const since = performance.now();
    bed.lines.postgres.release();
    const before = await counted(bed);
    await eventually(
      () => counted(bed),
      (n) => n > before,
      120_000,
    );
    tell.recovery((performance.now() - since) / 1_000);
    await readToTheEnd(bed, accounts);
    tell.figure("silent for, s", 30);
    await bed.killWorker(worker);
    return accounts;
  },
};

export const INFRASTRUCTURE: readonly Case[] = [
  postgresKilled,
  postgresAway,
  cutAtCommit,
  temporalKilled,
  temporalAway,
  temporalLost,
  silentTemporal,
  silentPostgres,
];
