import type postgres from "postgres";
import { beforeEach, expect, test } from "vitest";
import type { Ctx, Deps } from "#server/lib/context";
import { newId } from "#server/lib/ids";
import { usingDatabase } from "#tests/support/database";
import { createScene, insert, type Scene } from "#tests/support/world";
import type { LegInput } from "#workflows/contract";
import { claimRun } from "./claim-run";
import { streamCtx } from "./internal";
import { inSlot, releaseSlot, takeSlot } from "./leg-slots";
import { pauseStream } from "./pause-stream";
import { syncNow } from "./sync-now";

let owner: postgres.Sql;
let worker: Deps;
let scene: Scene;
usingDatabase((opened) => {
  ({ owner, worker } = opened);
});
/** Whose keepers were woken. */
let woken: string[] = [];
beforeEach(async () => {
  scene = await createScene(owner, { records: 0 });
  woken = [];
});

const LEGS = { ofCustomer: 4, ofVendor: 8 };
const ctxOf = (input: LegInput): Ctx => ({
  ...streamCtx(worker, input, "test"),
  config: { ...worker.config, legs: LEGS },
  keeping: { ...worker.keeping, pokeStream: async (ref) => woken.push(ref.streamId) > 0 },
});

/** A customer of the scene's vendor. */
async function newCustomer(): Promise<string> {
  const id = newId("customer");
  await insert(owner, "customers", { id, environment_id: scene.environment, external_id: id, name: id });
  return id;
}

/** A stream of that customer whose run is open. */
async function begun(customerId: string = scene.customer, trigger = "schedule"): Promise<LegInput> {
  const [streamId, runId, connectionId, installationId] = [newId("stream"), newId("run"), newId("connection"), newId("installation")];
  const copy = (table: string, id: string, over: Record<string, string>, from: string) =>
    owner.unsafe(`insert into ${table} select (jsonb_populate_record(t, $1::text::jsonb)).* from ${table} t where id = $2`, [
      JSON.stringify({ id, customer_id: customerId, ...over }),
      from,
    ]);
  await copy("connections", connectionId, { account_id: connectionId }, scene.connection);
  const [stream] = await owner`select installation_id from streams where id = ${scene.stream}`;
  await copy("installations", installationId, { connection_id: connectionId }, stream?.["installation_id"]);
  await copy(
    "streams",
    streamId,
    { connection_id: connectionId, installation_id: installationId, run_id: runId, trigger: "schedule" },
    scene.stream,
  );
  await insert(owner, "runs", {
    id: runId,
    environment_id: scene.environment,
    customer_id: customerId,
    stream_id: streamId,
    kind: "incremental",
    trigger,
  });
  return { vendorId: scene.vendor, environmentId: scene.environment, customerId, streamId, runId };
}
const begunMany = (count: number, customerId?: string, trigger?: string) =>
  Promise.all(Array.from({ length: count }, () => begun(customerId, trigger)));

const take = (input: LegInput, token = input.runId) => takeSlot(ctxOf(input), input, token);
const release = (input: LegInput, token = input.runId) => releaseSlot(ctxOf(input), input, token);
const running = async (customerId?: string) =>
  (
    await owner`select stream_id from leg_slots where state = 'running' and until > clock_timestamp() and vendor_id = ${scene.vendor}
                 and (${customerId ?? null}::text is null or customer_id = ${customerId ?? null})`
  ).map((row) => row["stream_id"] as string);
const expire = (input: LegInput) =>
  owner`update leg_slots set until = clock_timestamp() - interval '1 second' where stream_id = ${input.streamId}`;

test("of two hundred that ask at once as many begin as may, and each that leaves calls the next, until all have had their turn", async () => {
  const legs = await begunMany(200);
  const waits = await Promise.all(legs.map((leg) => take(leg)));
  expect(waits.filter((wait) => wait === null)).toHaveLength(3); // a quarter is kept for what somebody waits for
  for (const wait of waits) if (wait) expect(wait.waitMs).toBeGreaterThan(1_000);
  const byId = new Map(legs.map((leg) => [leg.streamId, leg]));
  const had = new Set<string>();
  const work = (await running()).map((id) => byId.get(id) as LegInput);
  for (let leg = work.shift(); leg; leg = work.shift()) {
    had.add(leg.streamId);
    expect((await running()).length).toBeLessThanOrEqual(3);
    for (const { streamId } of await release(leg)) {
      const called = byId.get(streamId) as LegInput;
      expect(await take(called)).toBeNull();
      work.push(called);
    }
  }
  expect(had.size).toBe(200);
});

test("two hundred streams of one customer leave the place of another's one stream alone", async () => {
  const noisy = await begunMany(200);
  await Promise.all(noisy.map((leg) => take(leg)));
  const other = await newCustomer();
  expect(await take(await begun(other))).toBeNull();
  expect(await running(scene.customer)).toHaveLength(3);
});

test("a vendor's customers together have their own bound beside another vendor, and the next place goes to who has the fewest legs", async () => {
  await createScene(owner, { records: 0 });
  const crowd = await Promise.all([newCustomer(), newCustomer()]);
  const many = [...(await begunMany(5, crowd[0])), ...(await begunMany(5, crowd[1]))];
  for (const leg of many) await take(leg);
  const [first] = many as [LegInput];
  expect(await running()).toHaveLength(6); // three quarters of eight
  const alone = await begun(await newCustomer());
  expect(await take(alone)).not.toBeNull();
  expect((await release(first)).map((ref) => ref.streamId)).toEqual([alone.streamId]);

  const elsewhere = await createScene(owner, { records: 0 });
  const input = {
    vendorId: elsewhere.vendor,
    environmentId: elsewhere.environment,
    customerId: elsewhere.customer,
    streamId: elsewhere.stream,
  };
  expect(await take({ ...input, runId: newId("run") })).toBeNull();
});

test("a vendor who is alone has all the places there are", async () => {
  await owner`update streams set status = 'off' where environment_id <> ${scene.environment}`;
  for (let n = 0; n < 5; n++) for (const leg of await begunMany(2, await newCustomer())) expect(await take(leg)).toBeNull();
  await createScene(owner, { records: 0 });
  expect(await take(await begun(await newCustomer()))).not.toBeNull();
});

test("what somebody waits for has places of its own, goes before what waited longer, and is no longer that in a long run", async () => {
  const slow = await begunMany(4);
  for (const leg of slow) await take(leg);
  const asked = await begunMany(2, scene.customer, "customer");
  expect(await take(asked[0] as LegInput)).toBeNull();
  expect(await take(asked[1] as LegInput)).not.toBeNull();
  expect((await release(slow[0] as LegInput)).map((ref) => ref.streamId)).toEqual([asked[1]?.streamId]);

  const long = await begun(await newCustomer(), "activation");
  await owner`update runs set legs = 3 where id = ${long.runId}`;
  await take(long);
  expect((await owner`select urgent from leg_slots where stream_id = ${long.streamId}`)[0]).toEqual({ urgent: false });
});

test("a place is never lost: a new attempt has its own again, a dead one's is free after its lease, an overtaken one gives nothing back", async () => {
  const legs = await begunMany(4);
  const [one, two, three, late] = legs as [LegInput, LegInput, LegInput, LegInput];
  for (const leg of legs) await take(leg);
  expect(await take(one, "second attempt")).toBeNull(); // its worker was killed
  expect(await release(one)).toEqual([]); // the first attempt wakes up after all
  expect(await running()).toContain(one.streamId);
  expect(await take(late)).not.toBeNull();

  await expire(two); // and nobody comes for this one
  expect(await take(late)).toBeNull();
  expect((await running()).toSorted()).toEqual([one, three, late].map((leg) => leg.streamId).toSorted());
});

test("killed between being called and coming: the place is given to others after a while", async () => {
  const legs = await begunMany(5);
  for (const leg of legs) await take(leg);
  const [first, , , called, next] = legs as [LegInput, LegInput, LegInput, LegInput, LegInput];
  expect((await release(first)).map((ref) => ref.streamId)).toEqual([called.streamId]);
  expect(await take(next)).not.toBeNull(); // kept for who was called
  await expire(called);
  expect(await take(next)).toBeNull();
});

test("a leg without a place does nothing; its keeper waits, and goes on when it is called or somebody asks for it", async () => {
  const legs = await begunMany(3);
  for (const leg of legs) await take(leg);
  const leg = await begun();
  let worked = 0;
  const work = () => inSlot(ctxOf(leg), leg, async () => ++worked);
  expect(await work()).toMatchObject({ waitMs: expect.any(Number) });
  const claim = () => claimRun(ctxOf(leg), leg);
  expect(await claim()).toMatchObject({ kind: "wait" });
  await syncNow(ctxOf(leg), { streamId: leg.streamId as Scene["stream"] });
  expect(await claim()).toEqual({ kind: "run", runId: leg.runId, interactive: true });
  woken = [];
  expect(await work()).toBe(1);
  expect(woken).toEqual([]);

  const behind = await begun();
  await take(behind);
  const held = legs[0] as LegInput;
  await take(held, "again");
  await inSlot(ctxOf(held), held, async () => {});
  expect(woken).toEqual([behind.streamId]);
  expect(await claimRun(ctxOf(behind), behind)).toMatchObject({ kind: "run", runId: behind.runId });
});

test("a run is claimed with a place for its first leg; without one it is open and waits", async () => {
  const waits = await begun();
  const legs = (await begunMany(3)) as [LegInput, LegInput, LegInput];
  for (const leg of legs) expect(await claimRun(ctxOf(leg), leg)).toMatchObject({ kind: "run" });
  expect(await claimRun(ctxOf(waits), waits)).toMatchObject({ kind: "wait" });
  expect((await owner`select status from runs where id = ${waits.runId}`)[0]).toEqual({ status: "running" });
  await inSlot(ctxOf(legs[0]), legs[0], async () => {});
  expect(woken).toEqual([waits.streamId]);
  expect(await claimRun(ctxOf(waits), waits)).toMatchObject({ kind: "run", runId: waits.runId });
  expect(await claimRun(ctxOf(waits), waits)).toMatchObject({ kind: "run", runId: waits.runId }); // its answer was lost
});

test("paused while it waits for a place, a stream gives up its turn and its run", async () => {
  const legs = await begunMany(4);
  for (const leg of legs) await take(leg);
  const last = legs[3] as LegInput;
  await pauseStream(ctxOf(last), { streamId: last.streamId as Scene["stream"] });
  expect(await claimRun(ctxOf(last), last)).toMatchObject({ kind: "wait" });
  expect((await owner`select status from runs where id = ${last.runId}`)[0]).toEqual({ status: "cancelled" });
  expect(await release(legs[0] as LegInput)).toEqual([]);
});
