import { and, eq, inArray, lt, sql } from "drizzle-orm";
import { connections, credentials, environments } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps, Scope } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";
import type { IntegrationId } from "#server/lib/ids";
import { openConnection } from "#server/runtime/open-connection";
import { everyManifest } from "../integrations/every-manifest";
import { withinBudget } from "./within-budget";

/** Refreshed after this part of the time it may lie unused, so that days of trouble still leave days. */
const PART = 0.7;
const DAY_MS = 24 * 3_600_000;
const BATCH = 50;
/** One call ends in about a minute, whoever does not answer. */
const PACE = { atOnce: 8, budgetMs: 40_000 };
/** Days matter here, not minutes; a look at every credential should not be had each round. */
const PAUSE_MS = 15 * 60_000;

const lookedAt = new WeakMap<Deps["db"], number>();

/**
 * Worker: renews credentials that die when nobody uses them, of connections that are connected and idle (a stream that reads
 * renews by itself). A refusal asks the customer to reconnect, as any other would; trouble is met again by a later call.
 * Returns how many were renewed. `pauseMs` = how long after a look the next call does nothing.
 */
export async function keepCredentialsAlive(deps: Deps, { pauseMs = PAUSE_MS }: { pauseMs?: number } = {}): Promise<number> {
  const now = deps.clock.now().getTime();
  if (now - (lookedAt.get(deps.db) ?? Number.NEGATIVE_INFINITY) < pauseMs) return 0;
  lookedAt.set(deps.db, now);
  let renewed = 0;
  await withinBudget(await unused(deps, now), PACE, async (row) => {
    const { connectionId, environmentId, customerId, vendorId } = row;
    const scope: Scope = { vendorId, environmentId, customerId };
    const holder = { db: deps.db, scope, vault: deps.vault, egress: deps.egress, clock: deps.clock };
    try {
      const { grants, row: stored } = await openConnection(holder, { environmentId, customerId, connectionId });
      await grants.renew(stored.version);
      renewed++;
    } catch (error) {
      deps.log.warn({ connectionId, code: isAppError(error) ? error.code : "platform_error" }, "a credential could not be kept alive");
    }
  });
  return renewed;
}

/** Integrations by how long their credentials may lie unused, in days. */
async function lives(deps: Deps): Promise<Map<number, IntegrationId[]>> {
  const byDays = new Map<number, IntegrationId[]>();
  for (const { id, authKey, manifest } of await everyManifest(deps, "which integrations have credentials that die unused")) {
    const method = Object.hasOwn(manifest.auth, authKey) ? manifest.auth[authKey] : undefined;
    const days = method?.type === "oauth2_code" ? method.keepAliveDays : undefined;
    if (days !== undefined) byDays.set(days, [...(byDays.get(days) ?? []), id]);
  }
  return byDays;
}

async function unused(deps: Deps, now: number) {
  const found = [];
  for (const [days, ids] of await lives(deps)) {
    const before = new Date(now - days * PART * DAY_MS);
    const rows = await asSystem(deps.db, "credentials nobody has renewed for long, of everybody", (tx) =>
      tx
        .select({
          connectionId: connections.id,
          environmentId: connections.environmentId,
          customerId: connections.customerId,
          vendorId: environments.vendorId,
        })
        .from(credentials)
        .innerJoin(connections, and(eq(connections.environmentId, credentials.environmentId), eq(connections.id, credentials.connectionId)))
        .innerJoin(environments, eq(environments.id, connections.environmentId))
        .where(and(inArray(connections.integrationId, ids), eq(connections.status, "active"), lt(credentials.updatedAt, before)))
        // One that fails every time must not stand in the way of the others.
        .orderBy(sql`random()`)
        .limit(BATCH),
    );
    found.push(...rows);
  }
  return found;
}
