import { and, eq } from "drizzle-orm";
import { connectLinks, integrations } from "#server/db/schema";
import { withCustomer } from "#server/db/tenancy";
import type { CustomerCtx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { IntegrationId } from "#server/lib/ids";
import type { LinkProgress } from "#server/trpc/views/embed";

/** How far the link is that this customer has sent for an integration; null when there is none. */
export async function linkProgress(ctx: CustomerCtx, input: { integrationId: IntegrationId }): Promise<LinkProgress | null> {
  const { environmentId, customerId } = ctx.scope;
  const [found] = await withCustomer(ctx, customerId, (tx) =>
    tx
      .select({ link: connectLinks })
      .from(integrations)
      .leftJoin(
        connectLinks,
        and(
          eq(connectLinks.environmentId, environmentId),
          eq(connectLinks.customerId, customerId),
          eq(connectLinks.integrationId, integrations.id),
        ),
      )
      .where(and(eq(integrations.environmentId, environmentId), eq(integrations.id, input.integrationId))),
  );
  if (!found) throw new AppError("not_found", `no integration ${input.integrationId} here`);
  const { link } = found;
  if (!link) return null;
  const { createdAt, doneConnectionId: connectionId } = link;
  if (link.doneAt) return { state: "connected", createdAt, connectionId };
  if (link.expiresAt <= ctx.clock.now()) return { state: "expired", createdAt, connectionId: null };
  return { state: link.openedAt ? "opened" : "sent", createdAt, connectionId: null };
}
