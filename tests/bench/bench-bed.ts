import { spawnSync } from "node:child_process";
import http from "node:http";
import { submitApiKey } from "#server/domains/connections/submit-api-key";
import { activateTemplate } from "#server/domains/installations/activate-template";
import type { CustomerCtx } from "#server/lib/context";
import { type ConnectionId, type CustomerId, newId, type StreamId } from "#server/lib/ids";
import type { FieldMapping } from "#server/mapping/schema";
import { startLive } from "#tests/support/live";
import { startPostgres, startSimulatorProcess, startTemporalServer } from "../faults/harness/servers";
import type { FetchPage } from "./bare-loop";

/** `--name=value` of the command line. */
export const args = Object.fromEntries(process.argv.slice(2).map((arg) => arg.replace(/^--/, "").split("=") as [string, string]));
export const PAGE = 250;

const field = (target: string, from: string, lower = false): FieldMapping => ({
  target,
  from,
  transforms: lower ? [{ type: "lowercase" }] : [],
  required: false,
  onError: "null",
});
const TWELVE = [
  field("email", "properties.email", true),
  field("firstName", "properties.firstname"),
  field("lastName", "properties.lastname"),
  field("phone", "properties.phone"),
  field("jobTitle", "properties.jobtitle"),
  field("lifecycleStage", "properties.lifecyclestage"),
  field("company", "company.name"),
  field("city", "address.city"),
  field("country", "address.country"),
  field("fullName", "owner.email"),
  field("updatedAt", "updated_at"),
  field("createdAt", "created_at"),
];

const agent = new http.Agent({ keepAlive: true });
/** The source as a bare program reads it: node:http, keep-alive, nothing between. */
export const fetchFrom =
  (origin: string, key: string): FetchPage =>
  (cursor) =>
    new Promise((resolve, reject) => {
      const url = `${origin}/api.sandbox-crm.example/v1/contacts?limit=${PAGE}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`;
      http
        .get(url, { agent, headers: { "x-api-key": key } }, (res) => {
          const chunks: Buffer[] = [];
          res.on("data", (chunk: Buffer) => chunks.push(chunk));
          res.on("end", () => resolve({ text: Buffer.concat(chunks).toString() }));
          res.on("error", reject);
        })
        .on("error", reject);
    });

export type BenchBed = Awaited<ReturnType<typeof startBenchBed>>;
export type Connected = { ctx: CustomerCtx; key: string; customerId: CustomerId; connectionId: ConnectionId; streamId: StreamId };

/** Postgres with its own settings, Temporal, the simulator and a freshly built worker, each a process; twelve fields are mapped. */
export async function startBenchBed() {
  const build = spawnSync(process.execPath, ["scripts/build.mjs", "bundles", "workflows"], { stdio: "inherit" });
  if (build.status !== 0) throw new Error("the processes could not be bundled");
  const [postgres, temporal, simulator] = await Promise.all([startPostgres(), startTemporalServer(), startSimulatorProcess()]);
  const live = await startLive({ temporalAddress: temporal.address, databaseUrl: postgres.url, simulator });
  const { owner } = live;
  await owner`update mappings set fields = ${owner.json(TWELVE)} where template_id in (select t.id from templates t join integrations i on i.id = t.integration_id where i.connector_key = 'sandbox-crm')`;
  const [template] = await owner`
    select t.id, t.integration_id from templates t join integrations i on i.id = t.integration_id where i.connector_key = 'sandbox-crm' order by t.id limit 1`;
  const globex = await live.connectOnly("globex", "sbx_demo_key");
  const { environmentId } = globex.ctx.scope;

  /** A customer of its own with an account of so many records, turned on. */
  async function connect(records: number, key = `sbx_bench_${newId("customer")}`): Promise<Connected> {
    const customerId = newId("customer");
    const sessionId = newId("embedSession");
    await owner`insert into customers (id, environment_id, external_id, name) values (${customerId}, ${environmentId}, ${customerId}, ${customerId})`;
    await owner`insert into embed_sessions (id, environment_id, customer_id, token_hash, origin, expires_at)
      values (${sessionId}, ${environmentId}, ${customerId}, ${sessionId}, 'http://localhost:1', now() + interval '1 day')`;
    const ctx: CustomerCtx = {
      ...globex.ctx,
      actor: { type: "customer", embedSessionId: sessionId, origin: "http://localhost:1" },
      scope: { ...globex.ctx.scope, customerId },
    };
    await live.control({ service: "sandbox-crm", key, records, warm: true });
    const outcome = await submitApiKey(ctx, { integrationId: template?.["integration_id"], fields: { key } });
    if (outcome.outcome === "different_account") throw new Error("unexpected account");
    const connectionId = outcome.connectionId as ConnectionId;
    const { streamIds } = await activateTemplate(ctx, { connectionId, templateId: template?.["id"] });
    return { ctx, key, customerId, connectionId, streamId: streamIds[0] as StreamId };
  }

  return {
    ...live,
    postgres,
    temporal,
    simulator,
    connect,
    /** So many customers, a few at a time. */
    async connectMany(count: number, records: number): Promise<Connected[]> {
      const made: Connected[] = [];
      let begun = 0;
      const lane = async () => {
        while (begun++ < count) made.push(await connect(records));
      };
      await Promise.all(Array.from({ length: 8 }, lane));
      return made;
    },
    async stop() {
      await live.stop();
      await Promise.all([temporal.stop(), postgres.stop()]);
    },
  };
}
