import { and, count, eq, isNull } from "drizzle-orm";
import { apiKeys, environments } from "#server/db/schema";
import type { ApiScope } from "#server/db/schema/identity";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { hashToken, newToken } from "#server/lib/tokens";
import { keyColumns } from "./internal";
import type { ApiKey } from "./list-api-keys";

const MOST_ACTIVE = 20;

/** Makes a secret key for the environment. `secret` is given this once; only its hash is kept. */
export function createApiKey(ctx: Ctx, input: { name: string; scopes: ApiScope[] }): Promise<{ row: ApiKey; secret: string }> {
  const { vendorId, environmentId } = ctx.scope;
  return withScope(ctx, async (tx) => {
    const [environment] = await tx
      .select({ kind: environments.kind })
      .from(environments)
      .where(and(eq(environments.id, environmentId), eq(environments.vendorId, vendorId)));
    if (!environment) throw new AppError("not_found");
    const [active] = await tx
      .select({ n: count() })
      .from(apiKeys)
      .where(and(eq(apiKeys.environmentId, environmentId), isNull(apiKeys.revokedAt)));
    if ((active?.n ?? 0) >= MOST_ACTIVE)
      throw new AppError("quota_exceeded", `An environment has at most ${MOST_ACTIVE} active keys. Revoke one first.`);
    const secret = newToken(`sk_${environment.kind}_`);
    const createdBy = ctx.actor.type === "member" ? ctx.actor.memberId : null;
    const [row] = await tx
      .insert(apiKeys)
      .values({
        ...{ vendorId, environmentId, createdBy, name: input.name, scopes: input.scopes },
        hint: `${secret.slice(0, 12)}…`,
        secretHash: hashToken(secret),
      })
      .returning(keyColumns);
    if (!row) throw new Error("an insert returned no row");
    return { row, secret };
  });
}
