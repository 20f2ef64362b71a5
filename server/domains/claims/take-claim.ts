import { and, eq } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { auditEntries, claims } from "#server/db/schema";
import type { CustomerCtx } from "#server/lib/context";
import type { ConnectionId } from "#server/lib/ids";
import { Secret } from "#server/runtime/secret";
import { type ConnectOutcome, offerOf, sessionOf } from "../connections/internal";
import { saveAccount } from "../connections/save-account";
import { authorOf } from "../mappings/internal";
import { lookSoon } from "../schemas/start-look";
import { claimGone, claimOf, type PendingClaim, sealContext } from "./internal";

/**
 * The person says that the account of an installation is theirs: it becomes a connection of this customer, as if it had been connected here.
 * Once: of two who try at the same time one is first, and to the other it is gone. Asked again by the same customer it answers the same.
 */
export async function takeClaim(ctx: CustomerCtx, input: { token: string }): Promise<ConnectOutcome> {
  sessionOf(ctx);
  const claim = await claimOf(ctx, input.token);
  if (claim.status === "taken" && claim.connectionId) return { outcome: "connected", connectionId: claim.connectionId };
  const pending = claim as PendingClaim;
  const offer = await offerOf(ctx, pending.integrationId);
  const proven = {
    account: { id: pending.accountId, label: pending.accountLabel },
    secret: Secret.parse(JSON.parse(ctx.vault.open(pending.secret, sealContext(pending, "secret")))),
    expiry: { expiresAt: pending.secretExpiresAt, refreshAfter: pending.secretRefreshAfter },
    grantedScopes: pending.grantedScopes,
    config: pending.config,
  };
  const outcome = await saveAccount(ctx, offer, null, proven, (tx, connectionId) => spend(ctx, tx, pending, connectionId));
  if (outcome.outcome !== "different_account") await lookSoon(ctx, outcome.connectionId);
  return outcome;
}

/** In the transaction that stores the account: whoever comes second undoes all of theirs. */
async function spend(ctx: CustomerCtx, tx: Tx, claim: PendingClaim, connectionId: ConnectionId): Promise<void> {
  const { environmentId, customerId } = ctx.scope;
  const taken = await tx
    .update(claims)
    .set({ status: "taken", secret: null, takenBy: customerId, connectionId })
    .where(and(eq(claims.id, claim.id), eq(claims.environmentId, environmentId), eq(claims.status, "pending")))
    .returning({ id: claims.id });
  if (taken.length === 0) throw claimGone();
  const subject = connectionId;
  await tx.insert(auditEntries).values({ environmentId, customerId, actor: authorOf(ctx), action: "claim.taken", subject });
}
