import { beforeEach, expect, test } from "vitest";
import { submitApiKey } from "#server/domains/connections/submit-api-key";
import type { Ctx } from "#server/lib/context";
import { connecting } from "#tests/support/connecting";
import { claimRun } from "./claim-run";
import { finishRun } from "./finish-run";
import { streamCtx } from "./internal";
import { pauseStream } from "./pause-stream";
import { syncLeg } from "./sync-leg";
import { syncNow } from "./sync-now";

const t = connecting();
let ctx: Ctx;

beforeEach(async () => {
  const { scene, owner } = t;
  await owner`truncate rate_limits`;
  await owner`update integrations set connector_key = 'sandbox-crm', auth_key = 'key' where id = ${scene.integration}`;
  const outcome = await submitApiKey(t.ctx(), { integrationId: scene.integration, fields: { key: "sbx_demo_key" } });
  if (outcome.outcome !== "connected") throw new Error(outcome.outcome);
  await owner`update streams set connection_id = ${outcome.connectionId}, phase = 'backfill', cursor = null, due_at = now(), run_id = null where id = ${scene.stream}`;
  const { vendor, environment, customer, stream } = scene;
  ctx = streamCtx(t.worker, { vendorId: vendor, environmentId: environment, customerId: customer, streamId: stream }, "test");
});

const streamId = () => t.scene.stream;
const pace = () => ({ beat: () => {}, untilMs: performance.now() + 60_000, signal: new AbortController().signal });
const leg = (runId: string) =>
  syncLeg(
    ctx,
    { vendorId: t.scene.vendor, environmentId: t.scene.environment, customerId: t.scene.customer, streamId: streamId(), runId },
    pace(),
  );
const stream = async () => (await t.owner`select * from streams where id = ${streamId()}`)[0];
const run = async (id: string) => (await t.owner`select * from runs where id = ${id}`)[0];
async function openRun(): Promise<string> {
  const claim = await claimRun(ctx, { streamId: streamId() });
  if (claim.kind !== "run") throw new Error(`expected a run, got ${JSON.stringify(claim)}`);
  return claim.runId;
}

test("a run waits for the third party, keeps what it has read, and goes on by itself; asking again does not change that", async () => {
  const runId = await openRun();
  await t.control({ fail: { kind: "status", status: 429, retryAfter: 6, count: 1, everyNth: 3 } });
  const first = await leg(runId);
  expect(first.done).toBe(false);
  expect(first.waitMs).toBeGreaterThan(5_000);
  expect(Number((await stream())?.["record_count"])).toBe(first.seen);
  expect((await stream())?.["waiting_until"]).toBeInstanceOf(Date);
  expect(await run(runId)).toMatchObject({ status: "running" });

  await syncNow(ctx, { streamId: streamId() });
  const claim = await claimRun(ctx, { streamId: streamId() });
  expect(claim.kind === "wait" && claim.waitMs).toBeGreaterThan(4_000);

  await t.owner`update streams set waiting_until = now() - interval '1 second' where id = ${streamId()}`;
  expect(await claimRun(ctx, { streamId: streamId() })).toEqual({ kind: "run", runId, interactive: true });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const second = await leg(runId); // the rest of the wait is short: slept
  expect([second.done, second.waitMs]).toEqual([true, undefined]);
  await finishRun(ctx, { streamId: streamId(), runId, outcome: { kind: "succeeded" } });
  expect(await stream()).toMatchObject({ waiting_until: null, phase: "incremental", failures: 0 });
  expect((await run(runId))?.["seen"]).toBe(first.seen + second.seen);
});

test("a stream that is paused while it waits lets its run go", async () => {
  const runId = await openRun();
  await t.control({ fail: { kind: "status", status: 429, retryAfter: 60, count: 9 } });
  expect((await leg(runId)).waitMs).toBeGreaterThan(50_000);
  await pauseStream(ctx, { streamId: streamId() });
  expect((await claimRun(ctx, { streamId: streamId() })).kind).toBe("wait");
  expect(await stream()).toMatchObject({ run_id: null, waiting_until: null });
  expect(await run(runId)).toMatchObject({ status: "cancelled" });
});

test("a wait of hours ends the run", async () => {
  await t.control({ fail: { kind: "status", status: 429, retryAfter: 7_200, count: 9 } });
  await expect(leg(await openRun())).rejects.toMatchObject({ code: "provider_rate_limited" });
});
