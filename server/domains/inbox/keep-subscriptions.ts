import { and, eq, inArray, isNull, lte, or, sql } from "drizzle-orm";
import { connections, environments, inboundEndpoints, integrations, webhookSubscriptions } from "#server/db/schema";
import { asSystem, withScope } from "#server/db/tenancy";
import type { Deps, Scope } from "#server/lib/context";
import { type AppError, isAppError } from "#server/lib/errors";
import { type InboundId, newId } from "#server/lib/ids";
import { hashToken, newToken } from "#server/lib/tokens";
import { renewSubscription, subscribe, topicsOf } from "#server/runtime/webhooks/subscribe";
import { openHands } from "#server/runtime/writes/open-hands";
import type { Subscription } from "#server/runtime/writes/schema";
import type { Writing } from "#server/runtime/writes/writer";
import { withinBudget } from "../connections/within-budget";
import { everyManifest } from "../integrations/every-manifest";

const BATCH = 50;
const PACE = { atOnce: 8, budgetMs: 30_000 };
const PAUSE_MS = 30_000;
/** Renewed when this part of its life is over. */
const PART = 0.7;
const HOUR_MS = 3_600_000;
const LONGEST_MS = 24 * HOUR_MS;

const lookedAt = new WeakMap<Deps["db"], number>();

type Row = Awaited<ReturnType<typeof due>>[number];
type Told = { url: string; secret: string };
type Made = Record<string, { id: string; at: number }>;

/**
 * Worker: asks third parties to call us about connections that are there, and prolongs what ends. Who refuses is asked again after
 * a while, ever more seldom; the schedule reads meanwhile. Returns how many connections were looked after.
 */
export async function keepSubscriptions(deps: Deps, { pauseMs = PAUSE_MS }: { pauseMs?: number } = {}): Promise<number> {
  const now = deps.clock.now().getTime();
  if (now - (lookedAt.get(deps.db) ?? Number.NEGATIVE_INFINITY) < pauseMs) return 0;
  lookedAt.set(deps.db, now);
  const offered = await subscribable(deps);
  const rows = offered.length === 0 ? [] : await due(deps, offered);
  await withinBudget(rows, PACE, async (row) => {
    try {
      await keepOne(deps, row);
    } catch (error) {
      deps.log.error({ err: error, connectionId: row.connectionId }, "a subscription could not be looked after");
    }
  });
  return rows.length;
}

/** Integrations whose third party can be asked to call us, and can reach us. */
async function subscribable(deps: Deps) {
  const all = await everyManifest(deps, "which integrations can be subscribed to");
  const isReachable = deps.config.origin.startsWith("https:");
  return all
    .filter(({ manifest, sandboxOrigin }) => manifest.webhooks?.subscription && (isReachable || sandboxOrigin !== null))
    .map(({ id }) => id);
}

const due = (deps: Deps, offered: (typeof integrations.$inferSelect)["id"][]) =>
  asSystem(deps.db, "connections that are not subscribed to yet, or not for much longer, of everybody", (tx) =>
    tx
      .select({
        connectionId: connections.id,
        environmentId: connections.environmentId,
        customerId: connections.customerId,
        integrationId: connections.integrationId,
        vendorId: environments.vendorId,
        connectorKey: integrations.connectorKey,
        known: webhookSubscriptions,
      })
      .from(connections)
      .innerJoin(environments, eq(environments.id, connections.environmentId))
      .innerJoin(integrations, eq(integrations.id, connections.integrationId))
      .leftJoin(
        webhookSubscriptions,
        and(eq(webhookSubscriptions.environmentId, connections.environmentId), eq(webhookSubscriptions.connectionId, connections.id)),
      )
      .where(
        and(
          inArray(connections.integrationId, offered),
          eq(connections.status, "active"),
          or(isNull(webhookSubscriptions.connectionId), lte(webhookSubscriptions.dueAt, sql`now()`)),
        ),
      )
      // Who never answers must not stand in the way of the others.
      .orderBy(sql`random()`)
      .limit(BATCH),
  );

const toldSeal = (row: Row, endpointId: InboundId) => ({
  environmentId: row.environmentId,
  customerId: row.customerId,
  ownerId: endpointId,
  field: "subscription",
  version: 1,
});

/** Our address for a connection: kept, so that a try after a failed one names the same. */
async function addressOf(deps: Deps, scope: Scope, row: Row): Promise<{ endpointId: InboundId; told: Told; made: Made }> {
  const { known, environmentId, customerId, connectionId, integrationId } = row;
  if (known) {
    const told = JSON.parse(deps.vault.open(known.told, toldSeal(row, known.endpointId))) as Told;
    return { endpointId: known.endpointId, told, made: known.made };
  }
  const endpointId = newId("inbound");
  const [token, secret] = [newToken(""), newToken("")];
  const told = { url: `${deps.config.origin}/api/webhooks/${row.connectorKey}/${token}`, secret };
  const sealed = deps.vault.seal(secret, { environmentId, customerId, ownerId: endpointId, field: "secret", version: 1 });
  await withScope({ db: deps.db, scope }, async (tx) => {
    const endpoint = {
      id: endpointId,
      environmentId,
      integrationId,
      customerId,
      connectionId,
      tokenHash: hashToken(token),
      secret: sealed,
    };
    await tx.insert(inboundEndpoints).values(endpoint);
    const sealedTold = deps.vault.seal(JSON.stringify(told), toldSeal(row, endpointId));
    await tx
      .insert(webhookSubscriptions)
      .values({ environmentId, customerId, connectionId, endpointId, told: sealedTold, dueAt: sql`now()` });
  });
  return { endpointId, told, made: {} };
}

type Work = { deps: Deps; scope: Scope; row: Row; hands: Writing; subscription: Subscription; endpointId: InboundId; told: Told };

/** One topic: as it was while it lives, else prolonged or made. */
async function keepTopic({ deps, scope, row, hands, subscription, endpointId, told }: Work, topic: string, made: Made): Promise<void> {
  const now = deps.clock.now().getTime();
  const one = made[topic];
  const { lifetimeMs } = subscription;
  if (one && (lifetimeMs === undefined || now < one.at + lifetimeMs * PART)) return;
  if (one && (await renewSubscription(hands, subscription, { ...told, topic, id: one.id }))) {
    made[topic] = { id: one.id, at: now };
    return;
  }
  const { id, secret } = await subscribe(hands, subscription, { ...told, topic });
  made[topic] = { id, at: now };
  if (secret === null) return;
  const { environmentId, customerId } = row;
  const sealed = deps.vault.seal(secret, { environmentId, customerId, ownerId: endpointId, field: "secret", version: 1 });
  await withScope({ db: deps.db, scope }, (tx) =>
    tx
      .update(inboundEndpoints)
      .set({ secret: sealed })
      .where(and(eq(inboundEndpoints.id, endpointId), eq(inboundEndpoints.environmentId, environmentId))),
  );
}

async function keepOne(deps: Deps, row: Row): Promise<void> {
  const { vendorId, environmentId, customerId, connectionId } = row;
  const scope: Scope = { vendorId, environmentId, customerId };
  const { endpointId, told, made } = await addressOf(deps, scope, row);
  let failure: AppError | null = null;
  let subscription: Subscription | undefined;
  try {
    const hands = await openHands(deps, { vendorId, environmentId, customerId, connectionId }, "incremental");
    subscription = hands.manifest.webhooks?.subscription;
    for (const topic of subscription ? topicsOf(subscription) : [])
      await keepTopic({ deps, scope, row, hands, subscription: subscription as Subscription, endpointId, told }, topic, made);
  } catch (error) {
    if (!isAppError(error)) throw error;
    failure = error;
  }
  await note(deps, scope, row, { made, failure, lifetimeMs: subscription?.lifetimeMs });
}

/** How it stands, and when to look again. */
async function note(deps: Deps, scope: Scope, row: Row, result: { made: Made; failure: AppError | null; lifetimeMs: number | undefined }) {
  const { made, failure, lifetimeMs } = result;
  const now = deps.clock.now().getTime();
  const failures = failure ? (row.known?.failures ?? 0) + 1 : 0;
  const again = failure ? Math.max(failure.retryAfterMs ?? 0, Math.min(LONGEST_MS, 60_000 * 2 ** failures)) : null;
  const ends = lifetimeMs === undefined ? null : Math.min(...Object.values(made).map((one) => one.at)) + lifetimeMs * PART;
  const at = again === null ? ends : now + again;
  await withScope({ db: deps.db, scope }, (tx) =>
    tx
      .update(webhookSubscriptions)
      .set({
        made,
        failures,
        dueAt: at === null ? null : new Date(at),
        errorCode: failure?.code ?? null,
        errorDetail: failure?.message.slice(0, 500) ?? null,
      })
      .where(
        and(
          eq(webhookSubscriptions.environmentId, row.environmentId),
          eq(webhookSubscriptions.customerId, row.customerId),
          eq(webhookSubscriptions.connectionId, row.connectionId),
        ),
      ),
  );
}
