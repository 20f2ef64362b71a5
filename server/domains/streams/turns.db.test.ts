import { expect, test } from "vitest";
import { ctx, legOf, openRun, owner, run, scene, stream, streamId, usingPulling } from "#tests/support/pulling";
import { claimRun } from "./claim-run";
import { finishRun } from "./finish-run";
import { pauseStream } from "./pause-stream";
import { resumeConnectionStreams } from "./resume-connection-streams";
import { syncNow } from "./sync-now";

usingPulling();

const dueInMs = async () => Number(new Date((await stream())["due_at"] as string)) - Date.now();
const due = (trigger: string) =>
  owner`update streams set due_at = now() - interval '1 second', trigger = ${trigger} where id = ${streamId}`;
const failed = (code: string) => ({ kind: "failed" as const, code, message: "no", retryAfterMs: null });
test("what the schedule began goes on as such; of what somebody waits for only the beginning goes before others", async () => {
  await due("schedule");
  const runId = await openRun();
  expect(await claimRun(ctx, { streamId })).toEqual({ kind: "run", runId, interactive: false });
  await finishRun(ctx, { streamId, runId, outcome: { kind: "succeeded" } });

  await due("activation");
  const awaited = await openRun();
  expect(await claimRun(ctx, { streamId })).toEqual({ kind: "run", runId: awaited, interactive: true });
  for (let n = 0; n < 3; n++) await legOf(awaited);
  expect(await claimRun(ctx, { streamId })).toEqual({ kind: "run", runId: awaited, interactive: false });
});

test("who asks while a run is failing does not wait out its back-off, once", async () => {
  await owner`update streams set failures = 6 where id = ${streamId}`;
  await due("schedule");
  const runId = await openRun();
  await syncNow(ctx, { streamId: scene.stream });
  await finishRun(ctx, { streamId, runId, outcome: failed("provider_unavailable") });
  expect(await dueInMs()).toBeLessThan(1_000);
  const again = await openRun();
  await finishRun(ctx, { streamId, runId: again, outcome: failed("provider_unavailable") });
  expect(await dueInMs()).toBeGreaterThan(60_000);
});

test("who reconnects while the former access is being refused finds the stream going on", async () => {
  await due("schedule");
  const runId = await openRun();
  const [row] = await owner`select connection_id from streams where id = ${streamId}`;
  await resumeConnectionStreams(ctx, { connectionId: row?.["connection_id"] });
  await finishRun(ctx, { streamId, runId, outcome: failed("reauth_required") });
  expect((await stream())["pause_reasons"]).toEqual([]);
  const again = await openRun();
  await finishRun(ctx, { streamId, runId: again, outcome: failed("reauth_required") });
  expect((await stream())["pause_reasons"]).toEqual(["auth"]);
});

test("streams that were late together have moments of their own again, an interval later at most", async () => {
  await owner`update streams set interval_ms = 3600000 where id = ${streamId}`;
  const at: number[] = [];
  for (let n = 0; n < 3; n++) {
    await due("schedule");
    const runId = await openRun();
    const wait = await dueInMs();
    expect(wait).toBeLessThanOrEqual(3_600_000);
    at.push(Math.round((Date.now() + wait) / 1000) % 3600);
    await finishRun(ctx, { streamId, runId, outcome: { kind: "paused" } });
  }
  expect(new Set(at.map((second) => Math.abs(second - (at[0] ?? 0)) % 3599 <= 1)).size).toBe(1);
  const [{ spread }] = (await owner`
    select count(distinct mod(abs(hashtext('str_' || n)), 3600000) / 360000)::int as spread from generate_series(1, 200) n`) as unknown as [
    { spread: number },
  ];
  expect(spread).toBe(10);
});

test("a run whose worker and workflow are gone does not stay running while its stream is paused, and its worker, come back, writes nothing", async () => {
  await due("schedule");
  const runId = await openRun();
  const begun = await legOf(runId);
  await pauseStream(ctx, { streamId: scene.stream });
  expect(await claimRun(ctx, { streamId })).toMatchObject({ kind: "wait" });
  expect(await run(runId)).toMatchObject({ status: "cancelled" });
  expect(await stream()).toMatchObject({ run_id: null });
  expect(Number((await stream())["fence"])).toBeGreaterThan(begun.fence);
});
