import { desc, eq } from "drizzle-orm";
import { embedKeys } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";

export type EmbedKey = { id: string; kid: string; alg: "ES256" | "RS256" | "EdDSA"; createdAt: Date; lastUsedAt: Date | null };

export const embedKeyColumns = {
  id: embedKeys.id,
  kid: embedKeys.kid,
  alg: embedKeys.alg,
  createdAt: embedKeys.createdAt,
  lastUsedAt: embedKeys.lastUsedAt,
};

/** Public keys whose tokens open the marketplace of this environment, newest first. */
export function listEmbedKeys(ctx: Ctx): Promise<EmbedKey[]> {
  const { environmentId } = ctx.scope;
  return withScope(ctx, (tx) =>
    tx.select(embedKeyColumns).from(embedKeys).where(eq(embedKeys.environmentId, environmentId)).orderBy(desc(embedKeys.id)),
  );
}
