import { and, eq } from "drizzle-orm";
import { mappings } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { TemplateId } from "#server/lib/ids";
import { ofStream } from "../mappings/internal";
import { writeDraft } from "./internal";
import { lockTemplate } from "./lock";

export type RemoveStream = { templateId: TemplateId; streamKey: string };

/**
 * Drafts a template without one of its streams: who runs it goes on until that is published. One that was only drafted is gone, with what
 * was drafted of its mapping; of another the mapping is kept, should the stream come back.
 */
export async function removeStream(ctx: Ctx, input: RemoveStream): Promise<{ basis: string }> {
  const { templateId, streamKey } = input;
  return withScope(ctx, async (tx) => {
    const locked = await lockTemplate(ctx, tx, templateId);
    const rest = locked.wanted.streams.filter(({ key }) => key !== streamKey);
    if (rest.length === locked.wanted.streams.length) throw new AppError("not_found", `no stream "${streamKey}" in template ${templateId}`);
    await tx.delete(mappings).where(and(ofStream(ctx, input), eq(mappings.status, "draft")));
    return { basis: await writeDraft(ctx, tx, locked, { streams: rest }) };
  });
}
