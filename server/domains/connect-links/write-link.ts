import { and, eq } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { connectLinks, environments, vendors } from "#server/db/schema";
import type { Branding } from "#server/db/schema/identity";
import { provenOrigin } from "#server/domains/environments/own-origin";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId, CustomerId, IntegrationId } from "#server/lib/ids";
import { hashToken, newToken } from "#server/lib/tokens";

/** Long enough for an admin on holiday's deputy. */
const LIFE_MS = 7 * 24 * 3_600_000;

type WriteLink = { customerId: CustomerId; integrationId: IntegrationId; connectionId: ConnectionId | null; origin: string };
export type WrittenLink = { url: string; expiresAt: Date; vendorName: string; branding: Branding };

/**
 * Writes the link by which somebody may connect one account of this integration for the customer, once, in place of the one before. Its
 * secret stands behind the `#`, so that it reaches no server's log; only its hash is kept with it. `origin`: the vendor's page it is made for.
 */
export async function writeLink(ctx: Pick<Ctx, "scope" | "clock" | "config">, tx: Tx, input: WriteLink): Promise<WrittenLink> {
  const { vendorId, environmentId } = ctx.scope;
  const { customerId, integrationId, connectionId, origin } = input;
  const [environment] = await tx
    .select({
      publishableKey: environments.publishableKey,
      ownOrigin: provenOrigin,
      branding: environments.branding,
      vendorName: vendors.name,
    })
    .from(environments)
    .innerJoin(vendors, eq(vendors.id, environments.vendorId))
    .where(and(eq(environments.id, environmentId), eq(environments.vendorId, vendorId)));
  if (!environment) throw new AppError("not_found");
  const token = newToken("lnk_");
  const expiresAt = new Date(ctx.clock.now().getTime() + LIFE_MS);
  const mine = and(
    eq(connectLinks.environmentId, environmentId),
    eq(connectLinks.customerId, customerId),
    eq(connectLinks.integrationId, integrationId),
  );
  await tx.delete(connectLinks).where(mine);
  await tx
    .insert(connectLinks)
    .values({ environmentId, customerId, integrationId, connectionId, tokenHash: hashToken(token), origin, expiresAt });
  const { publishableKey, ownOrigin, branding, vendorName } = environment;
  const url = `${ownOrigin ?? ctx.config.origin}/connect/link/${encodeURIComponent(publishableKey)}#${token}`;
  return { url, expiresAt, branding, vendorName };
}
