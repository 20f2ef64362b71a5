import { and, eq } from "drizzle-orm";
import { connectLinks, environments } from "#server/db/schema";
import { withCustomer } from "#server/db/tenancy";
import { offerOf, ownConnection, sessionOf } from "#server/domains/connections/internal";
import { provenOrigin } from "#server/domains/environments/own-origin";
import type { CustomerCtx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId, IntegrationId } from "#server/lib/ids";
import { hashToken, newToken } from "#server/lib/tokens";

export type CreateLink = { integrationId: IntegrationId; connectionId?: ConnectionId | undefined };

/** Long enough for an admin on holiday's deputy. */
const LIFE_MS = 7 * 24 * 3_600_000;

/**
 * Makes the link by which somebody else may connect one account of this integration for the customer, once. The link made before
 * stops working. Its secret stands behind the `#`, so that it reaches no server's log; only its hash is kept.
 */
export async function createLink(ctx: CustomerCtx, input: CreateLink): Promise<{ url: string; expiresAt: Date }> {
  sessionOf(ctx);
  const { vendorId, environmentId, customerId } = ctx.scope;
  const origin = ctx.actor.type === "customer" ? ctx.actor.origin : "";
  const { integration } = await offerOf(ctx, input.integrationId, input.connectionId);
  if (input.connectionId) await ownConnection(ctx, integration.id, input.connectionId);
  const token = newToken("lnk_");
  const expiresAt = new Date(ctx.clock.now().getTime() + LIFE_MS);
  const { publishableKey, ownOrigin } = await withCustomer(ctx, customerId, async (tx) => {
    const [environment] = await tx
      .select({ publishableKey: environments.publishableKey, ownOrigin: provenOrigin })
      .from(environments)
      .where(and(eq(environments.id, environmentId), eq(environments.vendorId, vendorId)));
    if (!environment) throw new AppError("not_found");
    const mine = and(
      eq(connectLinks.environmentId, environmentId),
      eq(connectLinks.customerId, customerId),
      eq(connectLinks.integrationId, integration.id),
    );
    await tx.delete(connectLinks).where(mine);
    await tx.insert(connectLinks).values({
      environmentId,
      customerId,
      integrationId: integration.id,
      connectionId: input.connectionId ?? null,
      tokenHash: hashToken(token),
      origin,
      expiresAt,
    });
    return environment;
  });
  return { url: `${ownOrigin ?? ctx.config.origin}/connect/link/${encodeURIComponent(publishableKey)}#${token}`, expiresAt };
}
