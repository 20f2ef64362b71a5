import { and, eq } from "drizzle-orm";
import { auditEntries, claims } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { CustomerCtx } from "#server/lib/context";
import { sessionOf } from "../connections/internal";
import { authorOf } from "../mappings/internal";
import { claimGone, claimOf } from "./internal";

/** The person says that the account of an installation is not theirs: nobody can take it any more, and the worker gives the grant back soon after. */
export async function dropClaim(ctx: CustomerCtx, input: { token: string }): Promise<void> {
  sessionOf(ctx);
  const claim = await claimOf(ctx, input.token);
  const { environmentId, customerId } = ctx.scope;
  await withScope(ctx, async (tx) => {
    const dropped = await tx
      .update(claims)
      .set({ status: "dropped" })
      .where(and(eq(claims.id, claim.id), eq(claims.environmentId, environmentId), eq(claims.status, "pending")))
      .returning({ id: claims.id });
    if (dropped.length === 0) throw claimGone();
    await tx.insert(auditEntries).values({ environmentId, customerId, actor: authorOf(ctx), action: "claim.dropped", subject: claim.id });
  });
}
