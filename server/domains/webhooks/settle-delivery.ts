import { and, eq, inArray, sql } from "drizzle-orm";
import { webhookDeliveries, webhookEndpoints } from "#server/db/schema";
import type { EventPayload } from "#server/db/schema/webhooks";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { DeliveryId, EndpointId } from "#server/lib/ids";
import { asksToSlowDown, FAILING_ATTEMPTS, FAILING_EVENTS, FAILING_HOLDS, FAILING_LIMIT_MS, holdMs, nextDelayMs } from "./schedule";
import type { Answer } from "./send-delivery";

export type Claimed = { id: DeliveryId; event_id: string; payload: EventPayload; attempts: number };

const ms = (span: number) => sql`${span} * interval '1 millisecond'`;

/** What a failure does to the endpoint: it counts since when, and switches it off once several events have failed for days: events that were tried since, not one from before its last success. */
const failing = (environmentId: string, endpointId: EndpointId) => sql`failing_since = coalesce(failing_since, now()),
  (status, disabled_cause, disabled_reason, disabled_at) = (select
      case when over then 'disabled' else status end, case when over then 'failing' else disabled_cause end,
      case when over then 'Every delivery failed for five days.' else disabled_reason end, case when over then now() else disabled_at end
    from (select failing_since < now() - ${ms(FAILING_LIMIT_MS)} and ${FAILING_EVENTS} <= (
      select count(*) from webhook_deliveries d
       where d.environment_id = ${environmentId} and d.endpoint_id = ${endpointId} and d.status <> 'delivered' and d.next_attempt_at >= failing_since
         and d.attempts >= case when holds >= ${FAILING_HOLDS} then 1 else ${FAILING_ATTEMPTS} end) as over) x)`;

/** What an answer says about the endpoint as a whole. */
function healthOf(environmentId: string, endpointId: EndpointId, holds: number, answer: Answer) {
  if (answer.outcome === "delivered") return sql`failing_since = null, holds = 0`;
  if (answer.outcome === "gone")
    return sql`status = 'disabled', disabled_cause = 'gone', disabled_at = now(), hold_until = null, holds = 0,
      disabled_reason = 'The endpoint answered 410 Gone: it wants no more events.'`;
  if (!asksToSlowDown(answer.status, answer.askedMs)) return failing(environmentId, endpointId);
  // Several messages were under way at once: together they are one wish.
  return sql`${failing(environmentId, endpointId)}, holds = ${holds + 1}, hold_until = greatest(hold_until, now() + ${ms(holdMs(holds, answer.askedMs))})`;
}

/** Writes down what came of an attempt, for the delivery and for its endpoint; `holds` is how often in a row it had asked us to slow down before. */
export async function settle(ctx: Ctx, endpoint: { id: EndpointId; holds: number }, delivery: Claimed, answer: Answer): Promise<void> {
  const { environmentId } = ctx.scope;
  const delayMs = answer.outcome === "failed" ? nextDelayMs(delivery.attempts, Math.random(), answer.askedMs) : null;
  const status = answer.outcome === "delivered" ? "delivered" : delayMs === null ? "dead" : "pending";
  const d = webhookDeliveries;
  await withScope(ctx, async (tx) => {
    await tx
      .update(d)
      .set({
        status,
        responseStatus: answer.status,
        responseBody: answer.body,
        responseMs: answer.ms,
        ...(delayMs === null ? {} : { nextAttemptAt: sql`now() + ${ms(delayMs)}` }),
        ...(status === "delivered" ? { deliveredAt: sql`now()` } : {}),
      })
      // Another attempt may own it by now: then this one's answer is history.
      .where(and(eq(d.environmentId, environmentId), eq(d.id, delivery.id), eq(d.attempts, delivery.attempts)));
    const own = sql`environment_id = ${environmentId} and id = ${endpoint.id}`;
    await tx.execute(sql`update ${webhookEndpoints} set ${healthOf(environmentId, endpoint.id, endpoint.holds, answer)} where ${own}`);
  });
}

/** Gives back what was claimed and not sent: the attempt was none. */
export async function release(ctx: Ctx, claimed: readonly Claimed[]): Promise<void> {
  if (claimed.length === 0) return;
  const d = webhookDeliveries;
  const ids = claimed.map(({ id }) => id);
  await withScope(ctx, (tx) =>
    tx
      .update(d)
      .set({ attempts: sql`greatest(${d.attempts} - 1, 0)`, nextAttemptAt: sql`now()` })
      .where(and(eq(d.environmentId, ctx.scope.environmentId), inArray(d.id, ids), eq(d.status, "pending"))),
  );
}
