import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getManifest, listManifests } from "#server/connectors/index";
import { setTemplateStatus } from "#server/domains/templates/set-template-status";
import type { Deps } from "#server/lib/context";
import type { ConnectionId, CustomerId, IntegrationId, TemplateId } from "#server/lib/ids";
import { newId } from "#server/lib/ids";
import { type Bench, openBench, PROOF_NOW_MS } from "#server/proof/bench";
import { createEgress } from "#server/runtime/egress-undici";
import { sealSecret } from "#server/runtime/secret";
import { plant } from "#server/simulator/from-manifest/tree";
import { createDatabase } from "#tests/support/postgres";
import { readerOf } from "#tests/support/ready/oracle";
import { drain, proveBothWays, provePush, tellApart } from "#tests/support/ready/prove-writes";
import { truthOf } from "#tests/support/ready/truth";
import { CHOSEN, EXPECTED_VARIED, VARIED } from "#tests/support/ready/varied";
import { overHttp, recordedOf } from "#tests/support/stand-in";
import { createCustomer, createScene, customerCtx, insert, memberCtx, type Scene, testDeps, testVault } from "#tests/support/world";
import { activateTemplate } from "../installations/activate-template";
import { createReadyTemplate } from "./create-ready-template";
import { isAsked, readyTemplates } from "./ready-list";
import type { ReadyStand, ReadyTemplate } from "./ready-schema";

// Every ready template on every connector that can be asked, from its data to the records: nothing between is left out or stood in for
// but the third party. What calls bring (and nobody can be asked for) is proven in ready-calls.db.test.ts.
const pulled = readyTemplates().flatMap((ready) =>
  ready.stands.flatMap((stand) => {
    const { objects } = getManifest(stand.connector);
    return stand.streams.every(({ object }) => isAsked(objects[object]))
      ? [[`${ready.key} on ${stand.connector}`, { ready, stand }] as const]
      : [];
  }),
);

let db: Awaited<ReturnType<typeof createDatabase>>;
let owner: postgres.Sql;
let web: Deps;
let worker: Deps;
let scene: Scene;
const aheadMs = PROOF_NOW_MS - Date.now();

beforeAll(async () => {
  // What third parties limit is kept elsewhere; here nobody waits for it.
  for (const { http } of listManifests()) http.rateLimit.buckets.splice(0);
  db = await createDatabase();
  owner = postgres(db.url, { max: 2, onnotice: () => {} });
  const shared = { egress: createEgress({ allowLoopback: true }), clock: { now: () => new Date(Date.now() + aheadMs) } };
  web = testDeps(db.url, "web", shared);
  worker = testDeps(db.url, "worker", shared);
  scene = await createScene(owner, { records: 0 });
  await owner`delete from models where environment_id = ${scene.environment}`;
});
afterAll(async () => {
  await Promise.all([web.db.close(), worker.db.close(), owner.end()]);
  await db.drop();
});

/** Pages of a service of any kind with the records that the template expects, each a little otherwise. */
function expectedPages({ connector, streams, expects }: ReadyStand) {
  const { pages, writes } = recordedOf(connector);
  const [stream] = streams;
  const [record] = expects?.records ?? [];
  if (!stream || !record) return { recorded: { pages, writes }, rows: null };
  const changes = EXPECTED_VARIED[stream.key] ?? [{}];
  const rows = changes.map((patch, n) =>
    Object.entries({ ...patch, id: `${String(record["id"])}-${n}` }).reduce(
      (made, [path, value]) => plant(made, path, value),
      structuredClone(record) as unknown,
    ),
  );
  return { recorded: { pages, writes }, rows };
}

/** The first way in that a stand-in can check. */
const authOf = (connector: string) => Object.keys(getManifest(connector).auth)[0] ?? "";

async function openParty(stand: ReadyStand): Promise<Bench> {
  const { recorded, rows } = expectedPages(stand);
  const bench = await openBench(getManifest(stand.connector), authOf(stand.connector), recorded, overHttp);
  for (const { object } of stand.streams) {
    const kind = bench.party.world.kinds[object];
    if (!kind) throw new Error(`the stand-in has no ${object}`);
    const changes = VARIED[`${stand.connector}/${object}`] ?? [];
    kind.rows.forEach((row, n) => {
      if (rows) {
        row.record = rows[n % rows.length];
        if (n >= rows.length) row.deletedMs = PROOF_NOW_MS;
        row.id = String(readerOf(row.record)("id"));
      }
      for (const [path, value] of Object.entries(changes[n] ?? {})) row.record = plant(row.record, path, value);
    });
  }
  for (const stream of stand.streams) if (stream.direction === "two_way") tellApart({ bench, connector: stand.connector, stream });
  return bench;
}

async function offer(stand: ReadyStand, { sandboxOrigin, party }: Bench): Promise<IntegrationId> {
  const id = newId("integration");
  const secret = testVault.seal(party.account.app.clientSecret, {
    ...{ environmentId: scene.environment, customerId: "", ownerId: id, field: "client_secret", version: 1 },
  });
  await insert(owner, "integrations", {
    ...{ id, environment_id: scene.environment, connector_key: stand.connector, name: stand.connector, auth_key: authOf(stand.connector) },
    ...{ client_id: party.account.app.clientId, client_secret: secret, sandbox_origin: sandboxOrigin },
  });
  return id;
}

async function connect(customer: CustomerId, integration: IntegrationId, bench: Bench): Promise<ConnectionId> {
  const connectionId = newId("connection");
  const scope = { environment_id: scene.environment, customer_id: customer };
  const names = { integration_id: integration, account_id: connectionId, account_label: "Northwind", config: bench.config };
  await insert(owner, "connections", { id: connectionId, ...scope, ...names });
  const at = { environmentId: scene.environment, customerId: customer, connectionId };
  const secret = sealSecret(testVault, at, 1, bench.secret());
  await insert(owner, "credentials", {
    id: newId("credential"),
    ...scope,
    connection_id: connectionId,
    secret,
    key_id: testVault.currentKeyId,
  });
  return connectionId;
}

/** Without what has no value: a field left out and one that is null say the same. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, one]) => (one === null || one === undefined ? [] : [[key, bare(one)]])));
}

/** What one stream has to have given, from what the third party holds. */
function expectedOf(
  { key: useCase }: ReadyTemplate,
  { connector }: ReadyStand,
  { key, object }: ReadyStand["streams"][number],
  bench: Bench,
) {
  const { takes = () => true, gives } = truthOf(useCase, connector, key);
  const rows = bench.party.world.kinds[object]?.rows ?? [];
  const held = rows.filter(({ deletedMs }) => deletedMs === null).map(({ record }) => readerOf(record));
  return { all: held.length, taken: held.filter(takes).map((at) => bare(gives(at))) };
}

type Read = { ready: ReadyTemplate; stand: ReadyStand; stream: ReadyStand["streams"][number] };
/** What was read is what the third party holds, record by record. */
async function proveRead({ ready, stand, stream }: Read, bench: Bench, streamId: string): Promise<void> {
  const [row] = await owner`select id, quarantine_count, model_key from streams where id = ${streamId}`;
  const held = await owner`select external_id, code, field, message from quarantine where stream_id = ${row?.["id"]}`;
  const records = await owner`select data from records where stream_id = ${row?.["id"]} and deleted_at is null`;
  const { all, taken } = expectedOf(ready, stand, stream, bench);
  expect(all, `${stream.key}: the third party holds something`).toBeGreaterThan(0);
  expect(taken.length, `${stream.key}: some of it is taken`).toBeGreaterThan(0);
  if (stream.filter !== null && VARIED[`${stand.connector}/${stream.object}`])
    expect(taken.length, `${stream.key}: not all of it`).toBeLessThan(all);
  expect([...held], stream.key).toEqual([]);
  expect(row).toMatchObject({ quarantine_count: 0, model_key: stream.model });
  expect(inOrder(records.map(({ data }) => bare(data))), stream.key).toEqual(inOrder(taken));
}

const inOrder = (list: unknown[]) => list.map((one) => JSON.stringify(sorted(one))).sort();
const sorted = (value: unknown): unknown =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, one]) => [key, sorted(one)]),
      )
    : Array.isArray(value)
      ? value.map(sorted)
      : value;

describe.each(pulled)("%s", (_name, { ready, stand }) => {
  test("becomes a draft, is put on offer, turned on, and gives the records it says", { timeout: 60_000 }, async () => {
    const member = memberCtx(web, scene, "developer");
    // A customer of its own: what one sends goes to all of theirs.
    const customerId = await createCustomer(owner, scene.environment);
    const customer = customerCtx(web, scene, customerId);
    const bench = await openParty(stand);
    try {
      const integrationId = await offer(stand, bench);
      const made = await createReadyTemplate(member, { key: ready.key, integrationId });
      expect(made).toMatchObject({ name: stand.name, extended: [], streams: stand.streams.map(({ key }) => key) });
      const templateId = made.id as TemplateId;
      const connectionId = await connect(customerId, integrationId, bench);
      // A draft is nobody's to turn on.
      await expect(activateTemplate(customer, { connectionId, templateId })).rejects.toMatchObject({ code: "not_found" });
      await setTemplateStatus(member, { templateId, status: "published" });
      const adaptations = CHOSEN[`${ready.key}/${stand.connector}`];
      const musts = stand.streams.flatMap(({ choices }) =>
        Object.entries(choices).filter(([, { customer: may }]) => may === "must_choose"),
      );
      expect(musts.map(([target]) => target).sort()).toEqual(
        Object.values(adaptations ?? {})
          .flatMap((fields) => Object.keys(fields))
          .sort(),
      );
      if (adaptations) await expect(activateTemplate(customer, { connectionId, templateId })).rejects.toMatchObject({ code: "invalid" });
      await activateTemplate(customer, { connectionId, templateId, adaptations });
      for (const stream of stand.streams) {
        const [row] = await owner`select id from streams where connection_id = ${connectionId} and key = ${stream.key}`;
        const ref = { vendorId: scene.vendor, environmentId: scene.environment, customerId };
        const flow = { worker, owner, ref, bench, connector: stand.connector, stream: { ...stream, id: row?.["id"] as string } };
        await drain(flow);
        if (stream.direction === "push") await provePush(flow);
        else await proveRead({ ready, stand, stream }, bench, flow.stream.id);
        if (stream.direction === "two_way") await proveBothWays(flow);
      }
    } finally {
      await bench.stop();
    }
  });
});

test("models of all of them are in one environment, and each is as its template says", async () => {
  const rows = await owner`select key, name, fields, version from models where environment_id = ${scene.environment}`;
  const wanted = new Map(readyTemplates().flatMap(({ models }) => models.map((model) => [model.key, model] as const)));
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) expect([row["version"], row["fields"]]).toEqual([1, wanted.get(String(row["key"]))?.fields]);
});
