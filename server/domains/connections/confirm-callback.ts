import { and, eq, gt, isNull } from "drizzle-orm";
import { authorizations } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { IntegrationId } from "#server/lib/ids";
import { hashToken } from "#server/lib/tokens";

/**
 * The person whose browser came back says yes: the account may be connected for the customer that the page named. Needed where
 * the window could not hand its ticket to the marketplace itself. Once; `invalid` for a ticket that is unknown, used or too old.
 */
export async function confirmCallback(
  deps: Pick<Deps, "db" | "clock">,
  input: { integrationId: IntegrationId; ticket: string },
): Promise<{ display: "popup" | "redirect"; returnTo: string | null; language: string | null }> {
  const now = deps.clock.now();
  const [row] = await asSystem(deps.db, "a returning window brings a ticket, not a scope", (tx) =>
    tx
      .update(authorizations)
      .set({ confirmedAt: now })
      .where(
        and(
          eq(authorizations.ticketHash, hashToken(input.ticket)),
          eq(authorizations.integrationId, input.integrationId),
          eq(authorizations.status, "returned"),
          isNull(authorizations.confirmedAt),
          gt(authorizations.expiresAt, now),
        ),
      )
      .returning({ display: authorizations.display, returnTo: authorizations.returnTo, language: authorizations.language }),
  );
  if (!row) throw new AppError("invalid", "This sign-in is not known, or was used already. Go back and start again.");
  return row;
}
