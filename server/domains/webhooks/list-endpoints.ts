import { and, asc, count, eq, gt, sql } from "drizzle-orm";
import { webhookDeliveries, webhookEndpoints } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";

export type Endpoint = {
  id: string;
  url: string;
  status: "active" | "disabled";
  disabledReason: string | null;
  /** Null for one that was switched off before this was kept. */
  disabledCause: "team" | "gone" | "failing" | null;
  disabledAt: Date | null;
  /** Nothing is sent before, because it asked us to slow down; null when nothing holds it. */
  holdUntil: Date | null;
  previousSecretUntil: Date | null;
  createdAt: Date;
  pending: number;
  delivered: number;
  dead: number;
};

/** Webhook endpoints of the environment, oldest first, with how their deliveries of the last 30 days stand. */
export function listEndpoints(ctx: Ctx, _input: Record<string, never>): Promise<Endpoint[]> {
  const e = webhookEndpoints;
  const d = webhookDeliveries;
  const how = (status: string) => sql<number>`(${count(d.id)} filter (where ${d.status} = ${status}))::int`;
  return withScope(ctx, (tx) =>
    tx
      .select({
        id: e.id,
        url: e.url,
        status: e.status,
        ...{ disabledReason: e.disabledReason, disabledCause: e.disabledCause, disabledAt: e.disabledAt },
        holdUntil: sql<Date | null>`case when ${e.holdUntil} > now() and ${e.status} = 'active' then ${e.holdUntil} end`.mapWith(
          e.holdUntil,
        ),
        previousSecretUntil: sql<Date | null>`case when ${e.previousSecretUntil} > now() then ${e.previousSecretUntil} end`.mapWith(
          e.previousSecretUntil,
        ),
        createdAt: e.createdAt,
        pending: how("pending"),
        delivered: how("delivered"),
        dead: how("dead"),
      })
      .from(e)
      .leftJoin(d, and(eq(d.endpointId, e.id), eq(d.environmentId, e.environmentId), gt(d.createdAt, sql`now() - interval '30 days'`)))
      .where(eq(e.environmentId, ctx.scope.environmentId))
      .groupBy(e.id)
      .orderBy(asc(e.createdAt), asc(e.id)),
  );
}
