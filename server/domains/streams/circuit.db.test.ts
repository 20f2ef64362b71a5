import { expect, test } from "vitest";
import { getConnection } from "#server/domains/views/get-connection";
import { ctx, legOf, openRun, owner, pace, run, scene, stream, streamId, sync, usingPulling } from "#tests/support/pulling";
import { samplePeople, scriptedSource } from "#tests/support/scripted-source";
import { memberCtx } from "#tests/support/world";
import { claimRun } from "./claim-run";
import { pullPages } from "./pull-pages";
import { syncNow } from "./sync-now";

usingPulling();

const nameless = (count: number, bad: number) => samplePeople(count).map((one, n) => (n < bad ? { ...one, email: "" } : one));
/** Another mapping is in force, which says the same. */
const another = () => owner`update streams set mapping_version = mapping_version + 1 where id = ${streamId}`;
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

test("another mapping lifts it: what was held before is tried first and counts for nothing; the same mapping goes on when a person says so, and is not stopped again", async () => {
  await sync(reads(400, 400));
  await another();
  expect(await stream()).toMatchObject({ pause_reasons: [], failure_code: null, failures: 0 });
  const again = await sync(reads(400, 400));
  expect(await run(again.runId)).toMatchObject({ kind: "remap", status: "succeeded", quarantined: 60 });
  expect(await stream()).toMatchObject({ pause_reasons: [] });
  const { error } = await sync(reads(400, 400)); // the first 60 of it are those held before
  expect(error).toMatchObject({ message: expect.stringMatching(/^60 of the first 60 records/) });
  expect(await stream()).toMatchObject({ pause_reasons: ["quarantine"], quarantine_count: 120 });

  await owner`update streams set pause_reasons = array_append(pause_reasons, 'vendor') where id = ${streamId}`;
  await expect(syncNow(ctx, { streamId: scene.stream })).rejects.toMatchObject({ code: "conflict" });
  await owner`update streams set pause_reasons = array_remove(pause_reasons, 'vendor') where id = ${streamId}`;
  await syncNow(ctx, { streamId: scene.stream });
  expect(await stream()).toMatchObject({ pause_reasons: [], failure_code: null });
  expect((await sync(reads(400, 390))).error).toBeNull();
  expect(await stream()).toMatchObject({ pause_reasons: [], record_count: 10, quarantine_count: 390, phase: "incremental" });
});

/** 500 good ones are read, then 500 bad ones; by their ids the bad ones come first. */
const halfBad = () => {
  const all = nameless(1_000, 500);
  return [...all.slice(500), ...all.slice(0, 500)];
};

test("a stream with many old held records goes through a mapping that changes nothing for them", async () => {
  expect((await sync(scriptedSource(halfBad(), 100))).error).toBeNull();
  await another();
  const { runId, error } = await sync(scriptedSource([], 100));
  expect(error).toBeNull();
  expect(await run(runId)).toMatchObject({ kind: "remap", seen: 1_000, quarantined: 500 });
  expect(await stream()).toMatchObject({ pause_reasons: [], record_count: 500, quarantine_count: 500 });
});

test("a mapping that holds back what was fine is stopped, whatever was held before; back under the one before, the stream goes on", async () => {
  await sync(scriptedSource(halfBad(), 100));
  const fields = (await owner`select fields from mappings where template_id = ${scene.template}`)[0]?.["fields"] as { target: string }[];
  const map = (given: object[]) => owner`update mappings set fields = ${owner.json(given as never)} where template_id = ${scene.template}`;
  await map(fields.map((one) => (one.target === "email" ? { ...one, from: "properties.nothing" } : one)));
  await another();
  const { runId, error } = await sync(scriptedSource([], 100));
  expect(error).toMatchObject({ message: expect.stringMatching(/^500 of the first 500 records/) });
  expect([await run(runId), await stream()]).toMatchObject([{ kind: "remap" }, { pause_reasons: ["quarantine"], quarantine_count: 1_000 }]);
  await map(fields);
  await another();
  expect((await sync(scriptedSource([], 100))).error).toBeNull();
  expect(await stream()).toMatchObject({ pause_reasons: [], record_count: 500, quarantine_count: 500 });
});

test("what a run has held back counts in its next leg as well, but not under a mapping that came meanwhile", async () => {
  const counted = async () => (await legOf(runId)).counts;
  const source = reads(100, 40);
  const runId = await openRun();
  const leg = await legOf(runId);
  await expect(
    pullPages(ctx, { streamId, runId, leg: { ...leg, cursor: null }, source }, { ...pace(), untilMs: 0 }),
  ).resolves.toMatchObject({ pages: 1 });
  expect(await counted()).toEqual({ taken: 20, held: 20 });
  await another();
  expect(await counted()).toEqual({ taken: 0, held: 0 });
});
