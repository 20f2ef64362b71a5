import assert from "node:assert/strict";
import { statSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { eventually } from "#tests/support/live";
import { cpuMs, memoryMb } from "../../../bench/process-figures";
import type { Bed } from "../bed";
import type { Case } from "../case";
import { counted, many, slow } from "./process";

const exhausted: Case = {
  id: "F-10",
  seconds: 40,
  async run(bed, tell) {
    const worker = bed.startWorker();
    const accounts = await many(bed, 4, 3_000, 5_000);
    const hoarder = postgres(bed.postgres.url, { max: 150, onnotice: () => {}, idle_timeout: 0 });
    await Promise.allSettled(Array.from({ length: 150 }, () => hoarder`select pg_sleep(0.5)`));
    let slowest = 0;
    const answers = new Map<number, number>();
    for (let i = 0; i < 40; i++) {
      const since = performance.now();
      const status = await fetch(`${bed.door.origin}/v1/records?limit=1`, { headers: { authorization: "Bearer sk_test_live" } }).then(
        (one) => one.status,
        () => 0,
      );
      slowest = Math.max(slowest, performance.now() - since);
      answers.set(status, (answers.get(status) ?? 0) + 1);
    }
    await bed.backfilled(accounts);
    await hoarder.end({ timeout: 1 });
    tell.figure("connections held by others", 150);
    tell.figure("answers of the API", [...answers].map(([status, n]) => `${n} × ${status}`).join(", "));
    tell.figure("slowest of them, ms", Math.round(slowest));
    assert.ok([...answers.keys()].every((status) => status === 200 || status === 503));
    tell.recovery(await bed.quiet(accounts));
    await bed.killWorker(worker);
    return accounts;
  },
};

const migration: Case = {
  id: "F-22",
  seconds: 40,
  async run(bed, tell) {
    await slow(bed, 20);
    const worker = bed.startWorker();
    const accounts = await many(bed, 6, 8_000, 5_000);
    await eventually(
      () => counted(bed),
      (n) => n > 5_000,
    );
    const statements = [
      "alter table streams add column harness_note text",
      "alter table records add column harness_note text",
      "create index concurrently harness_index on records (environment_id, updated_at)",
    ];
    for (const statement of statements) {
      const since = performance.now();
      await bed.owner.unsafe(statement);
      tell.figure(`${statement.split(" ").slice(0, 4).join(" ")}, ms`, Math.round(performance.now() - since));
    }
    await slow(bed, 0);
    await bed.backfilled(accounts);
    tell.recovery(await bed.quiet(accounts));
    await bed.owner.unsafe(
      "drop index harness_index; alter table records drop column harness_note; alter table streams drop column harness_note",
    );
    await bed.killWorker(worker);
    return accounts;
  },
};

const sameMoment: Case = {
  id: "F-85",
  seconds: 90,
  own: {},
  async run(bed, tell) {
    const worker = bed.startWorker({ direct: true });
    const accounts = await many(bed, 200, 20, 3_600_000);
    await bed.backfilled(accounts);
    const ids = accounts.map((one) => one.streamId);
    const [at] =
      await bed.owner`update streams set due_at = date_trunc('second', now()) + interval '1 second' where id = any(${ids}) returning clock_timestamp()::text as at`;
    const since = performance.now();
    for (const { ctx, streamId, customerId } of accounts)
      void bed.deps.keeping.pokeStream({ vendorId: ctx.scope.vendorId, environmentId: ctx.scope.environmentId, customerId, streamId });
    const done = async () =>
      (
        await bed.owner`select extract(epoch from date_trunc('second', started_at))::int as s, count(*)::int as n from runs where started_at >= ${at?.["at"]}::text::timestamptz and status = 'succeeded' group by 1`
      ).map((row) => Number(row["n"]));
    await eventually(done, (counts) => counts.reduce((a, b) => a + b, 0) >= ids.length, 120_000);
    const counts = await done();
    tell.figure("streams due at one moment", ids.length);
    tell.figure("all done after, s", ((performance.now() - since) / 1_000).toFixed(1));
    tell.figure("most starts in one second", Math.max(...counts));
    tell.recovery(await bed.quiet(accounts.slice(0, 20)));
    await bed.killWorker(worker);
    return accounts;
  },
};

const IDLE = Number(process.env["INLAY_IDLE_CONNECTIONS"] ?? 10_000);

/** Streams that nobody has anything to do for: one real account, and as many more rows of its kind as wanted. */
async function fillUp(bed: Bed, like: string, count: number): Promise<void> {
  await bed.owner.unsafe(
    `with n as (select g, substr(md5(random()::text), 1, 20) as x from generate_series(1, ${count}) g),
      c as (insert into connections (id, environment_id, customer_id, integration_id, account_id, account_label)
        select 'con_' || n.x, o.environment_id, o.customer_id, o.integration_id, 'idle-' || n.g, 'idle' from n, (select c.* from connections c join streams s on s.connection_id = c.id where s.id = $1) o returning id),
      i as (insert into installations (id, environment_id, customer_id, connection_id, template_id)
        select 'ins_' || n.x, o.environment_id, o.customer_id, 'con_' || n.x, o.template_id from n, (select * from streams where id = $1) o returning id)
     insert into streams (id, environment_id, customer_id, connection_id, installation_id, template_id, key, object, model_key, phase, mapping_version, template_version, mapped_version, due_at, last_success_at, interval_ms, trigger)
      select 'str_' || n.x, o.environment_id, o.customer_id, 'con_' || n.x, 'ins_' || n.x, o.template_id, o.key, o.object, o.model_key, 'incremental', o.mapping_version, o.template_version, o.mapped_version,
             now() + interval '1 day', now(), 86400000, 'schedule' from n, (select * from streams where id = $1) o`,
    [like],
  );
}

const idle: Case = {
  id: "F-93",
  seconds: 240,
  own: {},
  async run(bed, tell) {
    const worker = bed.startWorker({ direct: true });
    const account = await bed.connect(200, { intervalMs: 3_600_000 });
    await bed.backfilled([account]);
    await bed.quiet([account]);
    const since = performance.now();
    await fillUp(bed, account.streamId, IDLE);
    const running = async () => (await bed.client.workflow.count("WorkflowType = 'keeper' and ExecutionStatus = 'Running'")).count;
    await eventually(running, (n) => n > IDLE, 600_000);
    tell.figure("idle connections", IDLE);
    tell.figure("until each has its keeper, s", Math.round((performance.now() - since) / 1_000));
    await sleep(15_000); // what was begun is finished, and caches are as they stay
    const size = () =>
      ["", "-wal"].reduce(
        (sum, end) => sum + (statSync(path.join(bed.temporal.dir, `temporal.db${end}`), { throwIfNoEntry: false })?.size ?? 0),
        0,
      );
    const [worked, served, bytes, at] = [cpuMs(worker.pid), cpuMs(bed.temporal.pid()), size(), performance.now()];
    await sleep(65_000); // two rounds of the reconciler
    const ms = performance.now() - at;
    tell.figure("worker, % of a core", (((cpuMs(worker.pid) - worked) / ms) * 100).toFixed(1));
    tell.figure("Temporal, % of a core", (((cpuMs(bed.temporal.pid()) - served) / ms) * 100).toFixed(1));
    tell.figure("Temporal's file grows, MB a day", Math.round((((size() - bytes) / 1e6) * 86_400_000) / ms));
    tell.figure("worker's memory, MB", memoryMb(worker.pid).now);
    tell.figure("Temporal's memory, MB", memoryMb(bed.temporal.pid()).now);
    await bed.change(account, 10, bed.random);
    tell.recovery(await bed.quiet([account]));
    await bed.killWorker(worker);
    return [account];
  },
};

export const LOAD: readonly Case[] = [exhausted, migration, sameMoment, idle];
