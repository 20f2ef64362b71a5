import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { eq } from "drizzle-orm";
import postgres from "postgres";
import { customers, embedSessions, integrations, templates } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import { submitApiKey } from "#server/domains/connections/submit-api-key";
import { seedDemo } from "#server/domains/demo/seed";
import { activateTemplate } from "#server/domains/installations/activate-template";
import type { CustomerCtx, Deps } from "#server/lib/context";
import type { ConnectionId, StreamId } from "#server/lib/ids";
import { createEgress } from "#server/runtime/egress-undici";
import { type Simulator, startSimulator } from "#server/simulator/start";
import { createTemporalClient, keepingOf } from "#server/temporal/client";
import { workerEnv, workerFlags } from "../../scripts/lib/settings.mjs";
import { createDatabase } from "./postgres";
import { testDeps } from "./world";

/** The key of every live test: fixed, so that a worker in another process reads what this one sealed. */
const KEY = Buffer.alloc(32, 7);
const CODEC = { keys: { t1: KEY }, currentKeyId: "t1" };

/** Real parts in one hand: a database, the simulator, Temporal, and workers as child processes that can be killed. */
export type Live = Awaited<ReturnType<typeof startLive>>;

export type LiveOptions = {
  temporalAddress: string;
  /** Of Temporal's; `default` unless given. */
  namespace?: string;
  /** A database of one's own; else a clone of the test cluster's. */
  databaseUrl?: string;
  /** A simulator of one's own; else one in this process. */
  simulator?: Simulator;
};

/** How a worker differs from the usual one: its environment, its output, what Node is told. */
export type WorkerOptions = { env?: Record<string, string>; stdio?: StdioOptions; flags?: string[] };

export async function startLive(options: LiveOptions) {
  const db = options.databaseUrl ? { url: options.databaseUrl, drop: async () => {} } : await createDatabase();
  const simulator: Simulator = options.simulator ?? (await startSimulator());
  const base = testDeps(db.url, "web", { egress: createEgress({ allowLoopback: true }) });
  const client = createTemporalClient({
    address: options.temporalAddress,
    namespace: options.namespace ?? "default",
    tls: false,
    apiKey: null,
    codec: CODEC,
    log: base.log,
  });
  const deps: Deps = { ...base, keeping: keepingOf(client, base.log) };
  await seedDemo(deps, {
    demoOrigin: "http://localhost:1",
    simulatorOrigin: simulator.origin,
    secretKey: "sk_test_live",
    webhookSecret: `whsec_${Buffer.alloc(32, 1).toString("base64")}`,
  });
  const owner = postgres(db.url, { max: 2, onnotice: () => {} });
  await owner`update webhook_endpoints set status = 'disabled'`; // nobody listens here
  const workers = new Set<ChildProcess>();
  return {
    url: db.url,
    owner,
    deps,
    client,
    simulator,
    control: (body: unknown) => control(simulator.origin, body),
    connect: (customer: string, key: string) => connect(deps, customer, key),
    connectOnly: (customer: string, key: string) => connectOnly(deps, customer, key),
    /** A worker of its own process, as it is built; `failpoint` says where it dies. */
    startWorker(failpoint?: string, more: WorkerOptions = {}): ChildProcess {
      const flags = [...workerFlags(process.env), ...(more.flags ?? [])];
      const worker = spawn(process.execPath, ["--enable-source-maps", ...flags, "dist/worker.mjs"], {
        stdio: more.stdio ?? ["ignore", "inherit", "inherit"],
        env: {
          ...workerEnv(process.env),
          NODE_ENV: "production",
          DATABASE_URL: db.url,
          INLAY_ORIGIN: "http://127.0.0.1:1",
          INLAY_KEYS: `t1:${KEY.toString("base64")}`,
          NEXTAUTH_SECRET: "0123456789abcdef0123456789abcdef",
          SMTP_URL: "smtp://127.0.0.1:25",
          INLAY_ALLOW_LOOPBACK: "1",
          TEMPORAL_ADDRESS: options.temporalAddress,
          TEMPORAL_NAMESPACE: options.namespace ?? "default",
          LOG_LEVEL: process.env["LOG_LEVEL"] ?? "error",
          ...(failpoint ? { INLAY_FAILPOINT: failpoint } : {}),
          ...more.env,
        },
      });
      workers.add(worker);
      return worker;
    },
    async stop() {
      for (const worker of workers) await stopChild(worker);
      await simulator.stop();
      await client.connection.close();
      await deps.db.close();
      await owner.end();
      await db.drop();
    },
  };
}

export async function stopChild(child: ChildProcess, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

async function control(origin: string, body: unknown): Promise<unknown> {
  const answer = await fetch(`${origin}/_control`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`the simulator refused: ${await answer.text()}`);
  return answer.json();
}

/** Connects the customer's sandbox CRM by key, as the marketplace does. */
async function connectOnly(deps: Deps, externalId: string, key: string) {
  const place = await asSystem(deps.db, "test: finds the seeded customer", async (tx) => {
    const [customer] = await tx.select().from(customers).where(eq(customers.externalId, externalId));
    const [integration] = await tx.select().from(integrations).where(eq(integrations.connectorKey, "sandbox-crm"));
    if (!customer || !integration) throw new Error(`nothing seeded for ${externalId}`);
    const [template] = await tx.select().from(templates).where(eq(templates.integrationId, integration.id));
    const vendors = await tx.query.environments.findFirst({ where: (row) => eq(row.id, customer.environmentId) });
    const [session] = await tx
      .insert(embedSessions)
      .values({
        environmentId: customer.environmentId,
        customerId: customer.id,
        tokenHash: `${customer.id}-${Date.now()}-${Math.random()}`,
        origin: "http://localhost:1",
        expiresAt: new Date(Date.now() + 600_000),
      })
      .returning();
    if (!template || !vendors || !session) throw new Error("the seed is incomplete");
    return { customer, integration, template, session, vendorId: vendors.vendorId };
  });
  const ctx: CustomerCtx = {
    ...deps,
    actor: { type: "customer", embedSessionId: place.session.id, origin: place.session.origin },
    scope: { vendorId: place.vendorId, environmentId: place.customer.environmentId, customerId: place.customer.id },
    requestId: "req_live",
  };
  const outcome = await submitApiKey(ctx, { integrationId: place.integration.id, fields: { key } });
  if (outcome.outcome === "different_account") throw new Error("unexpected account");
  const connectionId = outcome.connectionId as ConnectionId;
  return { ctx, connectionId, templateId: place.template.id, streamKey: place.template.streams[0]?.key ?? "contacts" };
}

/** {@link connectOnly}, and turns its first template on. */
async function connect(deps: Deps, externalId: string, key: string) {
  const place = await connectOnly(deps, externalId, key);
  const { streamIds } = await activateTemplate(place.ctx, { connectionId: place.connectionId, templateId: place.templateId });
  return { ...place, streamId: streamIds[0] as StreamId };
}

/** Looks again until `check` is true; fails with what was seen last. */
export async function eventually<T>(look: () => Promise<T>, check: (value: T) => boolean, timeoutMs = 60_000): Promise<T> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (check(value)) return value;
    if (Date.now() > until) throw new Error(`not in ${timeoutMs} ms; last seen ${JSON.stringify(value)}`);
    await sleep(100);
  }
}

/** Truth of one object of a sandbox CRM account, by id. */
export async function truthOf(origin: string, key: string, object = "contacts"): Promise<Map<string, Record<string, unknown>>> {
  const answer = await fetch(`${origin}/_truth/sandbox-crm/${object}?key=${encodeURIComponent(key)}&limit=2000000`);
  if (!answer.ok) throw new Error(`no truth: ${answer.status} ${await answer.text()}`);
  const rows = (await answer.text())
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return new Map(rows.map((row) => [String(row["id"]), row]));
}
