import { and, eq } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { brandingVersions, environments } from "#server/db/schema";
import type { Branding } from "#server/db/schema/identity";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { authorOf } from "../mappings/internal";
import { brandingIn } from "./get-branding";

/** Puts a look in force as the next revision. What stood before the first one is kept as revision 0. */
async function put(ctx: Ctx, tx: Tx, before: { branding: Branding; n: number }, branding: Branding): Promise<{ n: number }> {
  const { vendorId, environmentId } = ctx.scope;
  const n = before.n + 1;
  const row = { environmentId, createdBy: authorOf(ctx), createdAt: ctx.clock.now() };
  if (before.n === 0)
    await tx
      .insert(brandingVersions)
      .values({ ...row, n: 0, branding: before.branding, createdBy: "system" })
      .onConflictDoNothing();
  await tx.insert(brandingVersions).values({ ...row, n, branding });
  await tx
    .update(environments)
    .set({ branding })
    .where(and(eq(environments.id, environmentId), eq(environments.vendorId, vendorId)));
  return { n };
}

/**
 * Replaces how the marketplace looks and what it says. The door has parsed every value. `n` is the revision the caller saw:
 * `conflict` when there is another since.
 */
export function updateBranding(ctx: Ctx, input: { branding: Branding; n: number }): Promise<{ n: number }> {
  return withScope(ctx, async (tx) => {
    const before = await brandingIn(ctx, tx, { lock: true });
    if (before.n !== input.n)
      throw new AppError("conflict", "Somebody else has changed the branding meanwhile. Reload to see it, then change it again.");
    return put(ctx, tx, before, input.branding);
  });
}

/** Goes back to how it was at revision `to`. That is a new revision, and can be gone back from. */
export function restoreBranding(ctx: Ctx, input: { to: number; n: number }): Promise<{ n: number }> {
  return withScope(ctx, async (tx) => {
    const before = await brandingIn(ctx, tx, { lock: true });
    if (before.n !== input.n)
      throw new AppError("conflict", "Somebody else has changed the branding meanwhile. Reload to see it, then go back.");
    const [old] = await tx
      .select({ branding: brandingVersions.branding })
      .from(brandingVersions)
      .where(and(eq(brandingVersions.environmentId, ctx.scope.environmentId), eq(brandingVersions.n, input.to)));
    if (!old) throw new AppError("not_found", `there is no revision ${input.to} of the branding; reload its history`);
    return put(ctx, tx, before, old.branding);
  });
}
