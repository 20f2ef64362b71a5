import { and, desc, eq, ne, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { connections, credentials } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { CustomerCtx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { type ConnectionId, newId } from "#server/lib/ids";
import { type Secret, sealSecret } from "#server/runtime/secret";
import { spendLink } from "../connect-links/spend-link";
import { resumeConnectionStreams } from "../streams/resume-connection-streams";
import type { Connection, ConnectOutcome, Offer } from "./internal";
import type { Account } from "./prove-account";

export type Proven = {
  account: Account;
  secret: Secret;
  expiry: { expiresAt: Date | null; refreshAfter: Date | null };
  grantedScopes: string[];
  config: Record<string, string>;
};

/**
 * Stores a proven account: as a new connection, or as the new credential of the one that is being reconnected. An account the
 * customer has connected already is not connected twice; what it was proven with this time is kept, for the old credential may
 * have been withdrawn by it, or lack a permission. A reconnect with another account changes nothing. `also` is done in the same
 * transaction.
 */
export async function saveAccount(
  ctx: CustomerCtx,
  offer: Offer,
  reconnecting: ConnectionId | null,
  proven: Proven,
  also: (tx: Tx, connectionId: ConnectionId) => Promise<void> = async () => {},
): Promise<ConnectOutcome> {
  const result = await withScope(ctx, async (tx) => {
    const stored = await store(ctx, tx, { offer, reconnecting, proven });
    if (stored.outcome === "connected") await spendLink(ctx, tx, stored);
    if (stored.outcome !== "different_account") await also(tx, stored.connectionId);
    return stored;
  });
  const { renewed = false, ...outcome } = result as Stored;
  if (renewed && outcome.outcome !== "different_account") await resumeConnectionStreams(ctx, { connectionId: outcome.connectionId });
  return outcome as ConnectOutcome;
}

type Stored = ConnectOutcome & { renewed?: boolean };
type Storing = { offer: Offer; reconnecting: ConnectionId | null; proven: Proven };

async function store(ctx: CustomerCtx, tx: Tx, { offer, reconnecting, proven }: Storing): Promise<Stored> {
  const { environmentId, customerId } = ctx.scope;
  const { account } = proven;
  // Two authorisations of one account may finish at once; the second then finds the first.
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`${environmentId} ${customerId} ${offer.integration.id} ${account.id}`}, 0))`,
  );
  const mine = and(
    eq(connections.environmentId, environmentId),
    eq(connections.customerId, customerId),
    eq(connections.integrationId, offer.integration.id),
    ne(connections.status, "disconnected"),
  );
  if (reconnecting) {
    const [known] = await tx
      .select()
      .from(connections)
      .where(and(mine, eq(connections.id, reconnecting)))
      .for("update");
    if (!known) throw new AppError("not_found", `no connection ${reconnecting} here`);
    if (known.accountId !== account.id) return { outcome: "different_account", expected: known.accountLabel, got: account.label };
    await renew(tx, ctx, known, proven);
    return { outcome: "connected", connectionId: known.id, renewed: true };
  }
  const [known] = await tx
    .select()
    .from(connections)
    .where(and(mine, eq(connections.accountId, account.id)))
    .for("update")
    .limit(1);
  if (known) {
    await renew(tx, ctx, known, proven);
    return { outcome: "duplicate", connectionId: known.id, renewed: true };
  }
  return { outcome: "connected", connectionId: (await revive(tx, ctx, offer, proven)) ?? (await create(tx, ctx, offer, proven)) };
}

const facts = ({ account, grantedScopes, config }: Proven) => ({
  accountId: account.id,
  accountLabel: account.label,
  grantedScopes,
  config,
});

async function create(tx: Tx, ctx: CustomerCtx, { integration }: Offer, proven: Proven): Promise<ConnectionId> {
  const { environmentId, customerId } = ctx.scope;
  const connectionId = newId("connection");
  await tx.insert(connections).values({ id: connectionId, environmentId, customerId, integrationId: integration.id, ...facts(proven) });
  const secret = sealSecret(ctx.vault, { environmentId, customerId, connectionId }, 1, proven.secret);
  await tx.insert(credentials).values({ environmentId, customerId, connectionId, secret, keyId: ctx.vault.currentKeyId, ...proven.expiry });
  return connectionId;
}

/**
 * The connection this account had before it was disconnected, taken up again: its streams go on from where they stood and
 * its records keep their ids, instead of everything coming a second time. Null when there was none.
 */
async function revive(tx: Tx, ctx: CustomerCtx, { integration }: Offer, proven: Proven): Promise<ConnectionId | null> {
  const { environmentId, customerId } = ctx.scope;
  const mine = and(eq(connections.environmentId, environmentId), eq(connections.customerId, customerId));
  const [former] = await tx
    .select({ id: connections.id })
    .from(connections)
    .where(
      and(
        mine,
        eq(connections.integrationId, integration.id),
        eq(connections.accountId, proven.account.id),
        eq(connections.status, "disconnected"),
      ),
    )
    .orderBy(desc(connections.disconnectedAt))
    .limit(1)
    .for("update");
  if (!former) return null;
  const revived = { status: "active" as const, statusReason: null, disconnectedAt: null, ...facts(proven) };
  await tx
    .update(connections)
    .set(revived)
    .where(and(mine, eq(connections.id, former.id)));
  // A row of its own: the one that is still being given back to the third party is destroyed by its id. Its version lies
  // above any this connection's secrets have had, so that nothing remembered under an old one is taken for it.
  await tx
    .delete(credentials)
    .where(
      and(eq(credentials.environmentId, environmentId), eq(credentials.customerId, customerId), eq(credentials.connectionId, former.id)),
    );
  const version = Math.floor(ctx.clock.now().getTime() / 1_000);
  const secret = sealSecret(ctx.vault, { environmentId, customerId, connectionId: former.id }, version, proven.secret);
  const keyId = ctx.vault.currentKeyId;
  await tx.insert(credentials).values({ environmentId, customerId, connectionId: former.id, version, secret, keyId, ...proven.expiry });
  return former.id;
}

/** A new secret for a connection there is. The fence moves too, so that a renewal in flight cannot write over it. */
async function renew(tx: Tx, ctx: CustomerCtx, known: Connection, proven: Proven): Promise<void> {
  const { environmentId, customerId } = ctx.scope;
  const owner = { environmentId, customerId, connectionId: known.id };
  await tx
    .update(connections)
    .set({ status: "active", statusReason: null, ...facts(proven), config: { ...known.config, ...proven.config } })
    .where(and(eq(connections.id, known.id), eq(connections.environmentId, environmentId), eq(connections.customerId, customerId)));
  const own = and(
    eq(credentials.connectionId, known.id),
    eq(credentials.environmentId, environmentId),
    eq(credentials.customerId, customerId),
  );
  const [row] = await tx.select({ id: credentials.id, version: credentials.version }).from(credentials).where(own).for("update");
  if (!row) throw new AppError("conflict", "This account was disconnected. Connect it as a new one.");
  const version = row.version + 1;
  await tx
    .update(credentials)
    .set({
      version,
      secret: sealSecret(ctx.vault, owner, version, proven.secret),
      keyId: ctx.vault.currentKeyId,
      ...proven.expiry,
      refreshState: "ok",
      refreshOwner: null,
      refreshLeaseUntil: null,
      refreshFence: sql`${credentials.refreshFence} + 1`,
      orphan: null,
      updatedAt: ctx.clock.now(),
    })
    .where(and(own, eq(credentials.id, row.id)));
}
