import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { disconnect } from "#server/domains/connections/disconnect";
import { syncNow } from "#server/domains/streams/sync-now";
import { eventually } from "#tests/support/live";
import type { Account, Bed } from "../bed";
import type { Case } from "../case";
import { many, slow } from "./process";

const percentile = (values: number[], of: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * of))] ?? 0;

const QUIET = 30;
const EVERY_MS = 5_000;

/** How long after a record has changed at the third party the vendor's reader has it, in ms, over so many changes of the quiet customers. */
async function freshness(bed: Bed, quiet: Account[], changes: number): Promise<number[]> {
  const lags: number[] = [];
  const one = async (account: Account) => {
    const told = () => [...(bed.vendor.replicas.get(account.streamId)?.told.values() ?? [])].reduce((a, b) => a + b, 0);
    const before = told();
    const since = performance.now();
    await bed.change(account, 1, bed.random);
    await eventually(
      async () => told(),
      (n) => n > before,
      240_000,
    );
    lags.push(performance.now() - since);
  };
  const queue = Array.from({ length: changes }, (_, n) => quiet[n % quiet.length] as Account);
  // A customer's changes one after the other, customers side by side.
  await Promise.all(
    quiet.map(async (account) => {
      for (const next of queue) if (next === account) await one(next);
    }),
  );
  return lags;
}

/** The noisy customer: so many accounts of its own, all of whose legs wait for a slot at the same time. */
async function makeNoise(bed: Bed, noisy: Account[]): Promise<void> {
  const { customerId, ctx } = noisy[0] as Account;
  await bed.owner`update streams set cursor = null, phase = 'backfill', due_at = now(), interval_ms = 1000 where id = any(${noisy.map((one) => one.streamId)})`;
  for (const { streamId } of noisy)
    await bed.deps.keeping.pokeStream({ vendorId: ctx.scope.vendorId, environmentId: ctx.scope.environmentId, customerId, streamId });
}

const NOISY = 120;

/** Quiet customers, first by themselves and then beside a backfill that takes every slot. Returns p95 of both, in ms. */
async function beside(bed: Bed, fair: boolean): Promise<{ alone: number; noisy: number }> {
  // Without fairness there are no bounds of legs either: each by itself would hold the noisy one back.
  const worker = bed.startWorker({ direct: true, env: fair ? {} : { INLAY_LEGS_PER_CUSTOMER: "1000", INLAY_LEGS_PER_VENDOR: "1000" } });
  const quiet = await many(bed, QUIET, 20, EVERY_MS);
  await bed.backfilled(quiet);
  const alone = percentile(await freshness(bed, quiet, QUIET * 4), 0.95);
  // Pages of the noisy one take 100 ms, so that each of its legs holds its slot for five seconds.
  const noisy = await bed.connectMore(NOISY, 20_000);
  bed.thirdParty.tell({
    meets: (asked) => asked.path.endsWith("/v1/contacts") && noisy.some((one) => one.key === asked.key),
    answer: () => sleep(400, null),
  });
  await makeNoise(bed, noisy);
  await sleep(8_000); // every slot is taken by then, and the others wait in the queue
  const lags = await freshness(bed, quiet, QUIET * 4);
  await bed.killWorker(worker);
  await bed.owner`update streams set status = 'off' where id = any(${noisy.map((one) => one.streamId)})`;
  bed.accounts.splice(0, bed.accounts.length, ...quiet);
  return { alone, noisy: percentile(lags, 0.95) };
}

const seconds = (ms: number) => (ms / 1_000).toFixed(2);

const noisyNeighbour = (fair: boolean): Case => ({
  id: "F-84",
  seconds: 150,
  own: { fair },
  async run(bed, tell) {
    const { alone, noisy } = await beside(bed, fair);
    tell.figure(`${fair ? "with" : "without"} fairness: p95 from change to feed alone, s`, seconds(alone));
    tell.figure(`${fair ? "with" : "without"} fairness: beside the noisy one, s`, seconds(noisy));
    tell.figure(`${fair ? "with" : "without"} fairness: ratio`, (noisy / alone).toFixed(2));
    if (fair) assert.ok(noisy / alone <= 2, `p95 is ${(noisy / alone).toFixed(2)} times as long`);
    else assert.ok(noisy / alone > 2, `without fairness the same run should have shown it: ${(noisy / alone).toFixed(2)}`);
    const worker = bed.startWorker({ direct: true });
    tell.recovery(await bed.quiet());
    await bed.killWorker(worker);
    return bed.accounts;
  },
});

const disconnected: Case = {
  id: "F-86",
  seconds: 20,
  async run(bed, tell) {
    await slow(bed, 150);
    const worker = bed.startWorker();
    const account = await bed.connect(10_000);
    const stored = async () =>
      Number((await bed.owner`select count(*)::int as n from records where stream_id = ${account.streamId}`)[0]?.["n"]);
    await eventually(stored, (n) => n > 1_000);
    await disconnect(account.ctx, { connectionId: account.connectionId });
    const after = await stored();
    const asked = () => bed.thirdParty.log.filter((one) => one.key === account.key).length;
    await eventually(
      async () => (await bed.owner`select 1 from runs where stream_id = ${account.streamId} and status = 'running'`).length,
      (n) => n === 0,
    );
    await slow(bed, 0);
    const [before, rows] = [asked(), await stored()];
    await sleep(3_000); // whoever still reads would be seen by now
    assert.equal(asked(), before, "nothing is asked any more");
    tell.figure("records written after the disconnect", (await stored()) - after);
    assert.deepEqual([rows, await stored()], [after, after]);
    await bed.killWorker(worker);
    return [];
  },
};

const delayedCommits: Case = {
  id: "F-91",
  seconds: 40,
  async run(bed, tell) {
    await bed.owner.unsafe(`
      create function harness_delay() returns trigger language plpgsql as $$ begin perform pg_sleep(random() * 0.08); return null; end $$;
      create constraint trigger harness_delay after insert on feed_pages deferrable initially deferred for each row execute function harness_delay()`);
    const worker = bed.startWorker();
    const accounts = await many(bed, 8, 6_000, 5_000);
    await bed.backfilled(accounts);
    for (const account of accounts) await bed.change(account, 300, bed.random);
    tell.recovery(await bed.quiet(accounts));
    const heard = accounts.reduce(
      (sum, one) => sum + [...(bed.vendor.replicas.get(one.streamId)?.told.values() ?? [])].reduce((a, b) => a + b, 0),
      0,
    );
    tell.figure("changes heard by a reader who never stopped", heard);
    tell.figure("times it read", bed.vendor.counts().reads);
    await bed.owner.unsafe("drop trigger harness_delay on feed_pages; drop function harness_delay()");
    await bed.killWorker(worker);
    return accounts;
  },
};

const fiftyClicks: Case = {
  id: "F-92",
  seconds: 15,
  fast: true,
  async run(bed, tell) {
    const worker = bed.startWorker();
    const account = await bed.connect(500, { intervalMs: 3_600_000 });
    await bed.backfilled([account]);
    await bed.quiet([account]);
    const runs = async () => Number((await bed.owner`select count(*)::int as n from runs where stream_id = ${account.streamId}`)[0]?.["n"]);
    const before = await runs();
    await bed.change(account, 1, bed.random);
    await Promise.all(Array.from({ length: 50 }, () => syncNow(account.ctx, { streamId: account.streamId })));
    await eventually(runs, (n) => n > before);
    await eventually(
      () => bed.stream(account),
      (row) => row["run_id"] === null && row["trigger"] === "schedule", // no wish is left
    );
    const made = (await runs()) - before;
    tell.figure("runs for 50 clicks (one more when it was under way)", made);
    assert.ok(made <= 2, `${made} runs`);
    await bed.quiet([account]);
    await bed.killWorker(worker);
    return [account];
  },
};

export const TENANCY: readonly Case[] = [noisyNeighbour(true), noisyNeighbour(false), disconnected, delayedCommits, fiftyClicks];
