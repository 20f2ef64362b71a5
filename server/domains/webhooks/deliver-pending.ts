import { and, eq, sql } from "drizzle-orm";
import { webhookDeliveries, webhookEndpoints } from "#server/db/schema";
import type { EventPayload } from "#server/db/schema/webhooks";
import { withScope } from "#server/db/tenancy";
import type { Ctx, Deps } from "#server/lib/context";
import type { DeliveryId, EndpointId, EnvironmentId, VendorId } from "#server/lib/ids";
import type { Sealed } from "#server/lib/vault";
import type { DeliveryInput, DeliveryResult } from "#workflows/contract";
import { collectEvents } from "./collect-events";
import { FAILING_ATTEMPTS, FAILING_EVENTS, FAILING_LIMIT_MS, nextDelayMs } from "./schedule";
import { type Answer, sendDelivery } from "./send-delivery";

const AT_ONCE = 4;
const CLAIMED_AT_ONCE = 8;
/** Longer than two rounds of {@link AT_ONCE} sends may take: until then nobody else takes a claimed delivery. */
const LEASE = sql`interval '60 seconds'`;

const STOP: DeliveryResult = { sent: 0, failed: 0, waitMs: null, stop: true };

type Claimed = { id: DeliveryId; event_id: string; payload: EventPayload; attempts: number };

async function findEndpoint(ctx: Ctx, endpointId: EndpointId) {
  const [endpoint] = await withScope(ctx, (tx) =>
    tx
      .select({
        url: webhookEndpoints.url,
        secret: webhookEndpoints.secret,
        previous: sql<Sealed | null>`case when ${webhookEndpoints.previousSecretUntil} > now() then ${webhookEndpoints.previousSecret} end`,
        status: webhookEndpoints.status,
        nowMs: sql<string>`extract(epoch from clock_timestamp()) * 1000`,
      })
      .from(webhookEndpoints)
      .where(and(eq(webhookEndpoints.environmentId, ctx.scope.environmentId), eq(webhookEndpoints.id, endpointId))),
  );
  return endpoint?.status === "active" ? endpoint : null;
}

/** Goes on from a moment of the database's clock. A receiver refuses what is signed five minutes off, as a worker's own clock may be. */
function clockFrom(nowMs: number): Ctx["clock"] {
  const since = performance.now();
  return { now: () => new Date(nowMs + performance.now() - since) };
}

/** Takes what is due. The attempt is counted and the next one moved behind the lease in the same statement. */
function claim(ctx: Ctx, endpointId: EndpointId): Promise<Claimed[]> {
  return withScope(ctx, async (tx) => [
    ...(await tx.execute<Claimed>(sql`
      update webhook_deliveries set attempts = attempts + 1, next_attempt_at = now() + ${LEASE}
       where id in (
         select id from webhook_deliveries
          where environment_id = ${ctx.scope.environmentId} and endpoint_id = ${endpointId} and status = 'pending' and next_attempt_at <= now()
          order by next_attempt_at, id limit ${CLAIMED_AT_ONCE} for update skip locked
       )
      returning id, event_id, payload, attempts`)),
  ]);
}

async function settle(ctx: Ctx, endpointId: EndpointId, delivery: Claimed, answer: Answer): Promise<void> {
  const { environmentId } = ctx.scope;
  const delayMs = answer.outcome === "failed" ? nextDelayMs(delivery.attempts, Math.random(), answer.askedMs) : null;
  const status = answer.outcome === "delivered" ? "delivered" : delayMs === null ? "dead" : "pending";
  await withScope(ctx, async (tx) => {
    await tx
      .update(webhookDeliveries)
      .set({
        status,
        responseStatus: answer.status,
        responseBody: answer.body,
        responseMs: answer.ms,
        ...(delayMs === null ? {} : { nextAttemptAt: sql`now() + ${delayMs} * interval '1 millisecond'` }),
        ...(status === "delivered" ? { deliveredAt: sql`now()` } : {}),
      })
      // Another attempt may own it by now: then this one's answer is history.
      .where(
        and(
          eq(webhookDeliveries.environmentId, environmentId),
          eq(webhookDeliveries.id, delivery.id),
          eq(webhookDeliveries.attempts, delivery.attempts),
        ),
      );
    const health =
      answer.outcome === "delivered"
        ? sql`failing_since = null`
        : answer.outcome === "gone"
          ? sql`status = 'disabled', disabled_reason = 'The endpoint answered 410 Gone: it wants no more events.'`
          : sql`failing_since = coalesce(failing_since, now()),
              (status, disabled_reason) = (select case when over then 'disabled' else status end,
                case when over then 'Every delivery failed for five days.' else disabled_reason end
                from (select failing_since < now() - ${FAILING_LIMIT_MS} * interval '1 millisecond' and ${FAILING_EVENTS} <= (
                  select count(*) from webhook_deliveries d
                   where d.environment_id = ${environmentId} and d.endpoint_id = ${endpointId}
                     and d.status <> 'delivered' and d.attempts >= ${FAILING_ATTEMPTS}) as over) x)`;
    await tx.execute(sql`update webhook_endpoints set ${health} where environment_id = ${environmentId} and id = ${endpointId}`);
  });
}

/** Time until the next attempt is due, in ms; null when nothing is pending. */
async function waitFor(ctx: Ctx, endpointId: EndpointId): Promise<number | null> {
  const [row] = await withScope(ctx, (tx) =>
    tx.execute<{ wait: string | null }>(sql`
      select ceil(extract(epoch from min(next_attempt_at) - now()) * 1000) as wait from webhook_deliveries
       where environment_id = ${ctx.scope.environmentId} and endpoint_id = ${endpointId} and status = 'pending'`),
  );
  return row?.wait == null ? null : Math.max(Number(row.wait), 0);
}

/**
 * One round of one endpoint's deliveries: makes events of what the feed gained, sends what is due (4 at a time, 8 at most) and
 * says when to come back. `stop` when the endpoint is gone or switched off. Two callers at once share the work: a delivery is
 * claimed under a lease, so it is never sent twice at the same time. A crash between sending and noting it sends again,
 * under the same `webhook-id`.
 */
export async function deliverPending(deps: Deps, input: DeliveryInput): Promise<DeliveryResult> {
  const endpointId = input.endpointId as EndpointId;
  const scope = { vendorId: input.vendorId as VendorId, environmentId: input.environmentId as EnvironmentId };
  const actor: Ctx["actor"] = { type: "system", reason: "deliver webhooks" };
  const own: Ctx = { ...deps, actor, scope, requestId: `deliver:${endpointId}` };
  const endpoint = await findEndpoint(own, endpointId);
  if (!endpoint) return STOP;
  const ctx: Ctx = { ...own, clock: clockFrom(Number(endpoint.nowMs)) };
  const sealedFor = { environmentId: scope.environmentId, customerId: "", ownerId: endpointId, field: "secret", version: 1 };
  const secrets = [endpoint.secret, endpoint.previous].flatMap((sealed) => (sealed ? [deps.vault.open(sealed, sealedFor)] : []));
  await collectEvents(ctx, { endpointId });

  const queue = await claim(ctx, endpointId);
  const result: DeliveryResult = { sent: 0, failed: 0, waitMs: null, stop: false };
  const sender = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const answer = await sendDelivery(ctx, { url: endpoint.url, secrets, eventId: next.event_id, payload: next.payload });
      await settle(ctx, endpointId, next, answer);
      if (answer.outcome === "delivered") result.sent++;
      else result.failed++;
      if (answer.outcome === "gone") result.stop = true;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  result.waitMs = await waitFor(ctx, endpointId);
  return result;
}
