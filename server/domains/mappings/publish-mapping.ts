import type { Tx } from "#server/db/client";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { type PublishedVersion, publishVersion } from "../templates/publish-version";
import { checkBasis, lockTemplateStream, type MappingRef, newestMapping } from "./internal";

/** There has to be a draft, as the caller saw it, of a stream that customers can have. */
export async function checkDraft(ctx: Ctx, tx: Tx, input: MappingRef & { basis?: string | undefined }): Promise<void> {
  const { isNew, stream } = await lockTemplateStream(ctx, tx, input);
  await checkBasis(ctx, tx, input, input.basis);
  if (isNew)
    throw new AppError("conflict", `The template's next version brings “${stream.label}”. Publish the template, and its mapping with it.`);
  if (!(await newestMapping(ctx, tx, input, "draft")))
    throw new AppError("conflict", "There is no draft to publish. Change the mapping first.");
}

/**
 * Publishes the draft of one stream's mapping as the template's next version, the rest of which is as it was, and points every stream of it
 * there. Their keepers re-map all stored records from the stored source; the third party is asked again only when the filter has changed,
 * or for fields it was never asked for. `conflict` when there is no draft, another one than `basis` names, or a roll-out is under way.
 */
export const publishMapping = (ctx: Ctx, input: MappingRef & { basis?: string | undefined }): Promise<PublishedVersion> =>
  publishVersion(ctx, { templateId: input.templateId, only: input.streamKey, check: (tx) => checkDraft(ctx, tx, input) });
