import { and, eq } from "drizzle-orm";
import { environments } from "#server/db/schema";
import type { Branding } from "#server/db/schema/identity";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";

/** How the marketplace of this environment looks. */
export async function getBranding(ctx: Ctx): Promise<Branding> {
  const { vendorId, environmentId } = ctx.scope;
  const [row] = await withScope(ctx, (tx) =>
    tx
      .select({ branding: environments.branding })
      .from(environments)
      .where(and(eq(environments.id, environmentId), eq(environments.vendorId, vendorId))),
  );
  if (!row) throw new AppError("not_found", "no such environment");
  return row.branding;
}
