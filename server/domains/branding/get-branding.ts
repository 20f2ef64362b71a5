import { and, desc, eq } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { brandingVersions, environments } from "#server/db/schema";
import type { Branding } from "#server/db/schema/identity";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";

/** `n`: the revision to send with a change; 0 = nothing was changed yet. */
export type BrandingView = { branding: Branding; n: number };

/** What is in force, in the caller's transaction. `lock` keeps others from changing it meanwhile. */
export async function brandingIn(ctx: Ctx, tx: Tx, { lock = false } = {}): Promise<BrandingView> {
  const { vendorId, environmentId } = ctx.scope;
  const query = tx
    .select({ branding: environments.branding })
    .from(environments)
    .where(and(eq(environments.id, environmentId), eq(environments.vendorId, vendorId)));
  const [row] = await (lock ? query.for("update") : query);
  if (!row) throw new AppError("not_found", "no such environment");
  const [newest] = await tx
    .select({ n: brandingVersions.n })
    .from(brandingVersions)
    .where(eq(brandingVersions.environmentId, environmentId))
    .orderBy(desc(brandingVersions.n))
    .limit(1);
  return { branding: row.branding, n: newest?.n ?? 0 };
}

/** How the marketplace of this environment looks. */
export const getBranding = (ctx: Ctx): Promise<BrandingView> => withScope(ctx, (tx) => brandingIn(ctx, tx));
