import { and, eq } from "drizzle-orm";
import { mappings } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { refOf } from "../streams/internal";
import { checkFields, lockTemplateStream, type MappingRef, newestMapping } from "./internal";
import { moveStreams } from "./move-streams";

/**
 * Publishes the draft as the next version and points every stream of the template at it. Their keepers re-map all stored
 * records from the stored source; the third party is asked again only when the filter has changed. `conflict` when there is no draft.
 */
export async function publishMapping(ctx: Ctx, input: MappingRef): Promise<{ version: number; streams: number }> {
  const { version, affected } = await withScope(ctx, async (tx) => {
    const { model } = await lockTemplateStream(ctx, tx, input);
    const draft = await newestMapping(ctx, tx, input, "draft");
    if (!draft) throw new AppError("conflict", "there is no draft to publish; change the mapping first");
    await checkFields(draft.fields, model.fields); // the model may have changed since the draft was saved
    const before = await newestMapping(ctx, tx, input, "published");
    // Records that the old filter left out were not kept: only the third party has those that the new one takes.
    const reread = before !== null && before.filter !== draft.filter;
    await tx
      .update(mappings)
      .set({ status: "published", publishedAt: ctx.clock.now() })
      .where(and(eq(mappings.id, draft.id), eq(mappings.environmentId, ctx.scope.environmentId)));
    const affected = await moveStreams(ctx, tx, input, { version: draft.version, fields: draft.fields, reread });
    return { version: draft.version, affected };
  });
  // Those that are not reached now are found by the reconciler: what is wanted stands in the stream's row.
  await Promise.all(affected.slice(0, 200).map((stream) => ctx.keeping.pokeStream(refOf(ctx, stream))));
  return { version, streams: affected.length };
}
