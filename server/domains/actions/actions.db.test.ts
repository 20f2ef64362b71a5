import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { closeLostCalls } from "#server/domains/actions/close-lost-calls";
import type { Deps } from "#server/lib/context";
import { newId } from "#server/lib/ids";
import { handleRest } from "#server/rest/handle-rest";
import { createEgress } from "#server/runtime/egress-undici";
import { sealSecret } from "#server/runtime/secret";
import { actingManifest } from "#tests/support/acting-manifest";
import { hold } from "#tests/support/held-manifest";
import { createDatabase } from "#tests/support/postgres";
import { type Asked, startThirdParty, type ThirdParty, type Told } from "#tests/support/third-party";
import { createScene, insert, type Scene, testDeps, testVault } from "#tests/support/world";
import { performCall } from "./perform-call";

vi.mock("#server/connectors/index", () => import("#tests/support/held-manifest"));

let db: Awaited<ReturnType<typeof createDatabase>>;
let owner: postgres.Sql;
let web: Deps;
let worker: Deps;
let scene: Scene;
let third: ThirdParty;
let strike: (asked: Asked) => Told;
let temporal: "up" | "down" | "slow" | "dies";

beforeAll(async () => {
  db = await createDatabase();
  owner = postgres(db.url, { max: 2, onnotice: () => {} });
  worker = testDeps(db.url, "worker", { egress: createEgress({ allowLoopback: true }) });
  web = testDeps(db.url, "web");
  web.keeping.performCall = async (ref, { start }) => {
    if (temporal === "down") return false;
    if (temporal === "slow") return true;
    if (start) await performCall(worker, ref);
    return true;
  };
  third = await startThirdParty((asked) => strike(asked));
});
afterAll(async () => {
  await Promise.all([web.db.close(), worker.db.close(), owner.end(), third.stop()]);
  await db.drop();
});
afterEach(() => {
  third.asked.length = 0;
});
beforeEach(async () => {
  temporal = "up";
  strike = () => ({ json: {} });
  hold(actingManifest());
  scene = await createScene(owner, { connectorKey: "tiny", records: 0 });
  await owner`update integrations set auth_key = 'key', sandbox_origin = ${third.origin} where id = ${scene.integration}`;
  const place = { environmentId: scene.environment, customerId: scene.customer, connectionId: scene.connection };
  await insert(owner, "credentials", {
    id: newId("credential"),
    environment_id: scene.environment,
    customer_id: scene.customer,
    connection_id: scene.connection,
    version: 1,
    key_id: "t1",
    secret: sealSecret(testVault, place as never, 1, { type: "api_key", values: { key: "s3cret" } }),
  });
});

async function ask(method: string, path: string, body?: unknown, { key, as = scene }: { key?: string; as?: Scene } = {}) {
  const headers = {
    authorization: `Bearer ${as.secretKey}`,
    "content-type": "application/json",
    ...(key ? { "idempotency-key": key } : {}),
  };
  const request = new Request(`http://x${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const response = await handleRest(web, request);
  return { status: response.status, body: (await response.json()) as Record<string, never> & { id: string; status: unknown } };
}
const run = (action: string, input: unknown, more?: { key?: string; as?: Scene }) =>
  ask("POST", `/v1/connections/${scene.connection}/actions/${action}`, { input }, more);

test("a lookup: typed input in, declared fields out, with the connection's credential", async () => {
  strike = () => ({ json: { rates: [{ price: { amount: "4.90", secretMargin: 1 }, days: 2, extra: true }] } });
  const { status, body } = await run("quote", { weight: 2 });
  expect([status, body.status]).toEqual([200, "done"]);
  expect(body["result"]).toEqual([{ price: { amount: "4.90" }, days: 2 }]);
  expect(body["requests"]).toMatchObject([{ method: "POST", path: "/quotes", status: 200 }]);
  expect(third.asked[0]).toMatchObject({ body: '{"parcel":{"kg":2}}', headers: { "x-api-key": "s3cret" } });
  strike = () => ({ json: { none: true } });
  expect((await run("quote", { weight: 2 })).body["result"]).toBeNull();
});

test("input that does not fit is refused by field; nothing is stored or sent", async () => {
  const { status, body } = await run("quote", { service: "teleport", colour: "red" });
  expect(status).toBe(400);
  expect(body["issues"]).toEqual([
    { path: "weight", message: "is required" },
    { path: "service", message: 'must be one of "fast", "slow"' },
    { path: "colour", message: "is not a field that can be sent; there are weight, service" },
  ]);
  expect(third.asked).toEqual([]);
  expect(await owner`select from action_calls where environment_id = ${scene.environment}`).toHaveLength(0);
});

test("what is not the caller's is not found, whichever way it is asked for", async () => {
  const other = await createScene(owner, { name: "Other", connectorKey: "tiny", records: 0 });
  const { body } = await run("send", { to: "+1" });
  for (const answer of [
    await run("quote", { weight: 1 }, { as: other }),
    await ask("GET", `/v1/action-calls/${body.id}`, undefined, { as: other }),
    await ask("GET", `/v1/connections/${scene.connection}/actions`, undefined, { as: other }),
    await ask("POST", `/v1/connections/${scene.connection}/records/thing`, { operation: "create", data: { name: "x" } }, { as: other }),
    await run("nope", {}),
    await ask("POST", `/v1/connections/${scene.connection}/records/nope`, { operation: "create", data: {} }),
  ])
    expect(answer.status).toBe(404);
  expect((await ask("GET", `/v1/action-calls/${body.id}`)).body.status).toBe("done");
});

test("an action whose answer is lost is done once, and said to be unknown; asking again under its key tells the same", async () => {
  strike = () => ({ cut: true });
  const first = await run("send", { to: "+1" }, { key: "order-1" });
  expect([first.status, first.body.status, first.body["problem"]]).toMatchObject([200, "unknown", { next: "Look at the third party" }]);
  await owner`delete from idempotency_keys`;
  const again = await run("send", { to: "+1" }, { key: "order-1" });
  expect([again.body.id, again.body.status, third.asked.length]).toEqual([first.body.id, "unknown", 1]);
  await owner`delete from idempotency_keys`;
  expect((await run("send", { to: "+2" }, { key: "order-1" })).status).toBe(400);
});

test("what was not done is an error, and done by asking again under the same key", async () => {
  strike = () => ({ json: { id: "m1" } });
  await owner`update integrations set sandbox_origin = 'http://127.0.0.1:9' where id = ${scene.integration}`;
  expect((await run("send", { to: "+1" }, { key: "k" })).body["code"]).toBe("provider_unavailable");
  await owner`update integrations set sandbox_origin = ${third.origin} where id = ${scene.integration}`;
  const { body } = await run("send", { to: "+1" }, { key: "k" });
  expect([body.status, body["result"]]).toEqual(["done", { id: "m1" }]);
  expect(await owner`select from action_calls where environment_id = ${scene.environment}`).toHaveLength(1);
});

test("the third party's pace is kept, and the caller told when to ask again", async () => {
  strike = () => ({ status: 429, headers: { "retry-after": "60" }, json: {} });
  expect((await run("send", { to: "+1" })).body["code"]).toBe("provider_rate_limited");
  expect((await run("send", { to: "+1" })).body["code"]).toBe("provider_rate_limited");
  expect(third.asked.length).toBe(1);
});

test("a worker that dies in between: a keyed create is made once, an action without a key is not repeated", async () => {
  const made = new Set<string>();
  strike = ({ headers, path, method }) => {
    if (method !== "GET") made.add(path === "/things" ? (headers["idempotency-key"] ?? "none") : `${path}${made.size}`);
    return { json: { id: "1" } };
  };
  temporal = "slow";
  const write = await ask("POST", `/v1/connections/${scene.connection}/records/thing`, { operation: "create", data: { name: "Ada" } });
  const act = await run("send", { to: "+1" });
  expect([write.status, write.body.status, act.status]).toEqual([202, "pending", 202]);
  const refs = [write, act].map(({ body }) => ({
    vendorId: scene.vendor,
    environmentId: scene.environment,
    customerId: scene.customer,
    callId: body.id,
  }));
  for (const ref of refs) {
    await performCall(worker, ref);
    // It died after the third party had answered, before it could say so.
    await owner`update action_calls set status = 'running', outcome = null, finished_at = null, doubtful = false where id = ${ref.callId}`;
    await performCall(worker, ref);
  }
  expect([...made]).toEqual([write.body.id, "/messages1"]);
  const states = await Promise.all(refs.map(async ({ callId }) => (await ask("GET", `/v1/action-calls/${callId}`)).body));
  expect(states.map((one) => one.status)).toEqual(["done", "unknown"]);
  expect(states[0]?.["result"]).toEqual({ id: "1", created: true });
  await performCall(worker, refs[0] as never); // over: nothing more is done
  expect(third.asked.filter(({ method }) => method !== "GET")).toHaveLength(3);
});

test("without Temporal nothing is sent, and the caller is told", async () => {
  temporal = "down";
  expect((await run("send", { to: "+1" })).status).toBe(500);
  temporal = "up";
  const [row] = await owner`select id, customer_id from action_calls where environment_id = ${scene.environment}`;
  await performCall(worker, { vendorId: scene.vendor, environmentId: scene.environment, customerId: scene.customer, callId: row?.["id"] });
  expect(third.asked).toEqual([]);
});

test("the third party's no is an answer, with its words; a dead credential is an error before anything is sent", async () => {
  strike = () => ({ status: 422, json: { message: "No such number" } });
  const { status, body } = await run("send", { to: "+1" });
  expect([status, body.status, body["problem"]]).toMatchObject([
    200,
    "refused",
    { code: "record_invalid", detail: "Tiny answered 422: No such number" },
  ]);
  await owner`update connections set status = 'reauth' where id = ${scene.connection}`;
  third.asked.length = 0;
  expect((await run("send", { to: "+1" })).body["code"]).toBe("reauth_required");
  expect(third.asked).toEqual([]);
});

test("nothing readable is stored; what nobody works on any more is ended", async () => {
  strike = () => ({ json: { id: "secret-result" } });
  await run("send", { to: "+15550001" });
  const [row] = await owner`select * from action_calls where environment_id = ${scene.environment}`;
  expect(JSON.stringify(row)).not.toMatch(/15550001|secret-result/);
  await owner`update action_calls set status = 'running', started_at = now() - interval '1 hour' where environment_id = ${scene.environment}`;
  expect(await closeLostCalls(worker)).toBe(1);
  expect((await ask("GET", `/v1/action-calls/${row?.["id"]}`)).body.status).toBe("unknown");
});

test("what a connection can do is told with schemas", async () => {
  const { body } = await ask("GET", `/v1/connections/${scene.connection}/actions`);
  expect(body).toMatchObject({
    actions: [
      { key: "quote", kind: "lookup", input: { required: ["weight"], additionalProperties: false } },
      { key: "send", kind: "action" },
    ],
    objects: [
      {
        object: "thing",
        operations: ["create", "update", "delete"],
        data: { properties: { name: { type: "string" } }, required: ["name"] },
      },
    ],
  });
});

/** One thing that is read, changed and deleted as it is. */
function holding(thing: { id: string; name: string }, spell = (name: string) => name) {
  const there = new Map([[thing.id, thing]]);
  strike = ({ method, path, body }) => {
    const id = path.split("/")[2] ?? "2";
    if (method === "DELETE") there.delete(id);
    if (method === "POST" || method === "PATCH")
      there.set(id, { ...there.get(id), ...JSON.parse(body, (_, v) => (typeof v === "string" ? spell(v) : v)), id });
    return there.has(id) || method === "DELETE" ? { json: there.get(id) ?? {} } : { status: 404, json: {} };
  };
  return there;
}
const write = (operation: string, more: object) => ask("POST", `/v1/connections/${scene.connection}/records/thing`, { operation, ...more });
const undo = (id: string, as = scene) => ask("POST", `/v1/action-calls/${id}/undo`, undefined, { as });

test("a write tells what stood there before, and is taken back once: what was changed is put back, what was created is deleted", async () => {
  const there = holding({ id: "1", name: "Ada" });
  const change = await write("update", { recordId: "1", data: { name: "Eve" } });
  expect(change.body).toMatchObject({ status: "done", before: { name: "Ada" } });
  expect((await undo(change.body.id, await createScene(owner, { name: "Other", connectorKey: "tiny", records: 0 }))).status).toBe(404);
  const back = await undo(change.body.id);
  expect([back.body.status, there.get("1")]).toEqual(["done", { id: "1", name: "Ada" }]);
  there.set("1", { id: "1", name: "Bea" });
  expect([(await undo(change.body.id)).body.id, there.get("1")?.name]).toEqual([back.body.id, "Bea"]);
  expect((await undo(back.body.id)).status).toBe(409);
  const made = await write("create", { data: { name: "Cid" } });
  expect((await undo(made.body.id)).body.status).toBe("done");
  expect([...there.keys()]).toEqual(["1"]);
});

test("what was changed since is left alone; actions, deletions and what nobody saw before cannot be taken back, and it is said why", async () => {
  const there = holding({ id: "1", name: "Ada" });
  const change = await write("update", { recordId: "1", data: { name: "Eve" } });
  there.set("1", { id: "1", name: "Mia" });
  expect((await undo(change.body.id)).body).toMatchObject({ status: "refused", problem: { code: "conflict", field: "name" } });
  const gone = await write("delete", { recordId: "1" });
  expect(gone.body["before"]).toEqual({ name: "Mia" });
  for (const { body } of [gone, await run("send", { to: "+1" }), await run("quote", { weight: 2 })]) {
    const answer = await undo(body.id);
    expect([answer.status, answer.body["code"]]).toEqual([409, "conflict"]);
  }
  there.set("1", { id: "1", name: "Ada" });
  const shown = strike;
  strike = (asked) => (asked.method === "GET" ? { status: 403, json: {} } : shown(asked));
  const blind = await write("update", { recordId: "1", data: { name: "Eve" } });
  expect([blind.body.status, blind.body["before"], (await undo(blind.body.id)).status]).toEqual(["done", null, 409]);
});

test("an undo whose worker died looks again: what somebody wrote since is left alone, what it had done itself is done", async () => {
  const there = holding({ id: "1", name: "Ada" });
  const lost = async (work: (callId: string) => Promise<void>) => {
    const change = await write("update", { recordId: "1", data: { name: "Eve" } });
    temporal = "slow";
    const { body } = await undo(change.body.id);
    temporal = "up";
    await work(body.id);
    await owner`update action_calls set status = 'running', outcome = null, attempts = 1, started_at = now() where id = ${body.id}`;
    await performCall(worker, { vendorId: scene.vendor, environmentId: scene.environment, customerId: scene.customer, callId: body.id });
    return (await ask("GET", `/v1/action-calls/${body.id}`)).body;
  };
  const late = await lost(async () => void there.set("1", { id: "1", name: "Mia" }));
  expect([late, there.get("1")?.name]).toMatchObject([{ status: "refused", problem: { code: "conflict", field: "name" } }, "Mia"]);
  const done = await lost(async () => void there.set("1", { id: "1", name: "Mia" }));
  expect([done.status, there.get("1")?.name]).toEqual(["done", "Mia"]);
});

test("a third party that spells a value its own way has its writes taken back all the same, by its answer or by a look", async () => {
  const there = holding({ id: "1", name: "ADA" }, (name) => name.toUpperCase());
  for (const record of [undefined, "$"]) {
    const manifest = actingManifest();
    const update = manifest.objects["thing"]?.writes?.update;
    if (update && record) update.record = record;
    hold(manifest);
    const change = await write("update", { recordId: "1", data: { name: "Eve" } });
    expect([(await undo(change.body.id)).body.status, there.get("1")?.name]).toEqual(["done", "ADA"]);
  }
});
