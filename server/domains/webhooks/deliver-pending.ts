import { and, eq, sql } from "drizzle-orm";
import { webhookEndpoints } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx, Deps } from "#server/lib/context";
import type { EndpointId, EnvironmentId, VendorId } from "#server/lib/ids";
import type { Sealed } from "#server/lib/vault";
import type { DeliveryInput, DeliveryResult } from "#workflows/contract";
import { collectEvents } from "./collect-events";
import { asksToSlowDown } from "./schedule";
import { sendDelivery } from "./send-delivery";
import { type Claimed, release, settle } from "./settle-delivery";

const AT_ONCE = 4;
const CLAIMED_AT_ONCE = 8;
/** Longer than two rounds of {@link AT_ONCE} sends may take: until then nobody else takes a claimed delivery. */
const LEASE = sql`interval '60 seconds'`;

const STOP: DeliveryResult = { sent: 0, failed: 0, waitMs: null, stop: true };

async function findEndpoint(ctx: Ctx, endpointId: EndpointId) {
  const [endpoint] = await withScope(ctx, (tx) =>
    tx
      .select({
        url: webhookEndpoints.url,
        secret: webhookEndpoints.secret,
        previous: sql<Sealed | null>`case when ${webhookEndpoints.previousSecretUntil} > now() then ${webhookEndpoints.previousSecret} end`,
        status: webhookEndpoints.status,
        holds: webhookEndpoints.holds,
        heldMs: sql<string>`greatest(0, ceil(extract(epoch from ${webhookEndpoints.holdUntil} - clock_timestamp()) * 1000))`,
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

/** Takes what is due, at most `most`. The attempt is counted and the next one moved behind the lease in the same statement. */
function claim(ctx: Ctx, endpointId: EndpointId, most: number): Promise<Claimed[]> {
  return withScope(ctx, async (tx) => [
    ...(await tx.execute<Claimed>(sql`
      -- Chosen once: inside an IN, the choice may be made again for each row, and its limit with it.
      with due as materialized (
        select id from webhook_deliveries
         where environment_id = ${ctx.scope.environmentId} and endpoint_id = ${endpointId} and status = 'pending' and next_attempt_at <= now()
         order by next_attempt_at, id limit ${most} for update skip locked
      )
      update webhook_deliveries d set attempts = attempts + 1, next_attempt_at = now() + ${LEASE} from due where d.id = due.id
      returning d.id, event_id, payload, attempts`)),
  ]);
}

/** Time until the next attempt is due and the endpoint takes one, in ms; null when nothing is pending. */
async function waitFor(ctx: Ctx, endpointId: EndpointId): Promise<number | null> {
  const { environmentId } = ctx.scope;
  const [row] = await withScope(ctx, (tx) =>
    tx.execute<{ wait: string | null }>(sql`
      select ceil(extract(epoch from greatest(min(d.next_attempt_at), min(e.hold_until)) - now()) * 1000) as wait
        from webhook_deliveries d join webhook_endpoints e on e.environment_id = d.environment_id and e.id = d.endpoint_id
       where d.environment_id = ${environmentId} and d.endpoint_id = ${endpointId} and d.status = 'pending'`),
  );
  return row?.wait == null ? null : Math.max(Number(row.wait), 0);
}

/**
 * One round of one endpoint's deliveries: makes events of what the feed gained, sends what is due (4 at a time, 8 at most) and
 * says when to come back. `stop` when the endpoint is gone or switched off. Two callers at once share the work: a delivery is
 * claimed under a lease, so it is never sent twice at the same time. An endpoint that asks us to slow down is left alone as a whole, what
 * had been claimed for it is given back unspent, and then one message tries whether it takes them again. A crash between sending and noting it sends again,
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

  const result: DeliveryResult = { sent: 0, failed: 0, waitMs: null, stop: false };
  let isHeld = Number(endpoint.heldMs) > 0;
  const queue = isHeld ? [] : await claim(ctx, endpointId, endpoint.holds > 0 ? 1 : CLAIMED_AT_ONCE);
  const sender = async () => {
    while (!isHeld) {
      const next = queue.shift();
      if (!next) return;
      const answer = await sendDelivery(ctx, { url: endpoint.url, secrets, eventId: next.event_id, payload: next.payload });
      await settle(ctx, { id: endpointId, holds: endpoint.holds }, next, answer);
      if (answer.outcome === "delivered") result.sent++;
      else result.failed++;
      if (answer.outcome === "gone") result.stop = true;
      isHeld ||= asksToSlowDown(answer.status, answer.askedMs);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  await release(ctx, queue);
  result.waitMs = await waitFor(ctx, endpointId);
  return result;
}
