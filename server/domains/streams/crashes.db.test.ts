import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { listChanges } from "#server/domains/records/list-changes";
import type { Ctx } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";
import { hold } from "#tests/support/held-manifest";
import { type Harm, mortal } from "#tests/support/mortal";
import { openPushing } from "#tests/support/pushing";
import { replicaOf } from "#tests/support/replica";
import { type Change, change, type Manner, manifestOf, manner, SCAN_S, timeline } from "#tests/support/timeline";
import { claimRun } from "./claim-run";
import { decideDeletes } from "./decide-deletes";
import { finishRun } from "./finish-run";
import { createLightLegs } from "./light-legs";
import { StaleAttempt } from "./stale-attempt";
import { syncLeg } from "./sync-leg";
import { takeTurn } from "./take-turn";

vi.mock("#server/connectors/index", () => import("#tests/support/held-manifest"));

let p: Awaited<ReturnType<typeof openPushing>>;
beforeAll(async () => {
  p = await openPushing();
});
afterAll(() => p.close());

type Event =
  | ({ kind: "change" } & Change)
  | { kind: "pass"; seconds: number }
  /** A reading; `light`: in the keeper's own turn, `hasty`: its legs end after a page. What happens `during` it, and to its process;
   * at which step of the one that takes over a sleeper wakes up. */
  | { kind: "read"; light: boolean; hasty: boolean; during: Change[]; harm: Harm | null; rescue: number };

const harm: fc.Arbitrary<Harm | null> = fc.option(
  fc.record({ step: fc.integer({ min: 1, max: 26 }), how: fc.constantFrom("before" as const, "after" as const, "asleep" as const) }),
  { freq: 4 },
);
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: change.map((one) => ({ kind: "change" as const, ...one })) },
  { weight: 2, arbitrary: fc.constantFrom(1, 5, 30, 130, SCAN_S + 60).map((seconds) => ({ kind: "pass" as const, seconds })) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("read" as const),
      light: fc.boolean(),
      hasty: fc.boolean(),
      during: fc.array(change, { maxLength: 4 }),
      rescue: fc.integer({ min: 1, max: 14 }),
      harm,
    }),
  },
);

/** One turn of the stream's keeper: asks what there is to do, and does it, as workflows/definitions/keeper.ts does. */
async function turn(ctx: Ctx, hasty: boolean, light = false): Promise<"run" | "wait"> {
  const ref = p.ref();
  const claim = light ? await takeTurn(ctx, ref, createLightLegs(8, Date.now)) : await claimRun(ctx, ref);
  if (claim.kind !== "run") return "wait";
  const input = { ...ref, runId: claim.runId };
  const pace = () => ({ beat: () => {}, untilMs: performance.now() + (hasty ? -1 : 30_000), signal: new AbortController().signal });
  try {
    let leg = await syncLeg(ctx, input, pace());
    while (!leg.done && leg.waitMs === undefined) leg = await syncLeg(ctx, input, pace());
    if (leg.done) await finishRun(ctx, { ...input, outcome: { kind: "succeeded" } });
  } catch (error) {
    if (error instanceof StaleAttempt) return "run";
    if (!isAppError(error)) throw error;
    const { code, message, retryAfterMs = null } = error;
    await finishRun(ctx, { ...input, outcome: { kind: "failed", code, message, retryAfterMs } });
  }
  return "run";
}

const timesOf = (ops: string, op: string) => ops.split(op).length - 1;
const due = () => p.owner`update streams set due_at = now() where id = ${p.ref().streamId}`;

/** The runs that are over, as they ended. */
const over = () =>
  p.owner`select id, status, finished_at::text, pages, seen, legs from runs where stream_id = ${p.ref().streamId} and status <> 'running' order by id`;

/** A reading in a process that may come to harm; another one takes over from one that sleeps, and is not done when that wakes up. */
async function read(ctx: Ctx, { light, hasty, harm, rescue }: Extract<Event, { kind: "read" }>): Promise<void> {
  await due();
  const process = mortal(ctx, harm);
  const work = turn(process.ctx, hasty, light).catch((error: unknown) => {
    if (!process.isDead()) throw error;
  });
  if ((await Promise.race([work, process.asleep])) === "asleep") {
    await due();
    const rescuer = mortal(ctx, { step: rescue, how: "asleep" });
    const rescuing = turn(rescuer.ctx, true);
    await Promise.race([rescuing, rescuer.asleep]);
    const ended = await over();
    process.wake();
    await work;
    // Whatever one does that wakes up late, a run that is over is as it ended.
    const still = new Set(ended.map(({ id }) => id));
    expect((await over()).filter(({ id }) => still.has(id))).toEqual([...ended]);
    rescuer.wake();
    await rescuing;
  }
  await work;
}

/** What the feed says of each record, in order: `c`reated, `u`pdated, `d`eleted. */
async function feed(ctx: Ctx) {
  const told = new Map<string, string>();
  for (let after = 0; ; ) {
    const page = await listChanges(ctx, { after, limit: 500 });
    for (const { position, externalId, op } of page.items) {
      expect(position).toBeGreaterThan(after);
      after = position;
      told.set(externalId, (told.get(externalId) ?? "") + op[0]);
    }
    if (page.items.length === 0) return told;
  }
}

async function live(one: Manner, events: readonly Event[]) {
  await p.reset("keyed", "push");
  await p.owner`update streams set direction = 'pull', phase = 'backfill' where id = ${p.ref().streamId}`;
  await p.settings({ direction: "pull" });
  hold(manifestOf(one));
  const world = timeline(one);
  const ctx: Ctx = { ...p.ctx(), egress: world.egress, clock: world.clock };
  for (const next of events) {
    if (next.kind === "change") world.happens(next);
    else if (next.kind === "pass") world.pass(next.seconds);
    else {
      world.during(next.during);
      await read(ctx, next);
    }
  }
  // Nothing happens any more, everything is to be seen, and readings come to no harm.
  world.during([]);
  for (let n = 0; n < 3; n++) {
    world.pass(700 + SCAN_S);
    await due();
    await turn(ctx, false);
    const [row] = await p.owner`select missing_count from streams where id = ${p.ref().streamId}`;
    if (row?.["missing_count"] != null) await decideDeletes(ctx, { streamId: p.ref().streamId, decision: "approve" });
  }
  return { world, ctx };
}

test(
  "whatever happens at the source and to its readers, what is stored and told is the truth, once",
  () =>
    fc.assert(
      fc.asyncProperty(manner, fc.array(event, { minLength: 4, maxLength: 24 }), async (one, events) => {
        const { world, ctx } = await live(one, events);
        const rows = await p.rows("records");
        const stored = rows.filter((row) => row["deleted_at"] === null).map((row) => [row["external_id"], JSON.parse(row["source"])]);
        const [truth, unfit] = [world.truth(), new Set(world.unfit())];
        const fitting = (of: [string, unknown][]) => Object.fromEntries(of.filter(([id]) => !unfit.has(id)));
        expect(fitting(stored as never)).toEqual(fitting([...truth]));
        // Held is who lives there and does not fit, and nobody else; what was stored of them before stays.
        const held = (await p.rows("quarantine")).map((row) => row["external_id"]);
        expect([held.toSorted(), await p.stream()]).toMatchObject([[...unfit].toSorted(), { quarantine_count: unfit.size }]);
        const living = stored.map(([id]) => id);
        expect(living.filter((id) => !truth.has(id))).toEqual([]);

        // Nobody is created twice, told of more often than changed, or deleted more often than at the source.
        const told = await feed(ctx);
        for (const [id, ops] of told) {
          expect([id, ops]).toEqual([id, expect.stringMatching(/^(cu*d)*(cu*)?$/)]);
          const { puts, deletions } = world.happened(id);
          expect([id, ops, ops.replaceAll("d", "").length <= puts, timesOf(ops, "d") <= deletions]).toEqual([id, ops, true, true]);
        }
        expect(new Set((await replicaOf(ctx, 500)).keys())).toEqual(new Set(living));

        // The runs' own counts are those of the feed, whatever was done twice; none stays open.
        const [runs] = await p.owner`
        select coalesce(sum(created), 0)::int as created, coalesce(sum(updated), 0)::int as updated, coalesce(sum(deleted), 0)::int as deleted, count(*) filter (where status = 'running')::int as open
          from runs where stream_id = ${p.ref().streamId} and id <> (select id from runs where stream_id = ${p.ref().streamId} order by started_at limit 1)`;
        const all = [...told.values()].join("");
        expect(runs).toEqual({ created: timesOf(all, "c"), updated: timesOf(all, "u"), deleted: timesOf(all, "d"), open: 0 });
        expect(await p.stream()).toMatchObject({ record_count: living.length, run_id: null });
      }),
      { numRuns: Number(process.env["INLAY_PROPERTY_RUNS"] ?? 12) },
    ),
  600_000,
);

test("a change that is to be seen only some time after its moment is read, within the lookback", async () => {
  const plain: Manner = {
    ...{ order: "unknown", deletes: "mark", inclusive: true, windowed: false, dated: true, driftS: 0, size: 3, repeats: false },
  };
  const put = { kind: "change" as const, who: 0, what: "put" as const };
  const reading: Event = { kind: "read", light: false, hasty: false, during: [], harm: null, rescue: 1 };
  const { world } = await live(plain, [
    { ...put, lagS: 0 },
    reading,
    { kind: "pass", seconds: 30 },
    { ...put, lagS: 19 },
    { kind: "pass", seconds: 10 },
    reading,
  ]);
  const [row] = await p.rows("records");
  expect(JSON.parse(row?.["source"])).toEqual(world.truth().get("p0"));
});
