import { and, eq } from "drizzle-orm";
import { embedKeys } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { EmbedKeyId } from "#server/lib/ids";

/** Tokens signed with this key open nothing from now on. Sessions already opened live out their ten minutes. */
export async function removeEmbedKey(ctx: Ctx, input: { id: string }): Promise<void> {
  const { environmentId } = ctx.scope;
  const rows = await withScope(ctx, (tx) =>
    tx
      .delete(embedKeys)
      .where(and(eq(embedKeys.environmentId, environmentId), eq(embedKeys.id, input.id as EmbedKeyId)))
      .returning({ id: embedKeys.id }),
  );
  if (rows.length === 0) throw new AppError("not_found", `No signing key ${input.id} in this environment.`);
}
