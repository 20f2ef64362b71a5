import { count, eq } from "drizzle-orm";
import { embedKeys } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { type EmbedKey, embedKeyColumns } from "./list-embed-keys";
import { parsePublicKeys } from "./parse-public-keys";

const MOST = 10;

/** Registers public keys (PEM, JWK or JWKS). A key id that is taken is a `conflict`: what it stands for never changes silently. */
export async function addEmbedKeys(ctx: Ctx, input: { key: string; kid?: string | undefined }): Promise<EmbedKey[]> {
  const { environmentId } = ctx.scope;
  const keys = await parsePublicKeys(input.key, input.kid);
  return withScope(ctx, async (tx) => {
    const [present] = await tx.select({ n: count() }).from(embedKeys).where(eq(embedKeys.environmentId, environmentId));
    if ((present?.n ?? 0) + keys.length > MOST)
      throw new AppError("quota_exceeded", `An environment has at most ${MOST} signing keys. Remove one first.`);
    const rows = await tx
      .insert(embedKeys)
      .values(keys.map((key) => ({ environmentId, ...key })))
      .onConflictDoNothing({ target: [embedKeys.environmentId, embedKeys.kid] })
      .returning(embedKeyColumns);
    const taken = keys.find(({ kid }) => !rows.some((row) => row.kid === kid));
    if (taken) {
      throw new AppError("conflict", `A key with the id ${taken.kid} is registered already. Remove it first, or give this one another id.`);
    }
    return rows;
  });
}
