import { and, eq, sql } from "drizzle-orm";
import { apiKeys } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ApiKeyId } from "#server/lib/ids";

/** Ends a secret key; the doors refuse it within a second. Revoking twice is fine. */
export async function revokeApiKey(ctx: Ctx, input: { id: string }): Promise<void> {
  const rows = await withScope(ctx, (tx) =>
    tx
      .update(apiKeys)
      .set({ revokedAt: sql`coalesce(${apiKeys.revokedAt}, now())` })
      .where(and(eq(apiKeys.environmentId, ctx.scope.environmentId), eq(apiKeys.id, input.id as ApiKeyId)))
      .returning({ id: apiKeys.id }),
  );
  if (rows.length === 0) throw new AppError("not_found", `No key ${input.id} in this environment.`);
}
