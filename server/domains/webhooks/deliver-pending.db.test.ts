import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import postgres from "postgres";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Ctx, Deps } from "#server/lib/context";
import { createEgress } from "#server/runtime/egress-undici";
import { createDatabase } from "#tests/support/postgres";
import { createScene, insert, memberCtx, type Scene, testDeps } from "#tests/support/world";
import { createEndpoint } from "./create-endpoint";
import { deliverPending } from "./deliver-pending";
import { listDeliveries } from "./list-deliveries";
import { listEndpoints } from "./list-endpoints";
import { replayDelivery } from "./replay-delivery";
import { replayFailed } from "./replay-failed";
import { rotateSecret } from "./rotate-secret";
import { setEndpointStatus } from "./set-endpoint-status";

type Received = { path: string; headers: Record<string, string>; body: string };

let database: Awaited<ReturnType<typeof createDatabase>>;
let owner: postgres.Sql;
let web: Deps;
let worker: Deps;
let scene: Scene;
let ctx: Ctx;
let server: Server;
let base: string;
let received: Received[] = [];
let answer: { status: number; headers?: Record<string, string>; body?: string; delayMs?: number } = { status: 200 };

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

beforeAll(async () => {
  database = await createDatabase();
  owner = postgres(database.url, { max: 1 });
  web = testDeps(database.url, "web", {
    config: { origin: "http://127.0.0.1:4600", demoOrigin: null, failpoint: null, allowLoopback: true },
  });
  worker = testDeps(database.url, "worker", { egress: createEgress({ allowLoopback: true }) });
  server = createServer(async (request, response) => {
    received.push({ path: request.url ?? "", headers: request.headers as Record<string, string>, body: await bodyOf(request) });
    await new Promise((resolve) => setTimeout(resolve, answer.delayMs ?? 0));
    response.writeHead(answer.status, answer.headers).end(answer.body ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await Promise.all([web.db.close(), worker.db.close(), owner.end()]);
  await database.drop();
});
beforeEach(async () => {
  received = [];
  answer = { status: 200 };
  scene = await createScene(owner);
  ctx = memberCtx(web, scene);
});

let seq = 1_000;
async function grow(count: number) {
  const scope = { environment_id: scene.environment, customer_id: scene.customer };
  await insert(owner, "feed_pages", { stream_id: scene.stream, seq_from: seq, seq_to: seq + count - 1, ...scope, at: new Date() });
  for (let i = seq; i < seq + count; i++) {
    await insert(owner, "changes", { stream_id: scene.stream, seq: i, ...scope, external_id: String(i), op: "created", at: new Date() });
  }
  seq += count;
}

const insertPending = (endpointId: string, count: number) =>
  owner`insert into webhook_deliveries (id, event_id, environment_id, endpoint_id, payload)
    select 'dlv_' || n || ${endpointId}, 'evt_' || n || ${endpointId}, ${scene.environment}, ${endpointId}, '{"type":"records.changed"}' from generate_series(1, ${count}::int) n`;

const deliver = (endpointId: string) => deliverPending(worker, { vendorId: scene.vendor, environmentId: scene.environment, endpointId });
const deliveries = async (endpointId: string) => (await listDeliveries(ctx, { endpointId })).items;

test("one thin event a stream, signed so that the reference library accepts it, and no event twice", async () => {
  await grow(5); // before the endpoint existed: not told
  const { row, secret } = await createEndpoint(ctx, { url: `${base}/hook` });
  await grow(250);
  await grow(50);
  expect(await deliver(row.id)).toEqual({ sent: 1, failed: 0, waitMs: null, stop: false });
  expect(await deliver(row.id)).toMatchObject({ sent: 0 });

  expect(received).toHaveLength(1);
  const event = new Webhook(secret).verify(received[0]!.body, received[0]!.headers);
  expect(event).toMatchObject({
    type: "records.changed",
    data: { customer: scene.customer, connection: scene.connection, stream: scene.stream, model: "contact", from: 6, to: 305, count: 300 },
  });
  expect(() => new Webhook(secret).verify(`${received[0]!.body} `, received[0]!.headers)).toThrow();
  expect(await deliveries(row.id)).toMatchObject([{ status: "delivered", attempts: 1, responseStatus: 200 }]);
});

test("a worker whose clock is an hour ahead signs at the hour it is", async () => {
  const { row, secret } = await createEndpoint(ctx, { url: `${base}/hook` });
  await grow(1);
  const ahead = { ...worker, clock: { now: () => new Date(Date.now() + 3_600_000) } };
  await deliverPending(ahead, { vendorId: scene.vendor, environmentId: scene.environment, endpointId: row.id });
  const event = new Webhook(secret).verify(received[0]!.body, received[0]!.headers) as { timestamp: string };
  expect(Date.parse(event.timestamp)).toBeLessThan(Date.now() + 60_000);
});

test("a failure waits by the schedule, keeps 2 kB of the answer, and goes out again under the same id", async () => {
  const { row } = await createEndpoint(ctx, { url: `${base}/hook` });
  await grow(1);
  answer = { status: 500, body: "x".repeat(5_000) };
  const first = await deliver(row.id);
  expect(first).toMatchObject({ sent: 0, failed: 1, stop: false });
  expect(first.waitMs).toBeGreaterThan(3_500);
  expect(first.waitMs).toBeLessThanOrEqual(6_000);
  const [failed] = await deliveries(row.id);
  expect(failed).toMatchObject({ status: "pending", attempts: 1, responseStatus: 500 });
  expect(failed?.responseBody).toHaveLength(2_048);

  answer = { status: 200 };
  await owner`update webhook_deliveries set next_attempt_at = now() where id = ${failed!.id}`;
  expect(await deliver(row.id)).toMatchObject({ sent: 1 });
  expect(received.map((r) => r.headers["webhook-id"])).toEqual([failed!.eventId, failed!.eventId]);
});

test("an endpoint is switched off when several events have failed for days, not when one did and another one fails a week later", async () => {
  const { row } = await createEndpoint(ctx, { url: `${base}/hook` });
  const fail = async () => {
    await owner`update webhook_deliveries set next_attempt_at = now() where endpoint_id = ${row.id} and status = 'pending'`;
    return deliver(row.id);
  };
  answer = { status: 500 };
  await grow(1);
  for (let attempt = 0; attempt < 10; attempt++) await fail();
  expect(await deliveries(row.id)).toMatchObject([{ status: "dead", attempts: 10 }]);
  await owner`update webhook_endpoints set failing_since = now() - interval '7 days' where id = ${row.id}`;
  await grow(1);
  for (let attempt = 0; attempt < 6; attempt++) expect(await fail()).toMatchObject({ failed: 1, stop: false });
  expect(await fail()).toMatchObject({ failed: 0, stop: true });
  expect(await listEndpoints(ctx, {})).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ id: row.id, status: "disabled", disabledReason: expect.stringContaining("five days") }),
    ]),
  );
});

test("an endpoint that asks us to slow down is left alone as a whole, then asked by one message; no other endpoint waits", async () => {
  const { row } = await createEndpoint(ctx, { url: `${base}/slow` });
  await insertPending(row.id, 20);
  answer = { status: 429, headers: { "retry-after": "120" } };
  const slowed = await deliver(row.id);
  expect(slowed.waitMs).toBeGreaterThan(110_000);
  const asked = received.length;
  expect(asked).toBeLessThanOrEqual(4); // those that were under way
  expect(await deliver(row.id)).toMatchObject({ sent: 0, failed: 0, stop: false });
  expect(received).toHaveLength(asked);
  const spent =
    await owner`select attempts, count(*)::int as n from webhook_deliveries where endpoint_id = ${row.id} group by 1 order by 1`;
  expect(spent).toEqual([
    { attempts: 0, n: 20 - asked },
    { attempts: 1, n: asked },
  ]);
  const shown = (await listEndpoints(ctx, {})).find(({ id }) => id === row.id);
  expect(shown!.holdUntil!.getTime()).toBeGreaterThan(Date.now() + 110_000);

  answer = { status: 200 };
  const other = await createEndpoint(ctx, { url: `${base}/other` });
  await grow(1);
  expect(await deliver(other.row.id)).toMatchObject({ sent: 1 });
  await owner`update webhook_endpoints set hold_until = now() where id = ${row.id}`;
  answer = { status: 504 };
  expect(await deliver(row.id)).toMatchObject({ failed: 1 }); // one asks for all
  expect((await owner`select holds from webhook_endpoints where id = ${row.id}`)[0]).toEqual({ holds: 2 });
  await owner`update webhook_endpoints set hold_until = now() where id = ${row.id}`;
  answer = { status: 200 };
  expect(await deliver(row.id)).toMatchObject({ sent: 1, waitMs: 0 });
  expect(await deliver(row.id)).toMatchObject({ sent: 8 });
});

test("a redirect is a failure and is not followed; Retry-After is honoured; 410 switches the endpoint off", async () => {
  const { row } = await createEndpoint(ctx, { url: `${base}/hook` });
  await grow(1);
  answer = { status: 307, headers: { location: `${base}/elsewhere`, "retry-after": "3600" } };
  const moved = await deliver(row.id);
  expect(moved).toMatchObject({ failed: 1 });
  expect(moved.waitMs).toBeGreaterThan(3_590_000);
  expect(received.map((r) => r.path)).toEqual(["/hook"]);

  answer = { status: 410 };
  await owner`update webhook_deliveries set next_attempt_at = now()`;
  expect(await deliver(row.id)).toMatchObject({ failed: 1, stop: true });
  expect(await deliver(row.id)).toMatchObject({ sent: 0, stop: true });
  expect(await listEndpoints(ctx, {})).toEqual(
    expect.arrayContaining([expect.objectContaining({ id: row.id, status: "disabled", dead: 1 })]),
  );
  const [dead] = await deliveries(row.id);
  await expect(replayDelivery(ctx, { deliveryId: dead!.id })).rejects.toMatchObject({ code: "conflict" });
});

test("after the last attempt the delivery is dead, and a replay brings it back", async () => {
  const { row } = await createEndpoint(ctx, { url: `${base}/hook` });
  await grow(1);
  answer = { status: 503 };
  await deliver(row.id);
  await owner`update webhook_deliveries set next_attempt_at = now(), attempts = 9`;
  expect(await deliver(row.id)).toMatchObject({ failed: 1, waitMs: null });
  const [dead] = await deliveries(row.id);
  expect(dead).toMatchObject({ status: "dead", attempts: 10, nextAttemptAt: null });
  answer = { status: 200 };
  await replayDelivery(ctx, { deliveryId: dead!.id });
  expect(await deliver(row.id)).toMatchObject({ sent: 1 });
  expect(new Set(received.map((r) => r.headers["webhook-id"]))).toEqual(new Set([dead!.eventId]));
});

test("a rotated secret signs what is sent from then on, a retry too", async () => {
  const { row, secret: old } = await createEndpoint(ctx, { url: `${base}/hook` });
  await grow(1);
  answer = { status: 500 };
  await deliver(row.id);
  const { secret } = await rotateSecret(ctx, { id: row.id, overlapHours: 0 });
  answer = { status: 200 };
  await owner`update webhook_deliveries set next_attempt_at = now() where endpoint_id = ${row.id}`;
  await deliver(row.id);
  const [first, second] = received;
  expect(() => new Webhook(old).verify(first!.body, first!.headers)).not.toThrow();
  expect(() => new Webhook(secret).verify(second!.body, second!.headers)).not.toThrow();
  expect(() => new Webhook(old).verify(second!.body, second!.headers)).toThrow();
});

test("during a rotation both secrets sign, afterwards only the new one", async () => {
  const { row, secret: old } = await createEndpoint(ctx, { url: `${base}/hook` });
  const { secret, previousUntil } = await rotateSecret(ctx, { id: row.id, overlapHours: 24 });
  expect(previousUntil!.getTime() - Date.now()).toBeGreaterThan(23.9 * 3_600_000);
  expect((await listEndpoints(ctx, {})).find(({ id }) => id === row.id)?.previousSecretUntil).toEqual(previousUntil);
  await grow(1);
  await deliver(row.id);
  const [both] = received;
  for (const known of [old, secret]) expect(() => new Webhook(known).verify(both!.body, both!.headers)).not.toThrow();
  await owner`update webhook_endpoints set previous_secret_until = now() where id = ${row.id}`;
  await grow(1);
  await deliver(row.id);
  expect(() => new Webhook(secret).verify(received[1]!.body, received[1]!.headers)).not.toThrow();
  expect(() => new Webhook(old).verify(received[1]!.body, received[1]!.headers)).toThrow();
  expect((await listEndpoints(ctx, {})).find(({ id }) => id === row.id)?.previousSecretUntil).toBeNull();
});

test("switched on again, an endpoint hears once of all it missed, and what was given up can be sent again", async () => {
  const { row } = await createEndpoint(ctx, { url: `${base}/hook` });
  await grow(1);
  answer = { status: 410 };
  expect(await deliver(row.id)).toMatchObject({ stop: true });
  await grow(5);
  await grow(5);
  expect(await deliver(row.id)).toMatchObject({ sent: 0, stop: true });
  await expect(replayFailed(ctx, { id: row.id })).rejects.toMatchObject({ code: "conflict" });
  answer = { status: 200 };
  received = [];
  await setEndpointStatus(ctx, { id: row.id, status: "active" });
  expect(await deliver(row.id)).toMatchObject({ sent: 1, stop: false });
  expect(JSON.parse(received[0]!.body)).toMatchObject({ data: { count: 10 } });
  expect(await replayFailed(ctx, { id: row.id })).toEqual({ replayed: 1 });
  expect(await deliver(row.id)).toMatchObject({ sent: 1 });
  expect((await deliveries(row.id)).map(({ status }) => status)).toEqual(["delivered", "delivered"]);
});

test("two workers at once: every event once", async () => {
  const { row } = await createEndpoint(ctx, { url: `${base}/hook` });
  answer = { status: 200, delayMs: 30 };
  for (let i = 0; i < 4; i++) {
    await grow(1);
    await Promise.all([deliver(row.id), deliver(row.id), deliver(row.id)]);
  }
  const ids = received.map((r) => r.headers["webhook-id"]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(4);
});

test("an address that is not public is refused by the way out, and told", async () => {
  const guarded = testDeps(database.url, "worker", { egress: createEgress({ allowLoopback: false }) });
  const { row } = await createEndpoint(ctx, { url: `${base}/hook` });
  await grow(1);
  await deliverPending(guarded, { vendorId: scene.vendor, environmentId: scene.environment, endpointId: row.id });
  await guarded.db.close();
  expect(received).toHaveLength(0);
  expect(await deliveries(row.id)).toMatchObject([{ status: "pending", responseStatus: null }]);
});

test.each(["ftp://x.example/", "not a url", "https://user:pw@x.example/"])("refuses %s as an endpoint", async (url) => {
  await expect(createEndpoint(ctx, { url })).rejects.toMatchObject({ code: "invalid" });
});

test("an endpoint of another vendor does not exist", async () => {
  const other = await createScene(owner);
  const { row } = await createEndpoint(memberCtx(web, other), { url: `${base}/hook` });
  expect(await deliverPending(worker, { vendorId: scene.vendor, environmentId: scene.environment, endpointId: row.id })).toMatchObject({
    stop: true,
  });
  await expect(replayDelivery(ctx, { deliveryId: other.delivery })).rejects.toMatchObject({ code: "not_found" });
});
