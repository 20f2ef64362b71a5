import { and, eq } from "drizzle-orm";
import { mappings } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { lockTemplateStream, type MappingRef, ofStream } from "./internal";

/** Throws the draft away; without one it does nothing. The published mapping stays. */
export async function discardDraft(ctx: Ctx, input: MappingRef): Promise<void> {
  await withScope(ctx, async (tx) => {
    const { isNew, stream } = await lockTemplateStream(ctx, tx, input);
    if (isNew) throw new AppError("conflict", `“${stream.label}” has no other mapping yet. Remove the stream instead.`);
    await tx.delete(mappings).where(and(ofStream(ctx, input), eq(mappings.status, "draft")));
  });
}
