import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Deps } from "#server/lib/context";
import { newId } from "#server/lib/ids";
import { createVault, type SealContext } from "#server/lib/vault";
import { createDatabase } from "#tests/support/postgres";
import { createScene, insert, type Scene, testDeps, testVault } from "#tests/support/world";
import { rotateKeys } from "./rotate-keys";

/** The key of {@link testVault}, and the one that follows it. */
const both = createVault({ t2: Buffer.alloc(32, 9), t1: Buffer.alloc(32, 7) }, "t2");
const next = createVault({ t2: Buffer.alloc(32, 9) }, "t2");

let database: Awaited<ReturnType<typeof createDatabase>>;
let owner: postgres.Sql;
let worker: Deps;
let scene: Scene;
beforeAll(async () => {
  database = await createDatabase();
  owner = postgres(database.url, { max: 1, onnotice: () => {} });
  worker = testDeps(database.url, "worker", { vault: both });
});
afterAll(async () => {
  await Promise.all([worker.db.close(), owner.end()]);
  await database.drop();
});
beforeEach(async () => {
  await owner`truncate vendors cascade`;
  scene = await createScene(owner);
});

const rotate = (other: Partial<Deps> = {}) => rotateKeys({ ...worker, ...other }, { pauseMs: 0 });

type Kept = { table: string; column: string; id: string; idColumn?: string; context: SealContext };

/** One of each kind of secret that stays, sealed under the former key. */
async function secrets(): Promise<Kept[]> {
  const environment_id = scene.environment;
  const customer_id = scene.customer;
  const seal = (context: SealContext) => testVault.seal(`secret of ${context.field}`, context);
  const of = (ownerId: string, field: string, customerId = "", version = 1): SealContext => {
    return { environmentId: environment_id, customerId, ownerId, field, version };
  };
  const [credential, endpoint, inbound] = [newId("credential"), newId("endpoint"), newId("inbound")];
  const secret = of(scene.connection, "secret", customer_id, 3);
  const orphan = of(scene.connection, "orphan", customer_id, 3);
  const told = of(inbound, "subscription", customer_id);
  const client = of(scene.integration, "client_secret");
  await owner`delete from credentials`;
  await insert(owner, "credentials", {
    ...{ id: credential, environment_id, customer_id, connection_id: scene.connection, version: 3 },
    ...{ secret: seal(secret), orphan: seal(orphan), key_id: "t1" },
  });
  await owner`update integrations set client_secret = ${seal(client)} where id = ${scene.integration}`;
  await insert(owner, "webhook_endpoints", {
    ...{ id: endpoint, environment_id, url: "https://acme.example/hook" },
    ...{ secret: seal(of(endpoint, "secret")), previous_secret: seal(of(endpoint, "secret")) },
  });
  await insert(owner, "inbound_endpoints", {
    ...{ id: inbound, environment_id, customer_id, integration_id: scene.integration, token_hash: newId("event") },
    secret: seal(of(inbound, "secret", customer_id)),
  });
  await insert(owner, "webhook_subscriptions", {
    ...{ environment_id, customer_id, connection_id: scene.connection, endpoint_id: inbound, told: seal(told) },
  });
  return [
    { table: "credentials", column: "secret", id: credential, context: secret },
    { table: "credentials", column: "orphan", id: credential, context: orphan },
    { table: "integrations", column: "client_secret", id: scene.integration, context: client },
    { table: "webhook_endpoints", column: "secret", id: endpoint, context: of(endpoint, "secret") },
    { table: "webhook_endpoints", column: "previous_secret", id: endpoint, context: of(endpoint, "secret") },
    { table: "inbound_endpoints", column: "secret", id: inbound, context: of(inbound, "secret", customer_id) },
    { table: "webhook_subscriptions", column: "told", id: scene.connection, idColumn: "connection_id", context: told },
  ];
}

async function stored({ table, column, id, idColumn = "id" }: Kept) {
  const [row] = await owner.unsafe(`select ${column} as sealed from ${table} where ${idColumn} = $1`, [id]);
  return row?.["sealed"];
}

test("after a rotation every secret that stays opens without the former key", async () => {
  const kept = await secrets();
  expect(await rotate()).toEqual({ wrapped: kept.length, failed: 0 });
  for (const one of kept)
    expect(next.open(await stored(one), one.context), `${one.table}.${one.column}`).toBe(`secret of ${one.context.field}`);
  const [credential] = await owner`select key_id from credentials`;
  expect(credential?.["key_id"]).toBe("t2");
  expect(await rotate()).toEqual({ wrapped: 0, failed: 0 });
});

test("no column that holds sealed secrets for good is forgotten", async () => {
  await secrets();
  await rotate();
  // Every text column of every table is looked at: what is still under the former key lives for days, and goes with its row.
  const columns =
    await owner`select table_name, column_name from information_schema.columns where table_schema = 'public' and data_type = 'text'`;
  const left: string[] = [];
  for (const { table_name, column_name } of columns) {
    const [row] = await owner.unsafe(`select count(*)::int as n from "${table_name}" where "${column_name}" like 'v1.t1.%'`);
    if (row?.["n"] > 0) left.push(`${table_name}.${column_name}`);
  }
  expect(left).toEqual([]);
});

test("what is written meanwhile stays, what does not open is told and holds nobody up, and a second key is needed to begin", async () => {
  const [secret, orphan] = await secrets();
  await owner`update credentials set version = 4 where id = ${secret!.id}`; // sealed as version 3: another's place
  const log = { error: vi.fn(), info: vi.fn() } as unknown as Deps["log"];
  expect(await rotate({ log })).toEqual({ wrapped: 5, failed: 2 });
  expect(log.error).toHaveBeenCalledTimes(2);
  expect(String(await stored(orphan!))).toMatch(/^v1\.t1\./);
  expect(await rotate({ vault: next })).toEqual({ wrapped: 0, failed: 0 });
});
