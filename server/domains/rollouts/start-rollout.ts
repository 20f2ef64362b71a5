import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { RolloutId } from "#server/lib/ids";
import { type MappingRef, newestMapping } from "../mappings/internal";
import { checkDraft } from "../mappings/publish-mapping";
import { publishVersion } from "../templates/publish-version";
import type { Pacing } from "../templates/schema";

export type StartRollout = MappingRef & Pacing & { basis?: string | undefined };

/**
 * Publishes the draft of one stream's mapping as the template's next version, and has it brought to customers step by step: to the vendor's
 * own, to five in a hundred, to all. Until that is done, what is turned on anew gets the version before. `conflict` as for publishing, and
 * when nothing is published yet that could be gone back to.
 */
export async function startRollout(ctx: Ctx, input: StartRollout): Promise<{ rolloutId: RolloutId; version: number }> {
  const { templateId, streamKey, watchMs, maxErrorPercent } = input;
  const { version, rollouts } = await publishVersion(ctx, {
    templateId,
    only: streamKey,
    rollout: { watchMs, maxErrorPercent },
    async check(tx) {
      await checkDraft(ctx, tx, input);
      if (!(await newestMapping(ctx, tx, input, "published")))
        throw new AppError("conflict", "This is the first version: there is none to go back to. Publish it for all at once.");
    },
  });
  const [begun] = rollouts;
  if (!begun) throw new AppError("platform_error", "the roll-out was not stored");
  return { rolloutId: begun.rolloutId, version };
}
