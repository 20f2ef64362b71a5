import type postgres from "postgres";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeEach, expect, test } from "vitest";
import type { Ctx, Deps } from "#server/lib/context";
import { createEgress } from "#server/runtime/egress-undici";
import { usingDatabase } from "#tests/support/database";
import { Receiver } from "#tests/support/receiver";
import { createScene, insert, memberCtx, type Scene, testDeps } from "#tests/support/world";
import { createEndpoint } from "./create-endpoint";
import { deliverPending } from "./deliver-pending";
import { listDeliveries } from "./list-deliveries";
import { listEndpoints } from "./list-endpoints";
import { replayDelivery } from "./replay-delivery";
import { replayFailed } from "./replay-failed";
import { planReplay, replayRange } from "./replay-range";
import { rotateSecret } from "./rotate-secret";
import { setEndpointStatus } from "./set-endpoint-status";

const hook = new Receiver();
let url: string;
let owner: postgres.Sql;
let web: Deps;
let worker: Deps;
let scene: Scene;
let ctx: Ctx;
let base: string;

usingDatabase(async (opened) => {
  ({ url, owner } = opened);
  ({ base } = await hook.open());
  web = { ...opened.web, config: { ...opened.web.config, allowLoopback: true } };
  worker = { ...opened.worker, egress: createEgress({ allowLoopback: true }) };
});
afterAll(() => hook.close());
beforeEach(async () => {
  hook.forget();
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

  expect(hook.received).toHaveLength(1);
  const event = new Webhook(secret).verify(hook.received[0]!.body, hook.received[0]!.headers);
  expect(event).toMatchObject({
    type: "records.changed",
    data: { customer: scene.customer, connection: scene.connection, stream: scene.stream, model: "contact", from: 6, to: 305, count: 300 },
  });
  expect(() => new Webhook(secret).verify(`${hook.received[0]!.body} `, hook.received[0]!.headers)).toThrow();
  expect(await deliveries(row.id)).toMatchObject([{ status: "delivered", attempts: 1, responseStatus: 200 }]);
});

test("a worker whose clock is an hour ahead signs at the hour it is", async () => {
  const { row, secret } = await createEndpoint(ctx, { url: `${base}/hook` });
  await grow(1);
  const ahead = { ...worker, clock: { now: () => new Date(Date.now() + 3_600_000) } };
  await deliverPending(ahead, { vendorId: scene.vendor, environmentId: scene.environment, endpointId: row.id });
  const event = new Webhook(secret).verify(hook.received[0]!.body, hook.received[0]!.headers) as { timestamp: string };
  expect(Date.parse(event.timestamp)).toBeLessThan(Date.now() + 60_000);
});

test("a failure waits by the schedule, keeps 2 kB of the answer, and goes out again under the same id", async () => {
  const { row } = await createEndpoint(ctx, { url: `${base}/hook` });
  await grow(1);
  hook.answer = { status: 500, body: "x".repeat(5_000) };
  const first = await deliver(row.id);
  expect(first).toMatchObject({ sent: 0, failed: 1, stop: false });
  expect(first.waitMs).toBeGreaterThan(3_500);
  expect(first.waitMs).toBeLessThanOrEqual(6_000);
  const [failed] = await deliveries(row.id);
  expect(failed).toMatchObject({ status: "pending", attempts: 1, responseStatus: 500 });
  expect(failed?.responseBody).toHaveLength(2_048);

  hook.answer = { status: 200 };
  await owner`update webhook_deliveries set next_attempt_at = now() where id = ${failed!.id}`;
  expect(await deliver(row.id)).toMatchObject({ sent: 1 });
  expect(hook.received.map((r) => r.headers["webhook-id"])).toEqual([failed!.eventId, failed!.eventId]);
});

test("an endpoint is switched off when several events have failed for days, not when one did and another one fails a week later", async () => {
  const { row } = await createEndpoint(ctx, { url: `${base}/hook` });
  const fail = async () => {
    await owner`update webhook_deliveries set next_attempt_at = now() where endpoint_id = ${row.id} and status = 'pending'`;
    return deliver(row.id);
  };
  hook.answer = { status: 500 };
  await insertPending(row.id, 1); // and what died before its last success does not count
  await owner`update webhook_deliveries set status = 'dead', attempts = 10, next_attempt_at = now() - interval '18 days' where endpoint_id = ${row.id}`;
  await grow(1);
  for (let attempt = 0; attempt < 10; attempt++) await fail();
  expect((await deliveries(row.id)).map(({ status }) => status)).toEqual(["dead", "dead"]);
  await owner`update webhook_endpoints set failing_since = now() - interval '7 days' where id = ${row.id}`;
  await grow(1);
  for (let attempt = 0; attempt < 6; attempt++) expect(await fail()).toMatchObject({ failed: 1, stop: false });
  expect(await fail()).toMatchObject({ failed: 0, stop: true });
  const off = (await listEndpoints(ctx, {})).find(({ id }) => id === row.id);
  expect(off).toMatchObject({ status: "disabled", disabledReason: expect.stringContaining("five days") });
});

test("an endpoint that asks us to slow down is left alone as a whole, then asked by one message; no other endpoint waits", async () => {
  const { row } = await createEndpoint(ctx, { url: `${base}/slow` });
  await insertPending(row.id, 20);
  hook.answer = { status: 429, headers: { "retry-after": "120" } };
  const slowed = await deliver(row.id);
  expect(slowed.waitMs).toBeGreaterThan(110_000);
  const asked = hook.received.length;
  expect(asked).toBeLessThanOrEqual(4); // those that were under way
  expect(await deliver(row.id)).toMatchObject({ sent: 0, failed: 0, stop: false });
  expect(hook.received).toHaveLength(asked);
  const spent =
    await owner`select attempts, count(*)::int as n from webhook_deliveries where endpoint_id = ${row.id} group by 1 order by 1`;
  expect(spent).toEqual([
    { attempts: 0, n: 20 - asked },
    { attempts: 1, n: asked },
  ]);
  const shown = (await listEndpoints(ctx, {})).find(({ id }) => id === row.id);
  expect(shown!.holdUntil!.getTime()).toBeGreaterThan(Date.now() + 110_000);

  hook.answer = { status: 200 };
  const other = await createEndpoint(ctx, { url: `${base}/other` });
  await grow(1);
  expect(await deliver(other.row.id)).toMatchObject({ sent: 1 });
  await owner`update webhook_endpoints set hold_until = now() where id = ${row.id}`;
  hook.answer = { status: 504 };
  expect(await deliver(row.id)).toMatchObject({ failed: 1 }); // one asks for all
  expect((await owner`select holds from webhook_endpoints where id = ${row.id}`)[0]).toEqual({ holds: 2 });
  await owner`update webhook_endpoints set hold_until = now() where id = ${row.id}`;
  hook.answer = { status: 200 };
  expect(await deliver(row.id)).toMatchObject({ sent: 1, waitMs: 0 });
  expect(await deliver(row.id)).toMatchObject({ sent: 8 });
});

test("a redirect is a failure and is not followed; Retry-After is honoured; 410 switches the endpoint off", async () => {
  const { row } = await createEndpoint(ctx, { url: `${base}/hook` });
  await grow(1);
  hook.answer = { status: 307, headers: { location: `${base}/elsewhere`, "retry-after": "3600" } };
  const moved = await deliver(row.id);
  expect(moved).toMatchObject({ failed: 1 });
  expect(moved.waitMs).toBeGreaterThan(3_590_000);
  expect(hook.received.map((r) => r.path)).toEqual(["/hook"]);

  hook.answer = { status: 410 };
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
  hook.answer = { status: 503 };
  await deliver(row.id);
  await owner`update webhook_deliveries set next_attempt_at = now(), attempts = 9`;
  expect(await deliver(row.id)).toMatchObject({ failed: 1, waitMs: null });
  const [dead] = await deliveries(row.id);
  expect(dead).toMatchObject({ status: "dead", attempts: 10, nextAttemptAt: null });
  hook.answer = { status: 200 };
  await replayDelivery(ctx, { deliveryId: dead!.id });
  expect(await deliver(row.id)).toMatchObject({ sent: 1 });
  expect(new Set(hook.received.map((r) => r.headers["webhook-id"]))).toEqual(new Set([dead!.eventId]));
});

test("a rotated secret signs what is sent from then on, a retry too", async () => {
  const { row, secret: old } = await createEndpoint(ctx, { url: `${base}/hook` });
  await grow(1);
  hook.answer = { status: 500 };
  await deliver(row.id);
  const { secret } = await rotateSecret(ctx, { id: row.id, overlapHours: 0 });
  hook.answer = { status: 200 };
  await owner`update webhook_deliveries set next_attempt_at = now() where endpoint_id = ${row.id}`;
  await deliver(row.id);
  const [first, second] = hook.received;
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
  const [both] = hook.received;
  for (const known of [old, secret]) expect(() => new Webhook(known).verify(both!.body, both!.headers)).not.toThrow();
  await owner`update webhook_endpoints set previous_secret_until = now() where id = ${row.id}`;
  await grow(1);
  await deliver(row.id);
  expect(() => new Webhook(secret).verify(hook.received[1]!.body, hook.received[1]!.headers)).not.toThrow();
  expect(() => new Webhook(old).verify(hook.received[1]!.body, hook.received[1]!.headers)).toThrow();
  expect((await listEndpoints(ctx, {})).find(({ id }) => id === row.id)?.previousSecretUntil).toBeNull();
});

test("switched on again, an endpoint hears once of all it missed, and what was given up can be sent again", async () => {
  const { row } = await createEndpoint(ctx, { url: `${base}/hook` });
  await grow(1);
  hook.answer = { status: 410 };
  expect(await deliver(row.id)).toMatchObject({ stop: true });
  await grow(5);
  await grow(5);
  expect(await deliver(row.id)).toMatchObject({ sent: 0, stop: true });
  await expect(replayFailed(ctx, { id: row.id })).rejects.toMatchObject({ code: "conflict" });
  hook.answer = { status: 200 };
  hook.received = [];
  await setEndpointStatus(ctx, { id: row.id, status: "active" });
  expect(await deliver(row.id)).toMatchObject({ sent: 1, stop: false });
  expect(JSON.parse(hook.received[0]!.body)).toMatchObject({ data: { count: 10 } });
  expect(await replayFailed(ctx, { id: row.id })).toEqual({ replayed: 1 });
  expect(await deliver(row.id)).toMatchObject({ sent: 1 });
  expect((await deliveries(row.id)).map(({ status }) => status)).toEqual(["delivered", "delivered"]);
});

test("a span of time is counted before it is sent again, by type, in order, and never in part", async () => {
  const { row } = await createEndpoint(ctx, { url: `${base}/again` });
  await insertPending(row.id, 6);
  await owner`update webhook_deliveries set status = case when event_id like 'evt_6%' then 'pending' when event_id like 'evt_1%' then 'dead' else 'delivered' end,
    next_attempt_at = now() + interval '1 day', created_at = now() - interval '1 hour',
    payload = jsonb_build_object('type', case when event_id like 'evt_2%' then 'other' else 'records.changed' end) where endpoint_id = ${row.id}`;
  const range = { id: row.id, from: new Date(Date.now() - 7_200_000), to: new Date(), only: "all" as const };
  const matching = async (more: object) => (await planReplay(ctx, { ...range, ...more })).matching;
  expect([
    await matching({}),
    await matching({ only: "dead" }),
    await matching({ type: "other" }),
    await matching({ to: range.from }),
  ]).toEqual([5, 1, 1, 0]);
  expect(await replayRange(ctx, { ...range, type: "records.changed" })).toEqual({ replayed: 4 });
  expect(await deliver(row.id)).toMatchObject({ sent: 4 });
  const told = hook.received.filter(({ path }) => path === "/again").map(({ headers }) => headers["webhook-id"]!.slice(0, 5));
  expect(told.sort()).toEqual(["evt_1", "evt_3", "evt_4", "evt_5"]);
  await owner`insert into webhook_deliveries (id, event_id, environment_id, endpoint_id, payload, status)
    select 'dlv_many' || n || ${row.id}, 'evt', ${scene.environment}, ${row.id}, '{"type":"records.changed"}', 'dead' from generate_series(1, 5001) n`;
  await expect(replayRange(ctx, { ...range, to: new Date(Date.now() + 60_000) })).rejects.toMatchObject({
    code: "invalid",
    details: { most: 5_000 },
  });
  await setEndpointStatus(ctx, { id: row.id, status: "disabled" });
  await expect(replayRange(ctx, range)).rejects.toMatchObject({ code: "conflict" });
});

test("two workers at once: every event once", async () => {
  const { row } = await createEndpoint(ctx, { url: `${base}/hook` });
  hook.answer = { status: 200, delayMs: 30 };
  for (let i = 0; i < 4; i++) {
    await grow(1);
    await Promise.all([deliver(row.id), deliver(row.id), deliver(row.id)]);
  }
  const ids = hook.received.map((r) => r.headers["webhook-id"]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(4);
});

test("an address that is not public is refused by the way out, and told", async () => {
  const guarded = testDeps(url, "worker", { egress: createEgress({ allowLoopback: false }) });
  const { row } = await createEndpoint(ctx, { url: `${base}/hook` });
  await grow(1);
  await deliverPending(guarded, { vendorId: scene.vendor, environmentId: scene.environment, endpointId: row.id });
  await guarded.db.close();
  expect(hook.received).toHaveLength(0);
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
