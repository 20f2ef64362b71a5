import { and, eq } from "drizzle-orm";
import { environments } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { parseOrigin } from "./parse-origin";

/** Sets the exact origins that may frame the marketplace. Sessions of an origin that is gone stop working at once. */
export function updateOrigins(ctx: Ctx, input: { allowedOrigins: string[] }): Promise<{ allowedOrigins: string[] }> {
  const { vendorId, environmentId } = ctx.scope;
  return withScope(ctx, async (tx) => {
    const own = and(eq(environments.id, environmentId), eq(environments.vendorId, vendorId));
    const [environment] = await tx.select({ kind: environments.kind }).from(environments).where(own);
    if (!environment) throw new AppError("not_found");
    const allowedOrigins = [...new Set(input.allowedOrigins.map((value) => parseOrigin(value, environment.kind)))];
    await tx.update(environments).set({ allowedOrigins }).where(own);
    return { allowedOrigins };
  });
}
