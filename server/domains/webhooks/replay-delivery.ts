import { and, eq, sql } from "drizzle-orm";
import { webhookDeliveries, webhookEndpoints } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { DeliveryId } from "#server/lib/ids";

/** Sends a delivery again, now, under the same `webhook-id` and with a full schedule of attempts before it. */
export async function replayDelivery(ctx: Ctx, input: { deliveryId: string }): Promise<void> {
  const { vendorId, environmentId } = ctx.scope;
  const d = webhookDeliveries;
  const own = and(eq(d.environmentId, environmentId), eq(d.id, input.deliveryId as DeliveryId));
  const endpointId = await withScope(ctx, async (tx) => {
    const [row] = await tx
      .select({ endpointId: d.endpointId, status: webhookEndpoints.status })
      .from(d)
      .innerJoin(webhookEndpoints, and(eq(webhookEndpoints.environmentId, d.environmentId), eq(webhookEndpoints.id, d.endpointId)))
      .where(own);
    if (!row) throw new AppError("not_found", `No delivery ${input.deliveryId} in this environment.`);
    if (row.status !== "active") throw new AppError("conflict", "The endpoint is switched off. Switch it on first.");
    await tx.update(d).set({ status: "pending", attempts: 0, nextAttemptAt: sql`now()` }).where(own);
    return row.endpointId;
  });
  await ctx.keeping.pokeEndpoint({ vendorId, environmentId, endpointId });
}
