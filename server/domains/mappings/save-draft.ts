import { eq } from "drizzle-orm";
import { mappings } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { authorOf, checkFields, checkFilter, lockTemplateStream, type MappingRef, newestMapping } from "./internal";

/**
 * Keeps a draft of a stream's mapping: there is one at most, and customers do not see it. A filter that is not given stays as it
 * is; null takes all records. `invalid` names what is wrong.
 */
export async function saveDraft(
  ctx: Ctx,
  input: MappingRef & { fields: unknown; filter?: string | null | undefined },
): Promise<{ id: string; version: number }> {
  return withScope(ctx, async (tx) => {
    const { model } = await lockTemplateStream(ctx, tx, input);
    const fields = await checkFields(input.fields, model.fields);
    const filter = await checkFilter(input.filter);
    const draft = await newestMapping(ctx, tx, input, "draft");
    if (draft) {
      await tx
        .update(mappings)
        .set({ fields, ...(filter === undefined ? {} : { filter }), createdBy: authorOf(ctx) })
        .where(eq(mappings.id, draft.id));
      return { id: draft.id, version: draft.version };
    }
    const published = await newestMapping(ctx, tx, input, "published");
    const [row] = await tx
      .insert(mappings)
      .values({
        environmentId: ctx.scope.environmentId,
        templateId: input.templateId,
        streamKey: input.streamKey,
        version: (published?.version ?? 0) + 1,
        status: "draft",
        fields,
        filter: filter === undefined ? (published?.filter ?? null) : filter,
        createdBy: authorOf(ctx),
      })
      .returning({ id: mappings.id, version: mappings.version });
    if (!row) throw new AppError("platform_error", "the draft was not stored");
    return row;
  });
}
