import { and, desc, eq, lt } from "drizzle-orm";
import { webhookDeliveries } from "#server/db/schema";
import type { EventPayload } from "#server/db/schema/webhooks";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { DeliveryId, EndpointId } from "#server/lib/ids";

export type Delivery = {
  id: string;
  eventId: string;
  endpointId: string;
  payload: EventPayload;
  status: "pending" | "delivered" | "dead";
  attempts: number;
  /** Null when there will be no further attempt. */
  nextAttemptAt: Date | null;
  responseStatus: number | null;
  responseBody: string | null;
  responseMs: number | null;
  createdAt: Date;
  deliveredAt: Date | null;
};

const PAGE = 50;

/** Deliveries of the environment or of one endpoint, newest first. */
export async function listDeliveries(
  ctx: Ctx,
  input: { endpointId?: string | undefined; cursor?: string | undefined },
): Promise<{ items: Delivery[]; next: string | null }> {
  const d = webhookDeliveries;
  const rows = await withScope(ctx, (tx) =>
    tx
      .select({
        id: d.id,
        eventId: d.eventId,
        endpointId: d.endpointId,
        payload: d.payload,
        status: d.status,
        attempts: d.attempts,
        nextAttemptAt: d.nextAttemptAt,
        responseStatus: d.responseStatus,
        responseBody: d.responseBody,
        responseMs: d.responseMs,
        createdAt: d.createdAt,
        deliveredAt: d.deliveredAt,
      })
      .from(d)
      .where(
        and(
          eq(d.environmentId, ctx.scope.environmentId),
          input.endpointId === undefined ? undefined : eq(d.endpointId, input.endpointId as EndpointId),
          input.cursor === undefined ? undefined : lt(d.id, input.cursor as DeliveryId),
        ),
      )
      .orderBy(desc(d.id))
      .limit(PAGE + 1),
  );
  const items = rows.slice(0, PAGE).map((row) => ({ ...row, nextAttemptAt: row.status === "pending" ? row.nextAttemptAt : null }));
  return { items, next: rows.length > PAGE ? (items.at(-1)?.id ?? null) : null };
}
