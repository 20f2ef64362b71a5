import { and, eq, sql } from "drizzle-orm";
import { webhookDeliveries, webhookEndpoints } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { EndpointId } from "#server/lib/ids";

/** Sends all of an endpoint's deliveries that were given up again, each under its own `webhook-id`. */
export async function replayFailed(ctx: Ctx, input: { id: string }): Promise<{ replayed: number }> {
  const { vendorId, environmentId } = ctx.scope;
  const endpointId = input.id as EndpointId;
  const d = webhookDeliveries;
  const replayed = await withScope(ctx, async (tx) => {
    const [endpoint] = await tx
      .select({ status: webhookEndpoints.status })
      .from(webhookEndpoints)
      .where(and(eq(webhookEndpoints.environmentId, environmentId), eq(webhookEndpoints.id, endpointId)));
    if (!endpoint) throw new AppError("not_found", `No webhook endpoint ${input.id} in this environment.`);
    if (endpoint.status !== "active") throw new AppError("conflict", "The endpoint is switched off. Switch it on first.");
    const rows = await tx
      .update(d)
      .set({ status: "pending", attempts: 0, nextAttemptAt: sql`now()` })
      .where(and(eq(d.environmentId, environmentId), eq(d.endpointId, endpointId), eq(d.status, "dead")))
      .returning({ id: d.id });
    return rows.length;
  });
  if (replayed > 0) await ctx.keeping.pokeEndpoint({ vendorId, environmentId, endpointId });
  return { replayed };
}
