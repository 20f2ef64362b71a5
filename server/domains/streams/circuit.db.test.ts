import { expect, test } from "vitest";
import { getConnection } from "#server/domains/views/get-connection";
import { ctx, owner, run, scene, stream, streamId, sync, usingPulling } from "#tests/support/pulling";
import { samplePeople, scriptedSource } from "#tests/support/scripted-source";
import { memberCtx } from "#tests/support/world";
import { claimRun } from "./claim-run";
import { syncNow } from "./sync-now";

usingPulling();

const nameless = (count: number, bad: number) => samplePeople(count).map((one, n) => (n < bad ? { ...one, email: "" } : one));
const reads = (count: number, bad: number, page = 20) => scriptedSource(nameless(count, bad), page);

test("a run that holds nearly everything back is stopped after its first pages: nothing is lost, and the cause is told", async () => {
  const source = reads(400, 400);
  const { runId, error } = await sync(source);
  expect(error).toMatchObject({
    code: "record_invalid",
    message: expect.stringMatching(/^60 of the first 60 records of this run .*email/),
  });
  expect(source.reads).toBeLessThan(8);
  expect(await stream()).toMatchObject({
    pause_reasons: ["quarantine"],
    phase: "backfill",
    cursor: "60",
    quarantine_count: 60,
    run_id: null,
  });
  expect(await run(runId)).toMatchObject({ status: "failed", error_code: "record_invalid", quarantined: 60 });
  expect(await claimRun(ctx, { streamId })).toMatchObject({ kind: "wait" });
  const view = await getConnection(memberCtx(ctx, scene, "support"), { connectionId: scene.connection });
  expect(view).toMatchObject({
    state: "attention",
    problem: { code: "record_invalid", fixer: "customer", detail: expect.stringContaining("60 of the first 60") },
  });
});

test("one in ten that comes through, or fewer than fifty held back, stop nothing", async () => {
  const mixed = samplePeople(400).map((one, n) => (n % 8 === 0 ? one : { ...one, email: "" }));
  expect((await sync(scriptedSource(mixed, 20))).error).toBeNull();
  expect(await stream()).toMatchObject({ pause_reasons: [], record_count: 50, quarantine_count: 350 });
  await owner`delete from quarantine where stream_id = ${streamId}`;
  expect((await sync(reads(49, 49))).error).toBeNull();
});

test("another mapping lifts it and is tried on what is held back first; the same one goes on when a person says so, and is not stopped again", async () => {
  await sync(reads(400, 400));
  await owner`update streams set mapping_version = mapping_version + 1 where id = ${streamId}`;
  expect(await stream()).toMatchObject({ pause_reasons: [], failure_code: null, failures: 0 });
  const again = await sync(reads(400, 400));
  expect(await run(again.runId)).toMatchObject({ kind: "remap", status: "failed", quarantined: 60 });
  expect(await stream()).toMatchObject({ pause_reasons: ["quarantine"] });

  await owner`update streams set pause_reasons = array_append(pause_reasons, 'vendor') where id = ${streamId}`;
  await expect(syncNow(ctx, { streamId: scene.stream })).rejects.toMatchObject({ code: "conflict" });
  await owner`update streams set pause_reasons = array_remove(pause_reasons, 'vendor') where id = ${streamId}`;
  await syncNow(ctx, { streamId: scene.stream });
  expect(await stream()).toMatchObject({ pause_reasons: [], failure_code: null });
  await sync(reads(400, 400)); // what is held back is gone over
  expect((await sync(reads(400, 390))).error).toBeNull();
  expect(await stream()).toMatchObject({ pause_reasons: [], record_count: 10, quarantine_count: 390, phase: "incremental" });
});
