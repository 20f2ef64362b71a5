import { and, eq } from "drizzle-orm";
import { environments } from "#server/db/schema";
import type { Branding } from "#server/db/schema/identity";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";

/** Replaces how the marketplace looks. The door has parsed every value: they become CSS custom properties. */
export async function updateBranding(ctx: Ctx, input: { branding: Branding }): Promise<void> {
  const { vendorId, environmentId } = ctx.scope;
  await withScope(ctx, (tx) =>
    tx
      .update(environments)
      .set({ branding: input.branding })
      .where(and(eq(environments.id, environmentId), eq(environments.vendorId, vendorId))),
  );
}
