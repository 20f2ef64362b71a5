import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { authorizations, embedSessions, environments } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { CustomerCtx, Deps } from "#server/lib/context";
import type { AuthorizationId, IntegrationId } from "#server/lib/ids";
import { hashToken } from "#server/lib/tokens";
import { languageOf } from "#server/words/languages";
import type { OwnWords } from "#server/words/messages";

/**
 * The session whose sign-in a returning window has confirmed: its ticket is that browser's alone, and its person has said yes to the
 * customer by name. Null for a ticket that nobody has confirmed, a session of a link (whose page waits for it) or of an origin that
 * is no longer allowed. The session may have run out meanwhile: the person has not.
 */
export async function customerOfTicket(
  deps: Deps,
  input: { integrationId: IntegrationId; ticket: string; requestId: string },
): Promise<{ ctx: CustomerCtx; authorizationId: AuthorizationId } | null> {
  const [row] = await asSystem(deps.db, "a returning window brings a ticket, not a scope", (tx) =>
    tx
      .select({
        authorizationId: authorizations.id,
        language: authorizations.language,
        embedSessionId: embedSessions.id,
        environmentId: embedSessions.environmentId,
        customerId: embedSessions.customerId,
        origin: embedSessions.origin,
        vendorId: environments.vendorId,
        allowedOrigins: environments.allowedOrigins,
        words: sql<OwnWords | null>`${environments.branding}->'words'`,
      })
      .from(authorizations)
      .innerJoin(
        embedSessions,
        and(eq(embedSessions.id, authorizations.embedSessionId), eq(embedSessions.environmentId, authorizations.environmentId)),
      )
      .innerJoin(environments, eq(environments.id, embedSessions.environmentId))
      .where(
        and(
          eq(authorizations.ticketHash, hashToken(input.ticket)),
          eq(authorizations.integrationId, input.integrationId),
          eq(authorizations.status, "returned"),
          isNotNull(authorizations.confirmedAt),
          isNull(embedSessions.linkId),
        ),
      ),
  );
  if (!row?.allowedOrigins.includes(row.origin)) return null;
  const { vendorId, environmentId, customerId, embedSessionId, origin, authorizationId } = row;
  const ctx: CustomerCtx = {
    ...deps,
    actor: { type: "customer", embedSessionId, origin },
    scope: { vendorId, environmentId, customerId },
    requestId: input.requestId,
    reader: { language: languageOf(row.language), own: row.words ?? {} },
  };
  return { ctx, authorizationId };
}
