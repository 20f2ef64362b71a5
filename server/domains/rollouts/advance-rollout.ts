import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { customers, rollouts, streams } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx, Deps } from "#server/lib/context";
import { type EnvironmentId, newId, type RolloutId, type StreamId, type VendorId } from "#server/lib/ids";
import type { RolloutRef, RolloutTurn } from "#workflows/contract";
import { manifestOf } from "../mappings/publishing";
import { filledIn } from "./filled";
import { figuresOf, finish, lockRollout, moveShare, type Open, placeOf, pokeMoved, rollBackAll } from "./internal";
import { decide, type Emptied, emptiedBy, type Figures, lookMs } from "./pace";

/** One that was paused is looked at again after so long, should the poke of its resumption be lost. */
const PAUSED_LOOK_MS = 300_000;

const DONE: RolloutTurn = { done: true, waitMs: 0 };

async function figuresAndAge(tx: Tx, { rollout }: Open): Promise<{ figures: Figures; watchedMs: number }> {
  const [row] = await tx.execute<{ figures: Figures; watchedMs: number }>(sql`
    select ${figuresOf} as figures, (extract(epoch from clock_timestamp() - ${rollouts.stepAt}) * 1000)::float8 as "watchedMs"
      from ${rollouts} where ${rollouts.id} = ${rollout.id} and ${rollouts.environmentId} = ${rollout.environmentId}`);
  if (!row) throw new Error("a locked roll-out is there");
  return row;
}

/** With the name of the customer whose field it is, where it is one's. */
async function named(ctx: Ctx, tx: Tx, emptied: Emptied | null) {
  if (!emptied?.stream) return emptied;
  const [row] = await tx
    .select({ customer: customers.name })
    .from(streams)
    .innerJoin(customers, and(eq(customers.environmentId, streams.environmentId), eq(customers.id, streams.customerId)))
    .where(and(eq(streams.id, emptied.stream as StreamId), eq(streams.environmentId, ctx.scope.environmentId)));
  return { ...emptied, ...row };
}

async function take(ctx: Ctx, tx: Tx, open: Open): Promise<{ turn: RolloutTurn; moved: Awaited<ReturnType<typeof moveShare>> }> {
  const { status, step, steps, watchMs, maxErrorPercent } = open.rollout;
  if (status === "halted") return { turn: { done: false, waitMs: PAUSED_LOOK_MS }, moved: [] };
  if (status !== "running") return { turn: DONE, moved: [] };
  const { figures, watchedMs } = await figuresAndAge(tx, open);
  const { filled } = open.rollout;
  const now = await filledIn(ctx, tx, { from: open.from.fields, to: open.to.fields }, Object.keys(filled) as StreamId[]);
  const decision = decide(figures, { watchedMs, watchMs, maxErrorPercent }, await named(ctx, tx, emptiedBy(filled, now)));
  if (decision.kind === "roll_back") return { turn: DONE, moved: await rollBackAll(ctx, tx, open, decision.reason) };
  const moved = await moveShare(ctx, tx, open, steps[step] ?? 100); // those of the step, and who has come since
  if (figures.moved === 0 && moved.length > 0) {
    await stepTo(tx, open, step);
    return { turn: { done: false, waitMs: lookMs(watchMs) }, moved };
  }
  if (decision.kind === "wait") return { turn: { done: false, waitMs: decision.waitMs }, moved };
  if (step >= steps.length - 1) return { turn: DONE, moved: [...moved, ...(await finish(ctx, tx, open))] };
  await stepTo(tx, open, step + 1);
  return { turn: { done: false, waitMs: 0 }, moved };
}

/** The watch of the step begins now, by the clock that records are held back by; what was under way on a stream that was just moved is over. */
const stepTo = (tx: Tx, { rollout }: Open, step: number) =>
  tx
    .update(rollouts)
    .set({ step, stepAt: sql`clock_timestamp()` })
    .where(and(eq(rollouts.id, rollout.id), eq(rollouts.environmentId, rollout.environmentId)));

/**
 * One turn of a roll-out: moves the share of its step, looks how those fare that were moved, and waits, goes on to the next step, or
 * moves everybody back. Everything is decided on what Postgres holds, so a turn may be taken twice, or by another worker.
 */
export async function advanceRollout(deps: Deps, ref: RolloutRef): Promise<RolloutTurn> {
  const ctx: Ctx = {
    ...deps,
    actor: { type: "system", reason: "roll-out" },
    scope: { vendorId: ref.vendorId as VendorId, environmentId: ref.environmentId as EnvironmentId },
    requestId: newId("event"),
  };
  const rolloutId = ref.rolloutId as RolloutId;
  const { templateId } = await withScope(ctx, (tx) => placeOf(ctx, tx, rolloutId));
  const manifest = await manifestOf(ctx, templateId); // before the transaction: it may need a connection of its own
  const { turn, moved } = await withScope(ctx, async (tx) => take(ctx, tx, await lockRollout(ctx, tx, rolloutId, manifest)));
  await pokeMoved(ctx, moved);
  return turn;
}
