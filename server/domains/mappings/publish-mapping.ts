import { and, eq, sql } from "drizzle-orm";
import { mappings, streams } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { refOf } from "../streams/internal";
import { checkFields, lockTemplateStream, type MappingRef, newestMapping } from "./internal";

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
    await tx.update(mappings).set({ status: "published", publishedAt: ctx.clock.now() }).where(eq(mappings.id, draft.id));
    const affected = await tx
      .update(streams)
      .set({ mappingVersion: draft.version, remapAfter: sql`null`, ...(reread ? { reread, dueAt: sql`now()`, trigger: "mapping" } : {}) })
      .where(
        and(
          eq(streams.environmentId, ctx.scope.environmentId),
          eq(streams.templateId, input.templateId),
          eq(streams.key, input.streamKey),
          eq(streams.status, "active"),
        ),
      )
      .returning({ id: streams.id, customerId: streams.customerId });
    return { version: draft.version, affected };
  });
  // Those that are not reached now are found by the reconciler: what is wanted stands in the stream's row.
  await Promise.all(affected.slice(0, 200).map((stream) => ctx.keeping.pokeStream(refOf(ctx, stream))));
  return { version, streams: affected.length };
}
