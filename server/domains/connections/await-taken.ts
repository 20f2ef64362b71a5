import { and, eq } from "drizzle-orm";
import { authorizations } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import type { IntegrationId } from "#server/lib/ids";
import { hashToken } from "#server/lib/tokens";

/** A marketplace that is open asks for its sign-in every 0.8 s; a page in the background about once a second. */
const PATIENCE_MS = 5_000;
const LOOK_MS = 300;

/**
 * Whether a marketplace takes up what its person has just confirmed; false when nobody has within `patienceMs`: its page is closed,
 * or a browser keeps the two apart. It may still come later.
 */
export async function awaitTaken(
  deps: Pick<Deps, "db">,
  { integrationId, ticket, patienceMs = PATIENCE_MS }: { integrationId: IntegrationId; ticket: string; patienceMs?: number },
): Promise<boolean> {
  const mine = and(eq(authorizations.ticketHash, hashToken(ticket)), eq(authorizations.integrationId, integrationId));
  for (const deadline = performance.now() + patienceMs; ; await new Promise((resolve) => setTimeout(resolve, LOOK_MS))) {
    const [row] = await asSystem(deps.db, "a returning window brings a ticket, not a scope", (tx) =>
      tx.select({ status: authorizations.status, callback: authorizations.callback }).from(authorizations).where(mine),
    );
    // The code is taken out of the row by whoever goes on with it.
    if (row && (row.status !== "returned" || row.callback === null)) return true;
    if (performance.now() > deadline) return false;
  }
}
