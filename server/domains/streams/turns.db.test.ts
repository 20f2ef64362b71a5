import { expect, test } from "vitest";
import { listChanges } from "#server/domains/records/list-changes";
import { listHeldRecords } from "#server/domains/records/list-held-records";
import { ctx, legOf, openRun, owner, pace, run, scene, stream, streamId, sync, usingPulling } from "#tests/support/pulling";
import { samplePeople, scriptedSource } from "#tests/support/scripted-source";
import { claimRun } from "./claim-run";
import { finishRun } from "./finish-run";
import { pauseStream } from "./pause-stream";
import { pullPages } from "./pull-pages";
import { rereadStream } from "./reread-stream";
import { resumeConnectionStreams } from "./resume-connection-streams";
import { StaleAttempt } from "./stale-attempt";
import { stopRun } from "./stop-run";
import { syncNow } from "./sync-now";

usingPulling();

const dueInMs = async () => Number(new Date((await stream())["due_at"] as string)) - Date.now();
const due = (trigger: string) =>
  owner`update streams set due_at = now() - interval '1 second', trigger = ${trigger} where id = ${streamId}`;
const failed = (code: string) => ({ kind: "failed" as const, code, message: "no", retryAfterMs: null });
test("a run that is over stays as it ended, and so does its stream, whatever one that comes late says of it", async () => {
  await due("schedule");
  const runId = await openRun();
  await legOf(runId);
  await finishRun(ctx, { streamId, runId, outcome: { kind: "succeeded" } });
  const ended = [await run(runId), await stream()];
  await finishRun(ctx, { streamId, runId, outcome: failed("provider_unavailable") });
  expect([await run(runId), await stream()]).toEqual(ended);
});

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
  await owner`update connections set status = 'reauth' where id = ${scene.connection}`;
  await finishRun(ctx, { streamId, runId: again, outcome: failed("reauth_required") });
  expect((await stream())["pause_reasons"]).toEqual(["auth"]);
});

const runOf = async () => {
  const claim = await claimRun(ctx, { streamId });
  if (claim.kind !== "run") throw new Error(claim.kind);
  return claim.runId;
};

test.each(["remap", "push"])(
  "who reconnects while a %s is being refused finds the stream going on as well, whatever is refused",
  async (kind) => {
    for (const code of ["reauth_required", "insufficient_scope"]) {
      await sync(scriptedSource(samplePeople(3), 20));
      await owner`update streams set mapping_version = mapping_version + 1, failures = 0 where id = ${streamId}`;
      const runId = await runOf();
      await owner`update runs set kind = ${kind} where id = ${runId}`;
      await owner`update connections set status = 'reauth' where id = ${scene.connection}`;
      await owner`update connections set status = 'active' where id = ${scene.connection}`;
      await resumeConnectionStreams(ctx, { connectionId: scene.connection as never });
      await finishRun(ctx, { streamId, runId, outcome: failed(code) });
      expect((await stream())["pause_reasons"]).toEqual([]);
      expect(await dueInMs()).toBeLessThan(1_000);
      const again = await runOf();
      await owner`update runs set kind = ${kind} where id = ${again}`;
      await owner`update connections set status = 'reauth' where id = ${scene.connection}`;
      await finishRun(ctx, { streamId, runId: again, outcome: failed(code) });
      expect((await stream())["pause_reasons"]).toEqual(["auth"]);
      await owner`update streams set pause_reasons = '{}', mapped_version = mapping_version where id = ${streamId}`;
    }
  },
);

test("a credential that was refused to a run pauses nothing once its account is connected again", async () => {
  await due("schedule");
  const runId = await openRun();
  await finishRun(ctx, { streamId, runId, outcome: failed("reauth_required") });
  expect((await stream())["pause_reasons"]).toEqual([]);
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

test("a reading that is stopped keeps what it has, its worker writes no more, and the stream goes on from there at its next time", async () => {
  await owner`update streams set interval_ms = 3600000, phase = 'backfill', cursor = '50' where id = ${streamId}`;
  const runId = await openRun();
  const begun = await legOf(runId);
  expect(await stopRun(ctx, { streamId: scene.stream })).toEqual({ runId });
  expect(await run(runId)).toMatchObject({ status: "cancelled" });
  expect(await stream()).toMatchObject({ run_id: null, phase: "backfill", cursor: "50", pause_reasons: [] });
  expect(await dueInMs()).toBeGreaterThan(1_700_000);
  const late = pullPages(ctx, { streamId, runId, leg: { ...begun, cursor: null }, source: scriptedSource(samplePeople(3), 3) }, pace());
  await expect(late).rejects.toThrow(StaleAttempt);
  await expect(stopRun(ctx, { streamId: scene.stream })).rejects.toThrow(/nothing is under way/);
});

test("everything is read again from the beginning when somebody asks; only what differs is told, and what was held back is tried again", async () => {
  const source = scriptedSource(samplePeople(5), 5);
  source.people[1] = { id: "p000001", email: "", firstname: "No mail" };
  await sync(source);
  const told = async () => (await listChanges(ctx, { after: 0, limit: 100 })).items.filter((one) => one.streamId === streamId).length;
  expect([await told(), (await stream())["quarantine_count"]]).toEqual([4, 1]);
  source.people[1] = { id: "p000001", email: "now@example.com", firstname: "Has mail" };
  expect(await rereadStream(ctx, { streamId: scene.stream })).toMatchObject({ queued: true });
  const { runId } = await sync(source);
  expect(await run(runId)).toMatchObject({ kind: "backfill", trigger: "vendor", seen: 5, created: 1, unchanged: 4 });
  expect([await told(), (await stream())["quarantine_count"]]).toEqual([5, 0]);
  await pauseStream(ctx, { streamId: scene.stream });
  await expect(rereadStream(ctx, { streamId: scene.stream })).rejects.toThrow(/resume it first/);
});

test("records held back come page by page, each once, and of a stream that is not there none", async () => {
  const source = scriptedSource(samplePeople(5), 5);
  source.people = source.people.map((one) => ({ ...one, email: "" }));
  await sync(source);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listHeldRecords(ctx, { streamId: scene.stream, state: "held", limit: 2, cursor });
    seen.push(...page.items.map((one) => one.externalId ?? ""));
    cursor = page.next ?? undefined;
  } while (cursor);
  expect(seen.sort()).toEqual(source.people.map((one) => one.id));
  await expect(
    listHeldRecords(ctx, { streamId: "str_00000000000000000000" as typeof scene.stream, state: "held", limit: 1 }),
  ).rejects.toThrow("does not exist");
});

test.each([
  ["a pull that is due", 0, "schedule"],
  ["a pull that a person asked for", 0, "customer"],
  ["a stream that is not due", 3_600_000, "schedule"],
])("the short question has the answer of the whole one: %s", async (_, inMs, trigger) => {
  const asked = async () => {
    await owner`update streams set run_id = null, failures = 1, trigger = ${trigger}, interval_ms = 3600000, phase = 'incremental',
      due_at = now() + ${inMs} * interval '1 ms' where id = ${streamId}`;
    const claim = await claimRun(ctx, { streamId });
    const { due_at, updated_at: _updated, run_id, ...row } = await stream();
    const opened = run_id === null ? null : await run(run_id as string);
    if (run_id !== null) await finishRun(ctx, { streamId, runId: run_id as string, outcome: { kind: "paused" } });
    await owner`delete from leg_slots where stream_id = ${streamId}`;
    return {
      claim: claim.kind === "wait" ? { ...claim, waitMs: Math.round(claim.waitMs / 60_000) } : { ...claim, runId: "" },
      run: opened && { kind: opened["kind"], trigger: opened["trigger"] },
      row,
      dueMin: Math.round(Number(due_at) / 60_000),
    };
  };
  const short = await asked();
  // A record that a call named waits for the trouble to be over, and changes nothing else: but it takes the whole question to say so.
  await owner`insert into named_records (stream_id, environment_id, customer_id, external_id, called_at) values (${streamId}, ${scene.environment}, ${scene.customer}, 'x', now())`;
  expect(await asked()).toEqual(short);
});
