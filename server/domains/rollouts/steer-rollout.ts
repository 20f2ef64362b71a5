import type { Tx } from "#server/db/client";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { RolloutId } from "#server/lib/ids";
import { authorOf } from "../mappings/internal";
import { manifestOf } from "../mappings/publishing";
import { checkOpen, finish, lockRollout, type Open, placeOf, pokeMoved, refOfRollout, rollBackAll, writeRollout } from "./internal";

type Which = { rolloutId: RolloutId };
type Moved = Awaited<ReturnType<typeof finish>>;

/** Does something with a roll-out that is under way (`conflict` otherwise), and has its workflow look at it. */
async function steer(ctx: Ctx, { rolloutId }: Which, work: (tx: Tx, open: Open) => Promise<Moved>): Promise<{ streams: number }> {
  const { templateId } = await withScope(ctx, (tx) => placeOf(ctx, tx, rolloutId));
  const manifest = await manifestOf(ctx, templateId); // before the transaction: it may need a connection of its own
  const moved = await withScope(ctx, async (tx) => {
    const open = await lockRollout(ctx, tx, rolloutId, manifest);
    checkOpen(open);
    return work(tx, open);
  });
  await pokeMoved(ctx, moved);
  await ctx.keeping.pokeRollout(refOfRollout(ctx, rolloutId));
  return { streams: moved.length };
}

/** Leaves everybody where they are until it is resumed. While it is paused nothing is rolled back by itself, either. */
export const pauseRollout = (ctx: Ctx, input: Which & { reason?: string | undefined }) =>
  steer(ctx, input, async (tx, { rollout }) => {
    if (rollout.status === "halted") return [];
    await writeRollout(ctx, tx, rollout.id, { status: "halted", reason: input.reason ?? `Paused by ${authorOf(ctx)}.` });
    return [];
  });

/** Goes on from the step it was paused at. */
export const resumeRollout = (ctx: Ctx, input: Which) =>
  steer(ctx, input, async (tx, { rollout }) => {
    if (rollout.status !== "halted") throw new AppError("conflict", "This roll-out is not paused.");
    await writeRollout(ctx, tx, rollout.id, { status: "running", reason: null });
    return [];
  });

/** Moves everybody back to the version before. The new version is withdrawn; its content stays in the history. */
export const rollBack = (ctx: Ctx, input: Which & { reason?: string | undefined }) =>
  steer(ctx, input, (tx, open) => rollBackAll(ctx, tx, open, input.reason ?? `Rolled back by ${authorOf(ctx)}.`));

/** Moves everybody who is left to the new version now, without watching. */
export const finishRollout = (ctx: Ctx, input: Which) => steer(ctx, input, (tx, open) => finish(ctx, tx, open));
