import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { refOf } from "../streams/internal";
import { checkDirection } from "../templates/check-direction";
import type { MappingRef } from "./internal";
import { moveStreams } from "./move-streams";
import { goalOf, manifestOf, markPublished, takeDraft } from "./publishing";

/**
 * Publishes the draft as the next version and points every stream of the template at it. Their keepers re-map all stored
 * records from the stored source; the third party is asked again only when the filter has changed, or for fields it was never asked
 * for. `conflict` when there is no draft, another one than `basis` names, or a roll-out is under way.
 */
export async function publishMapping(
  ctx: Ctx,
  input: MappingRef & { basis?: string | undefined },
): Promise<{ version: number; streams: number }> {
  const manifest = await manifestOf(ctx, input.templateId); // before the transaction: it may need a connection of its own
  const { version, affected } = await withScope(ctx, async (tx) => {
    const { stream, draft, before } = await takeDraft(ctx, tx, input);
    if (manifest) checkDirection(manifest, stream, draft.fields);
    await markPublished(ctx, tx, draft, "published");
    const affected = await moveStreams(ctx, tx, input, goalOf(manifest, stream.object, before, draft));
    return { version: draft.version, affected };
  });
  // Those that are not reached now are found by the reconciler: what is wanted stands in the stream's row.
  await Promise.all(affected.slice(0, 200).map((stream) => ctx.keeping.pokeStream(refOf(ctx, stream))));
  return { version, streams: affected.length };
}
