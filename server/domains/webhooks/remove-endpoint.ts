import { and, eq } from "drizzle-orm";
import { webhookEndpoints } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { EndpointId } from "#server/lib/ids";

/** Removes an endpoint with its deliveries; what was pending is not sent any more. */
export async function removeEndpoint(ctx: Ctx, input: { id: string }): Promise<void> {
  const { vendorId, environmentId } = ctx.scope;
  const gone = await withScope(ctx, (tx) =>
    tx
      .delete(webhookEndpoints)
      .where(and(eq(webhookEndpoints.environmentId, environmentId), eq(webhookEndpoints.id, input.id as EndpointId)))
      .returning({ id: webhookEndpoints.id }),
  );
  if (gone.length === 0) throw new AppError("not_found", `No webhook endpoint ${input.id} in this environment.`);
  // Its delivery workflow looks, finds nothing and ends.
  await ctx.keeping.pokeEndpoint({ vendorId, environmentId, endpointId: input.id });
}
