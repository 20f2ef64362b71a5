import { and, eq } from "drizzle-orm";
import { mappings } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { lockTemplateStream, type MappingRef, ofStream } from "./internal";

/** Throws the draft away; without one it does nothing. The published mapping stays. */
export async function discardDraft(ctx: Ctx, input: MappingRef): Promise<void> {
  await withScope(ctx, async (tx) => {
    await lockTemplateStream(ctx, tx, input);
    await tx.delete(mappings).where(and(ofStream(ctx, input), eq(mappings.status, "draft")));
  });
}
