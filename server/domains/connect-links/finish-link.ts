import { and, eq, isNull } from "drizzle-orm";
import { connectLinks } from "#server/db/schema";
import { withCustomer } from "#server/db/tenancy";
import type { CustomerCtx } from "#server/lib/context";
import type { ConnectionId } from "#server/lib/ids";

/** The account is connected: the link has done what it was for. Nothing to do for a session that no link has opened. */
export async function finishLink(ctx: CustomerCtx, input: { connectionId: ConnectionId }): Promise<void> {
  const link = ctx.actor.type === "customer" ? ctx.actor.link : undefined;
  if (!link) return;
  await withCustomer(ctx, ctx.scope.customerId, (tx) =>
    tx
      .update(connectLinks)
      .set({ doneAt: ctx.clock.now(), doneConnectionId: input.connectionId })
      .where(
        and(
          eq(connectLinks.id, link.id),
          eq(connectLinks.environmentId, ctx.scope.environmentId),
          eq(connectLinks.customerId, ctx.scope.customerId),
          isNull(connectLinks.doneAt),
        ),
      ),
  );
}
