import { and, eq, isNull } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { connectLinks } from "#server/db/schema";
import type { CustomerCtx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId } from "#server/lib/ids";

/**
 * The account of a link is connected in this transaction: the link has done what it was for. Of two people who have it open at once one
 * is first; `forbidden` for the other, with whom all of the transaction is undone. Nothing to do for a session that no link has opened.
 */
export async function spendLink(ctx: CustomerCtx, tx: Tx, input: { connectionId: ConnectionId }): Promise<void> {
  const link = ctx.actor.type === "customer" ? ctx.actor.link : undefined;
  if (!link) return;
  const used = await tx
    .update(connectLinks)
    .set({ doneAt: ctx.clock.now(), doneConnectionId: input.connectionId })
    .where(
      and(
        eq(connectLinks.id, link.id),
        eq(connectLinks.environmentId, ctx.scope.environmentId),
        eq(connectLinks.customerId, ctx.scope.customerId),
        isNull(connectLinks.doneAt),
      ),
    )
    .returning({ id: connectLinks.id });
  if (used.length === 0) throw new AppError("forbidden", "This link has connected its account already.");
}
