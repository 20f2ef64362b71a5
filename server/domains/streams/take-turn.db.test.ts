import { beforeEach, expect, test } from "vitest";
import { submitApiKey } from "#server/domains/connections/submit-api-key";
import type { Ctx } from "#server/lib/context";
import { calmIsOver, calmLasts } from "#tests/support/calm-over";
import { connecting } from "#tests/support/connecting";
import type { StreamRef } from "#workflows/contract";
import { claimRun } from "./claim-run";
import { streamCtx } from "./internal";
import { createLightLegs } from "./light-legs";
import { pauseStream } from "./pause-stream";
import { syncNow } from "./sync-now";
import { takeTurn } from "./take-turn";

const t = connecting();
let ctx: Ctx;
let ref: StreamRef;
/** Runs of the stream that are none of the test's. */
let before: string[];

beforeEach(async () => {
  const { scene, owner } = t;
  await owner`truncate rate_limits, leg_slots`;
  await owner`update integrations set connector_key = 'sandbox-crm', auth_key = 'key' where id = ${scene.integration}`;
  const outcome = await submitApiKey(t.ctx(), { integrationId: scene.integration, fields: { key: "sbx_demo_key" } });
  if (outcome.outcome !== "connected") throw new Error(outcome.outcome);
  await owner`update streams set connection_id = ${outcome.connectionId}, phase = 'incremental', cursor = null, due_at = now(), run_id = null where id = ${scene.stream}`;
  ref = { vendorId: scene.vendor, environmentId: scene.environment, customerId: scene.customer, streamId: scene.stream };
  ctx = streamCtx(t.worker, ref, "test");
  before = (await owner`select id from runs where stream_id = ${scene.stream}`).map((row) => row["id"]);
});

const stream = async () => (await t.owner`select * from streams where id = ${ref.streamId}`)[0];
const runs = () =>
  t.owner`select status, kind, legs, seen from runs where stream_id = ${ref.streamId} and id <> all(${before}) order by started_at`;
const places = () => t.owner`select state from leg_slots where stream_id = ${ref.streamId}`;
/** Under load reading takes longer than a light leg may. */
const PATIENT = { pagesMs: 60_000, answerMs: 60_000, waitMs: 0 };
const turn = (most = 1, limits = PATIENT) =>
  takeTurn(
    ctx,
    ref,
    createLightLegs(most, () => performance.now(), limits),
  );

test("a turn reads what is new, ends the run and says when the next is due; its place is free again", async () => {
  const next = await turn();
  const row = await stream();
  expect(next).toMatchObject({ kind: "wait" });
  expect(next.kind === "wait" && next.waitMs).toBeGreaterThan(1_000);
  expect(row).toMatchObject({ run_id: null, failures: 0 });
  expect(row?.["last_success_at"]).not.toBeNull();
  expect(await runs()).toMatchObject([{ status: "succeeded", kind: "incremental", legs: 1 }]);
  expect((await runs())[0]?.["seen"]).toBeGreaterThan(0);
  expect(await places()).toEqual([]);
});

test("fifty clicks that come one by one are one run, however soon it is over, and one more when the stream has had its calm", async () => {
  const streamId = t.scene.stream;
  await t.owner`update streams set interval_ms = 3600000, due_at = now() + interval '1 hour' where id = ${streamId}`;
  const clickAndTurn = async (by: Ctx = ctx) => {
    expect(await syncNow(by, { streamId })).toMatchObject({ queued: true });
    await turn();
    return (await runs()).length;
  };
  expect(await clickAndTurn()).toBe(1);
  await calmLasts(t.owner, streamId);
  for (let n = 0; n < 49; n++) expect(await clickAndTurn()).toBe(1);
  // Another hand does not wait for this one's calm.
  expect(await clickAndTurn(t.ctx())).toBe(2);
  await syncNow(ctx, { streamId });
  await calmIsOver(t.owner, streamId);
  await turn();
  expect(await runs()).toMatchObject([{ status: "succeeded" }, { status: "succeeded" }, { status: "succeeded" }]);
  expect(await turn()).toMatchObject({ kind: "wait" });
  expect((await runs()).length).toBe(3);
  // Who comes later does not wait at all.
  await calmIsOver(t.owner, streamId);
  expect(await clickAndTurn()).toBe(4);
});

test("what is due again at once has a turn of its own", async () => {
  await t.owner`update streams set interval_ms = 1 where id = ${ref.streamId}`;
  const next = await turn();
  expect(next.kind === "wait" && next.waitMs).toBeLessThan(10);
  expect(await runs()).toMatchObject([{ status: "succeeded" }]);
});

test("a run that is open and has not begun, as it waited for a place, is read in the turn after", async () => {
  await claimRun(ctx, ref);
  expect(await runs()).toMatchObject([{ status: "running", legs: 0 }]);
  await turn();
  expect(await runs()).toMatchObject([{ status: "succeeded", legs: 1 }]);
});

test.each([
  ["a first reading", async () => t.owner`update streams set phase = 'backfill' where id = ${ref.streamId}`, 1],
  ["what finds no place among the light ones", async () => {}, 0],
])("%s goes through the queue, with a place kept for it", async (_, given, most) => {
  await given();
  const next = await turn(most);
  expect(next.kind).toBe("run");
  expect(await runs()).toMatchObject([{ status: "running", legs: 0 }]);
  expect(await places()).toMatchObject([{ state: "called" }]);
});

test("much that is new is begun here and goes on through the queue, by the same run", async () => {
  const next = await turn(1, { ...PATIENT, pagesMs: 0 });
  const [row] = await runs();
  expect(row).toMatchObject({ status: "running", legs: 1 });
  expect(row?.["seen"]).toBeGreaterThan(0);
  expect(next).toMatchObject({ kind: "run", runId: (await stream())?.["run_id"] });
});

test("a source that fails is met again through the queue, by the run that is open", async () => {
  await t.control({ fail: { kind: "status", status: 500, count: 9 } });
  const next = await turn();
  expect(next).toMatchObject({ kind: "run", runId: (await stream())?.["run_id"] });
  // What has begun goes on there too, should the worker die meanwhile.
  expect(await turn()).toMatchObject({ kind: "run" });
  expect(await runs()).toMatchObject([{ status: "running", legs: 1 }]);
});

test("a run that holds nearly everything back is over at once, with no page more", async () => {
  const [{ fields }] = (await t.owner`
    select m.fields from mappings m join streams s on s.template_id = m.template_id and s.key = m.stream_key and s.template_version = m.version where s.id = ${ref.streamId}`) as unknown as [
    { fields: object[] },
  ];
  const write = (to: object[]) => t.owner`
    update mappings m set fields = ${t.owner.json(to as never)} from streams s
     where s.id = ${ref.streamId} and m.environment_id = s.environment_id and m.template_id = s.template_id and m.stream_key = s.key and m.version = s.template_version`;
  await write(fields.map((field) => ({ ...field, from: "properties.nowhere" })));
  await t.owner`update streams set quarantine_count = 0, circuit_off_at = null where id = ${ref.streamId}`;
  expect(await turn()).toMatchObject({ kind: "wait" });
  expect(await stream()).toMatchObject({ run_id: null, pause_reasons: ["quarantine"] });
  expect(await runs()).toMatchObject([{ status: "failed", legs: 1 }]);
  expect(await places()).toEqual([]);
  await write(fields);
  await t.owner`update streams set pause_reasons = '{}', failures = 0, failure_code = null where id = ${ref.streamId}`;
});

test("a run that the third party makes wait stays open, and its keeper looks again when the wait is over", async () => {
  await t.control({ fail: { kind: "status", status: 429, retryAfter: 6, count: 9 } });
  const next = await turn();
  expect(next.kind === "wait" && next.waitMs).toBeGreaterThan(4_000);
  expect(await runs()).toMatchObject([{ status: "running" }]);
});

test("a stream that is paused has nothing done to it", async () => {
  await pauseStream(ctx, { streamId: t.scene.stream });
  expect((await turn()).kind).toBe("wait");
  expect(await runs()).toEqual([]);
});
