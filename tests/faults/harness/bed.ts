import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { submitApiKey } from "#server/domains/connections/submit-api-key";
import { activateTemplate } from "#server/domains/installations/activate-template";
import { syncNow } from "#server/domains/streams/sync-now";
import type { CustomerCtx } from "#server/lib/context";
import { type ConnectionId, type CustomerId, newId, type StreamId, type TemplateId } from "#server/lib/ids";
import { eventually, startLive, stopChild, truthOf, type WorkerOptions } from "#tests/support/live";
import { freePort } from "#tests/support/postgres";
import { insert } from "#tests/support/world";
import { memoryMb } from "../../bench/process-figures";
import { randomOf } from "./random";
import { startPostgres, startPostgresOnTmpfs, startSimulatorProcess, startTemporalServer } from "./servers";
import { startTcpProxy } from "./tcp-proxy";
import { startThirdPartyLine } from "./third-party-line";
import { startVendor } from "./vendor";

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
const KEYS = `t1:${Buffer.alloc(32, 7).toString("base64")}`;
const SECRET_KEY = "sk_test_live";

export type Account = {
  key: string;
  ctx: CustomerCtx;
  customerId: CustomerId;
  connectionId: ConnectionId;
  templateId: TemplateId;
  streamId: StreamId;
  /** Where the simulator tells its truth, when that is not the sandbox CRM's: the vendor then sees of a record what the mapping takes. */
  truthAt?: string;
  /** How often each record was changed at the third party since it was first there. */
  changes: Map<string, number>;
};

export type Bed = Awaited<ReturnType<typeof startBed>>;
export type BedOptions = {
  seed: number;
  /** Temporal with fairness between customers; as it is, unless false. */
  fair?: boolean;
  /** Postgres on a file system of its own, of so many MB. Needs root. */
  tmpfsMb?: number;
};

/** Everything a case needs, each part in a process of its own that may die: Postgres, Temporal, simulator, door, workers; between them lines that can be cut. */
export async function startBed(options: BedOptions) {
  const [postgres, temporal, simulator] = await Promise.all([
    options.tmpfsMb === undefined ? startPostgres() : startPostgresOnTmpfs(options.tmpfsMb),
    startTemporalServer({ fair: options.fair ?? true }),
    startSimulatorProcess(),
  ]);
  const thirdParty = await startThirdPartyLine(simulator.origin);
  const lines = {
    postgres: await startTcpProxy({ host: "127.0.0.1", port: postgres.port }),
    temporal: await startTcpProxy({ host: "127.0.0.1", port: temporal.port }),
  };
  const live = await startLive({
    temporalAddress: temporal.address,
    databaseUrl: postgres.url,
    simulator: { origin: thirdParty.origin, stop: async () => {} },
  });
  const door = await startDoor(postgres.url, temporal.address);
  const vendor = await startVendor({ door: door.origin, secretKey: SECRET_KEY, secret: WEBHOOK_SECRET });
  await live.owner`update webhook_endpoints set status = 'active', url = ${vendor.url}`;
  const said: string[] = [];
  const workers: ChildProcess[] = [];
  /** Highest memory of each worker that has gone, in MB. */
  const gone: number[] = [];
  const throughLines = {
    DATABASE_URL: postgres.url.replace(`:${postgres.port}/`, `:${lines.postgres.port}/`),
    TEMPORAL_ADDRESS: `127.0.0.1:${lines.temporal.port}`,
  };
  const lost: string[] = [];
  const accounts: Account[] = [];
  let named = 0;

  /** A worker, whose words are kept. `direct`: not through the lines that can be cut. */
  function startWorker(more: WorkerOptions & { failpoint?: string; direct?: boolean } = {}): ChildProcess {
    const { failpoint, direct = false, env, ...rest } = more;
    const worker = live.startWorker(failpoint, {
      ...rest,
      stdio: ["ignore", "pipe", "pipe"],
      env: { LOG_LEVEL: "warn", ...(direct ? {} : throughLines), ...env },
    });
    for (const stream of [worker.stdout, worker.stderr]) stream?.on("data", (chunk) => said.push(String(chunk)));
    workers.push(worker);
    // Killed is killed; but no worker may end by itself.
    worker.once("exit", (code) => void (code && lost.push(`a worker ended by itself: ${said.slice(-4).join("").slice(-1_500)}`)));
    return worker;
  }

  /** A customer of its own, who has connected nothing that syncs, and a key that opens an account. */
  async function stranger() {
    const name = `tenant-${++named}`;
    const key = `sbx_canary_${options.seed}_${named}_${Math.random().toString(36).slice(2, 12)}`;
    const customerId = newId("customer");
    const [place] = await live.owner`select environment_id from customers where external_id = 'globex' limit 1`;
    await insert(live.owner, "customers", { id: customerId, environment_id: place?.["environment_id"], external_id: name, name });
    return { name, key, customerId, ...(await live.connectOnly(name, key)) };
  }
  /** A customer of its own with an account of so many records, turned on. `before` is called with its key when nothing was read yet. */
  async function connect(
    records: number,
    { intervalMs = 60_000, before }: { intervalMs?: number; before?: (key: string) => void } = {},
  ): Promise<Account> {
    const { name: _, ...place } = await stranger();
    const { key, ctx, connectionId, templateId } = place;
    await live.control({ service: "sandbox-crm", key, records });
    before?.(key);
    const { streamIds } = await activateTemplate(ctx, { connectionId, templateId });
    const streamId = streamIds[0] as StreamId;
    await live.owner`update streams set interval_ms = ${intervalMs} where id = ${streamId}`;
    const account: Account = { ...place, streamId, changes: new Map() };
    accounts.push(account);
    return account;
  }

  /** So many accounts of one customer, each of so many records. Their streams are there and have read nothing. */
  async function connectMore(count: number, records: number): Promise<Account[]> {
    const { name, key: first, ...place } = await stranger();
    const { environmentId } = place.ctx.scope;
    const [integration] = await live.owner`select integration_id from connections where id = ${place.connectionId}`;
    const more: Account[] = [];
    for (let n = 0; n < count; n++) {
      const key = `${first}_${n}`;
      const outcome = await submitApiKey(place.ctx, { integrationId: integration?.["integration_id"], fields: { key } });
      if (outcome.outcome === "different_account") throw new Error(`${name} could not connect another account in ${environmentId}`);
      const connectionId = outcome.connectionId as ConnectionId;
      await live.control({ service: "sandbox-crm", key, records });
      const { streamIds } = await activateTemplate(place.ctx, { connectionId, templateId: place.templateId });
      more.push({ ...place, key, connectionId, streamId: streamIds[0] as StreamId, changes: new Map() });
    }
    accounts.push(...more);
    return more;
  }

  const stream = async (account: Account) => (await live.owner`select * from streams where id = ${account.streamId}`)[0] ?? {};
  const truth = (account: Account) =>
    account.truthAt ? rowsOf(`${simulator.origin}/_truth/${account.truthAt}`) : truthOf(simulator.origin, account.key);
  /** Changes `count` records of the account at the third party, drawn by the case's seed. */
  async function change(account: Account, count: number, random = randomOf(options.seed + accounts.indexOf(account))): Promise<void> {
    const ids = [...(await truth(account)).keys()];
    const chosen = [...new Set(Array.from({ length: count }, () => ids[Math.floor(random() * ids.length)] as string))];
    for (const id of chosen) account.changes.set(id, (account.changes.get(id) ?? 0) + 1);
    const whose = account.truthAt ? { service: "hubspot", portal: account.key } : { service: "sandbox-crm", key: account.key };
    await live.control({ ...whose, change: { ids: chosen } });
  }

  /** Until the first reading of each is over. */
  const backfilled = (list: readonly Account[], timeoutMs = 120_000) =>
    eventually(
      async () =>
        Number(
          (
            await live.owner`select count(*)::int as n from streams where id = any(${list.map((one) => one.streamId)}) and phase = 'incremental' and run_id is null and last_success_at is not null`
          )[0]?.["n"],
        ),
      (n) => n === list.length,
      timeoutMs,
    );

  /**
   * Asks every stream once more, and waits until each has had a whole run since, nothing is under way, the feed is read to its end
   * and every delivery has come to its own. Returns the seconds that took.
   */
  async function quiet(list: readonly Account[] = accounts, timeoutMs = 180_000): Promise<number> {
    const since = performance.now();
    const ids = list.map((one) => one.streamId);
    await sleep(10); // changes at the third party of this very millisecond are behind the runs that begin now
    const at = String((await live.owner`select clock_timestamp()::text as at`)[0]?.["at"]);
    for (const account of list) await syncNow(account.ctx, { streamId: account.streamId });
    await eventually(
      async () =>
        await live.owner`select s.id, s.phase, s.run_id, s.failure_code, s.pause_reasons from streams s where s.id = any(${ids}) and (s.run_id is not null or not exists (
          select 1 from runs r where r.stream_id = s.id and r.status = 'succeeded' and r.started_at >= ${at}::text::timestamptz and r.kind in ('incremental', 'backfill')))`,
      (open) => open.length === 0,
      timeoutMs,
    );
    await settled();
    return (performance.now() - since) / 1_000;
  }
  /** The feed is read to its end, and no delivery is under way. */
  async function settled(): Promise<void> {
    const latest = async () => {
      await live.owner`select feed_sequence(id) from environments`;
      return Number((await live.owner`select max(feed_position)::int as n from environments`)[0]?.["n"] ?? 0);
    };
    await eventually(async () => vendor.caughtUp(await latest(), 1_000), Boolean, 60_000);
    await eventually(delivered, Boolean, 60_000);
  }
  /** Whether all endpoints were told of all there is. What waits for its next attempt is due now: nobody waits for the minutes in between. */
  async function delivered(): Promise<boolean> {
    await live.owner`update webhook_deliveries set next_attempt_at = now() where status = 'pending' and next_attempt_at > now() and attempts > 0`;
    const behind = await live.owner`
      select w.id, w.environment_id, e.vendor_id from webhook_endpoints w join environments e on e.id = w.environment_id
       where w.status = 'active' and (w.position < e.feed_position or exists (select from webhook_deliveries d where d.endpoint_id = w.id and d.status = 'pending'))`;
    for (const row of behind)
      await live.deps.keeping.pokeEndpoint({ endpointId: row["id"], environmentId: row["environment_id"], vendorId: row["vendor_id"] });
    if (behind.length > 0) await sleep(300);
    return behind.length === 0;
  }

  return {
    ...live,
    postgres,
    temporal,
    simulator,
    thirdParty,
    lines,
    door,
    vendor,
    said,
    accounts,
    seed: options.seed,
    random: randomOf(options.seed),
    workers,
    /** What our processes came to that nobody wished them. */
    lost,
    /** Highest memory each worker has had, in MB, as long as it could be asked. */
    peaks: () => [...gone, ...workers.map((worker) => memoryMb(worker.pid).peak)],
    /** What a case brings about on purpose. */
    expected: { reauth: 0 },
    stranger,
    startWorker,
    async killWorker(worker: ChildProcess, signal: NodeJS.Signals = "SIGKILL") {
      gone.push(memoryMb(worker.pid).peak);
      await stopChild(worker, signal);
    },
    connect,
    connectMore,
    change,
    stream,
    truth,
    backfilled,
    quiet,
    settled,
    async stop() {
      await vendor.stop();
      await live.stop().catch(() => {});
      await door.stop();
      await Promise.all([lines.postgres.stop(), lines.temporal.stop(), thirdParty.stop()]);
      await Promise.all([temporal.stop(), simulator.stop(), postgres.stop()]);
    },
  };
}

async function rowsOf(url: string): Promise<Map<string, Record<string, unknown>>> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`no truth: ${answer.status} ${await answer.text()}`);
  const lines = (await answer.text()).split("\n").filter(Boolean);
  return new Map(lines.map((line) => JSON.parse(line) as Record<string, unknown>).map((row) => [String(row["id"]), row]));
}

async function startDoor(databaseUrl: string, temporalAddress: string) {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const child = fork("tests/faults/harness/door.ts", {
    execArgv: ["--import", "./scripts/lib/driver-hook.mjs", "--import", "tsx"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: {
      ...process.env,
      NODE_ENV: "production",
      DATABASE_URL: databaseUrl,
      INLAY_ORIGIN: origin,
      INLAY_KEYS: KEYS,
      NEXTAUTH_SECRET: "0123456789abcdef0123456789abcdef",
      SMTP_URL: "smtp://127.0.0.1:25",
      TEMPORAL_ADDRESS: temporalAddress,
      INLAY_ALLOW_LOOPBACK: "1",
      LOG_LEVEL: "silent",
    },
  });
  const said: string[] = [];
  child.stderr?.on("data", (chunk) => said.push(String(chunk)));
  const died = once(child, "exit").then(() => Promise.reject(new Error(`the door did not open:\n${said.join("")}`)));
  await Promise.race([once(child, "message"), died]);
  died.catch(() => {});
  return { origin, child, stop: () => stopChild(child) };
}
