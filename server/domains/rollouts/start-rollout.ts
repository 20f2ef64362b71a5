import { rollouts } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { RolloutId } from "#server/lib/ids";
import { authorOf, type MappingRef } from "../mappings/internal";
import { manifestOf, markPublished, takeDraft } from "../mappings/publishing";
import { checkDirection } from "../templates/check-direction";
import { refOfRollout } from "./internal";

export type StartRollout = MappingRef & {
  basis?: string | undefined;
  /** How long each step is watched before the next, in ms. */
  watchMs?: number | undefined;
  /** So many of a hundred moved records may be held back that were not before. */
  maxErrorPercent?: number | undefined;
};

/**
 * Publishes the draft as the next version, and has it brought to customers step by step: to the vendor's own, to five in a hundred, to
 * all. Until that is done, what is turned on anew gets the version before. `conflict` as for publishing, and when nothing is published
 * yet that could be gone back to.
 */
export async function startRollout(ctx: Ctx, input: StartRollout): Promise<{ rolloutId: RolloutId; version: number }> {
  const { templateId, streamKey, watchMs, maxErrorPercent } = input;
  const manifest = await manifestOf(ctx, templateId); // before the transaction: it may need a connection of its own
  const started = await withScope(ctx, async (tx) => {
    const { stream, draft, before } = await takeDraft(ctx, tx, input);
    if (manifest) checkDirection(manifest, stream, draft.fields);
    if (!before) throw new AppError("conflict", "This is the first version: there is none to go back to. Publish it for all at once.");
    await markPublished(ctx, tx, draft, "rolling");
    const [row] = await tx
      .insert(rollouts)
      .values({
        ...{ environmentId: ctx.scope.environmentId, templateId, streamKey, fromVersion: before.version, toVersion: draft.version },
        ...(watchMs === undefined ? {} : { watchMs }),
        ...(maxErrorPercent === undefined ? {} : { maxErrorPercent }),
        startedBy: authorOf(ctx),
      })
      .returning({ id: rollouts.id });
    if (!row) throw new AppError("platform_error", "the roll-out was not stored");
    return { rolloutId: row.id, version: draft.version };
  });
  await ctx.keeping.pokeRollout(refOfRollout(ctx, started.rolloutId));
  return started;
}
