import { desc } from "drizzle-orm";
import { mappings } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { lockTemplateStream, type MappingRef, ofStream } from "./internal";

export type MappingVersion = {
  id: string;
  version: number;
  status: "draft" | "published" | "rolling" | "withdrawn";
  createdBy: string;
  createdAt: Date;
  publishedAt: Date | null;
};

/** All versions of a stream's mapping, newest first. */
export async function mappingHistory(ctx: Ctx, input: MappingRef): Promise<MappingVersion[]> {
  return withScope(ctx, async (tx) => {
    await lockTemplateStream(ctx, tx, input);
    return tx
      .select({
        id: mappings.id,
        version: mappings.version,
        status: mappings.status,
        createdBy: mappings.createdBy,
        createdAt: mappings.createdAt,
        publishedAt: mappings.publishedAt,
      })
      .from(mappings)
      .where(ofStream(ctx, input))
      .orderBy(desc(mappings.version))
      .limit(200);
  });
}
