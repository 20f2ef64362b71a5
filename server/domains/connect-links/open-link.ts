import { and, eq, gt, isNull } from "drizzle-orm";
import { connectLinks, embedSessions, environments } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import { SESSION_LIFE_MS } from "#server/domains/embed-sessions/mint-embed-session";
import type { Deps } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { IntegrationId } from "#server/lib/ids";
import { hashToken, newToken } from "#server/lib/tokens";

export type OpenedLink = { token: string; origin: string; integrationId: IntegrationId; connectionId: string | null };

/**
 * Opens what a link is for: a session of ten minutes that connects the one account and does nothing else. Whoever has the link may
 * ask again until an account is connected. Throws `not_found` for one that is unknown, replaced, used, too old or of another vendor.
 */
export async function openLink(deps: Deps, input: { publishableKey: string; token: string }): Promise<OpenedLink> {
  const now = deps.clock.now();
  return asSystem(deps.db, "a link is opened before anybody is known", async (tx) => {
    const [link] = await tx
      .select({
        id: connectLinks.id,
        environmentId: connectLinks.environmentId,
        customerId: connectLinks.customerId,
        integrationId: connectLinks.integrationId,
        connectionId: connectLinks.connectionId,
        origin: connectLinks.origin,
        kind: environments.kind,
      })
      .from(connectLinks)
      .innerJoin(environments, eq(environments.id, connectLinks.environmentId))
      .where(
        and(
          eq(connectLinks.tokenHash, hashToken(input.token)),
          eq(environments.publishableKey, input.publishableKey),
          isNull(connectLinks.doneAt),
          gt(connectLinks.expiresAt, now),
        ),
      );
    if (!link) throw new AppError("not_found", "This link does not work any more.");
    const { id, environmentId, customerId, origin, integrationId, connectionId, kind } = link;
    await tx
      .update(connectLinks)
      .set({ openedAt: now })
      .where(and(eq(connectLinks.id, id), isNull(connectLinks.openedAt)));
    const token = newToken(`ems_${kind}_`);
    const expiresAt = new Date(now.getTime() + SESSION_LIFE_MS);
    await tx.insert(embedSessions).values({ environmentId, customerId, tokenHash: hashToken(token), origin, linkId: id, expiresAt });
    return { token, origin, integrationId, connectionId };
  });
}
