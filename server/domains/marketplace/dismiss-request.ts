import { and, eq } from "drizzle-orm";
import { integrationRequests } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";

/** Takes a wish off the list, with all its voices: it is met, or will not be. */
export async function dismissRequest(ctx: Ctx, input: { key: string }): Promise<void> {
  const rows = await withScope(ctx, (tx) =>
    tx
      .delete(integrationRequests)
      .where(and(eq(integrationRequests.environmentId, ctx.scope.environmentId), eq(integrationRequests.key, input.key)))
      .returning({ key: integrationRequests.key }),
  );
  if (rows.length === 0) throw new AppError("not_found", "Nobody asks for this any more.");
}
