import { and, eq, gte, inArray, lt, type SQL, sql } from "drizzle-orm";
import { auditEntries, webhookDeliveries, webhookEndpoints } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { EndpointId } from "#server/lib/ids";
import { authorOf } from "../mappings/internal";

/** Deliveries created in [`from`, `to`), of one event type or of all; `only` the ones given up, or also those that were delivered. */
export type Range = { id: string; from: Date; to: Date; type?: string | undefined; only: "all" | "dead" };

/** So many are sent again by one call: what a receiver takes in some minutes. */
export const MOST_REPLAYED = 5_000;

const d = webhookDeliveries;

/** What is still waiting goes out anyway and is none of them. */
function matching(ctx: Ctx, { id, from, to, type, only }: Range): SQL | undefined {
  return and(
    eq(d.environmentId, ctx.scope.environmentId),
    eq(d.endpointId, id as EndpointId),
    inArray(d.status, only === "dead" ? ["dead"] : ["dead", "delivered"]),
    gte(d.createdAt, from),
    lt(d.createdAt, to),
    type === undefined ? undefined : sql`${d.payload}->>'type' = ${type}`,
  );
}

/** How many {@link replayRange} would send again. `most` is how many one call takes. */
export async function planReplay(ctx: Ctx, range: Range): Promise<{ matching: number; most: number }> {
  return withScope(ctx, async (tx) => {
    const own = and(eq(webhookEndpoints.environmentId, ctx.scope.environmentId), eq(webhookEndpoints.id, range.id as EndpointId));
    const [found] = await tx
      .select({ n: tx.$count(d, matching(ctx, range)) })
      .from(webhookEndpoints)
      .where(own);
    if (!found) throw new AppError("not_found", `No webhook endpoint ${range.id} in this environment.`);
    return { matching: Number(found.n), most: MOST_REPLAYED };
  });
}

/**
 * Sends what an endpoint was told in a span of time again, oldest first, each under its own `webhook-id` and with a full schedule of
 * attempts. `invalid` for more than {@link MOST_REPLAYED}: nothing is sent then, rather than a part.
 */
export async function replayRange(ctx: Ctx, range: Range): Promise<{ replayed: number }> {
  const { vendorId, environmentId } = ctx.scope;
  const endpointId = range.id as EndpointId;
  const replayed = await withScope(ctx, async (tx) => {
    const own = and(eq(webhookEndpoints.environmentId, environmentId), eq(webhookEndpoints.id, endpointId));
    const [endpoint] = await tx.select({ status: webhookEndpoints.status }).from(webhookEndpoints).where(own).for("update");
    if (!endpoint) throw new AppError("not_found", `No webhook endpoint ${range.id} in this environment.`);
    if (endpoint.status !== "active") throw new AppError("conflict", "The endpoint is switched off. Switch it on first.");
    const n = await tx.$count(d, matching(ctx, range));
    if (n > MOST_REPLAYED)
      throw new AppError(
        "invalid",
        `${n} deliveries lie in that time; one call sends at most ${MOST_REPLAYED} again. Choose a shorter time.`,
        {
          details: { matching: n, most: MOST_REPLAYED },
        },
      );
    // They go out by when they are due: a microsecond apart keeps the order in which they were made.
    const rows = await tx.execute(sql`
      with chosen as materialized (select ${d.id} as id, row_number() over (order by ${d.id}) as n from ${d} where ${matching(ctx, range)})
      update ${d} set status = 'pending', attempts = 0, next_attempt_at = now() + c.n * interval '1 microsecond' from chosen c where ${d.id} = c.id returning c.id`);
    const subject = `${endpointId} ${range.from.toISOString()}/${range.to.toISOString()}`;
    await tx.insert(auditEntries).values({ environmentId, actor: authorOf(ctx), action: "endpoint.replayed", subject });
    return rows.length;
  });
  if (replayed > 0) await ctx.keeping.pokeEndpoint({ vendorId, environmentId, endpointId });
  return { replayed };
}
