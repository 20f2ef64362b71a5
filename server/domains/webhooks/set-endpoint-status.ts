import { and, eq, sql } from "drizzle-orm";
import { webhookEndpoints } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { EndpointId } from "#server/lib/ids";

/**
 * Switches an endpoint off, or on again: then it is told, once a stream, of everything the feed gained meanwhile, and what was
 * still waiting goes out. What had been given up stays given up until it is replayed.
 */
export async function setEndpointStatus(ctx: Ctx, input: { id: string; status: "active" | "disabled" }): Promise<void> {
  const { vendorId, environmentId } = ctx.scope;
  const { status } = input;
  const rows = await withScope(ctx, (tx) =>
    tx
      .update(webhookEndpoints)
      .set({
        ...{ status, failingSince: null, holdUntil: null, holds: 0 },
        ...(status === "active"
          ? { disabledReason: null, disabledCause: null, disabledAt: null }
          : { disabledReason: "Switched off by your team.", disabledCause: "team" as const, disabledAt: sql`now()` }),
      })
      .where(and(eq(webhookEndpoints.environmentId, environmentId), eq(webhookEndpoints.id, input.id as EndpointId)))
      .returning({ id: webhookEndpoints.id }),
  );
  if (rows.length === 0) throw new AppError("not_found", `No webhook endpoint ${input.id} in this environment.`);
  await ctx.keeping.pokeEndpoint({ vendorId, environmentId, endpointId: input.id });
}
