import type postgres from "postgres";
import { beforeEach, expect, test } from "vitest";
import type { Ctx, Deps } from "#server/lib/context";
import { FieldMapping } from "#server/mapping/schema";
import { usingDatabase } from "#tests/support/database";
import { replicaOf } from "#tests/support/replica";
import { samplePeople, scriptedSource } from "#tests/support/scripted-source";
import { createScene, customerCtx, type Scene } from "#tests/support/world";
import { beginLeg } from "../streams/begin-leg";
import { claimRun } from "../streams/claim-run";
import { finishRun } from "../streams/finish-run";
import { streamCtx } from "../streams/internal";
import { pullPages } from "../streams/pull-pages";
import { remapRecords } from "../streams/remap-records";
import { revertOverrides } from "./revert-overrides";
import { saveOverrides } from "./save-overrides";

let owner: postgres.Sql;
let deps: Deps;
let scene: Scene;
let ctx: Ctx;
let streamId: Scene["stream"];

usingDatabase((opened) => {
  ({ owner, worker: deps } = opened);
});
beforeEach(async () => {
  scene = await createScene(owner, { records: 0 });
  streamId = scene.stream;
  ctx = streamCtx(deps, { vendorId: scene.vendor, environmentId: scene.environment, customerId: scene.customer, streamId }, "test");
  await owner`delete from quarantine where stream_id = ${streamId}`;
  await owner`update streams set phase = 'backfill', due_at = now(), next_seq = 1, record_count = 0, quarantine_count = 0 where id = ${streamId}`;
  await owner`update mappings set choices = '{"email":{"customer":"choose"},"firstName":{"customer":"choose"}}' where id = ${scene.mapping}`;
});

/** Has the keeper's next run done; what kind it was, null = nothing to do. */
async function next(source: ReturnType<typeof scriptedSource>): Promise<string | null> {
  const claim = await claimRun(ctx, { streamId });
  if (claim.kind !== "run") return null;
  const { runId } = claim;
  const leg = await beginLeg(ctx, { streamId, runId });
  if (!leg) throw new Error("the leg did not begin");
  const pace = { beat: () => {}, untilMs: performance.now() + 60_000, signal: new AbortController().signal };
  if (leg.kind === "remap") await remapRecords(ctx, { streamId, runId, leg }, pace);
  else await pullPages(ctx, { streamId, runId, leg: { ...leg, cursor: null }, source }, pace);
  await finishRun(ctx, { streamId, runId, outcome: { kind: "succeeded" } });
  return leg.kind;
}
const stream = async () =>
  (
    await owner`select record_count, quarantine_count, pause_reasons, mapping_version, mapped_version from streams where id = ${streamId}`
  )[0];
const field = (target: string, from: string) => FieldMapping.parse({ target, from });
const change = (n: number, fields: Record<string, FieldMapping>) => saveOverrides(customerCtx(deps, scene), { streamId, n, fields });

test("a customer's change reaches what is stored without the source, and is gone back from the same way", async () => {
  const source = scriptedSource(samplePeople(230), 100);
  expect(await next(source)).toBe("backfill");
  const reads = source.reads;
  await change(0, { firstName: field("firstName", "properties.email") });
  expect(await next(source)).toBe("remap");
  expect((await replicaOf(ctx, 500)).get("p000007")).toEqual({ email: "p7@example.com", firstName: "p7@example.com" });
  await revertOverrides(customerCtx(deps, scene), { streamId, n: 1, to: 0 });
  expect(await next(source)).toBe("remap");
  expect((await replicaOf(ctx, 500)).get("p000007")).toEqual({ email: "p7@example.com", firstName: "First 7" });
  expect([source.reads, await next(source)]).toEqual([reads, null]);
});

test("what was never asked for is read before anything is re-mapped: no record is held back for lack of it", async () => {
  const people = samplePeople(230);
  expect(await next(scriptedSource(people, 100))).toBe("backfill");
  await change(0, { email: field("email", "properties.work_email") });
  const asked = scriptedSource(
    people.map((one) => ({ ...one, work_email: `work-${one.email}` })),
    100,
  );
  expect(await next(asked)).toBe("backfill");
  expect(await stream()).toMatchObject({ record_count: 230, quarantine_count: 0, pause_reasons: [] });
  expect((await replicaOf(ctx, 500)).get("p000007")).toMatchObject({ email: "work-p7@example.com" });
  await next(asked);
  expect(await stream()).toMatchObject({ quarantine_count: 0, mapping_version: 2, mapped_version: 2 });
});
