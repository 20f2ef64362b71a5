import { and, eq } from "drizzle-orm";
import { webhookEndpoints } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";

/** Tells the delivery workflows of the environment's active endpoints that the feed has grown. */
export async function pokeEndpoints(ctx: Ctx): Promise<void> {
  const { vendorId, environmentId } = ctx.scope;
  const endpoints = await withScope(ctx, (tx) =>
    tx
      .select({ endpointId: webhookEndpoints.id })
      .from(webhookEndpoints)
      .where(and(eq(webhookEndpoints.environmentId, environmentId), eq(webhookEndpoints.status, "active"))),
  );
  await Promise.all(endpoints.map(({ endpointId }) => ctx.keeping.pokeEndpoint({ vendorId, environmentId, endpointId })));
}
