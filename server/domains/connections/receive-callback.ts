import { and, eq } from "drizzle-orm";
import { authorizations, customers, environments, integrations } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { IntegrationId } from "#server/lib/ids";
import { hashToken, newToken } from "#server/lib/tokens";
import { findManifest } from "#server/runtime/find-manifest";
import type { Manifest } from "#server/runtime/manifest";
import { type Authorization, type Integration, sealContext } from "./internal";
import { type Callback, readReturn, refused } from "./read-return";

export type CallbackResult = {
  display: "popup" | "redirect";
  returnTo: string | null;
  /** What the customer was spoken to in. */
  language: string | null;
  status: "returned" | "denied" | "failed" | "expired";
  /** Whose marketplace the account would be connected to, for the person to recognise. */
  customerName: string;
  /** `returned` only: proof that this browser is the one that came back. For its page alone. */
  ticket: string | null;
};

type Verdict = { status: CallbackResult["status"] } & Partial<Pick<Authorization, "callback" | "errorCode" | "errorDetail">>;

/**
 * Takes what the third party sent the browser back with, and keeps it, sealed, for the embed session that began; nothing is
 * exchanged here, because whoever holds this browser need not be who began. The state is spent at first sight, also by a failure.
 * Throws `invalid` for a state that is unknown, spent, or another integration's.
 */
export async function receiveCallback(deps: Pick<Deps, "db" | "vault" | "clock">, input: Callback): Promise<CallbackResult> {
  const unknown = new AppError("invalid", "This sign-in is not known, or was used already. Go back and start again.");
  if (input.state.length < 20 || input.state.length > 512) throw unknown;
  const manifest = await manifestOf(deps, input.integrationId);
  const result = await asSystem(deps.db, "a callback brings a state, not a scope", async (tx) => {
    const [found] = await tx
      .select({ row: authorizations, integration: integrations, customerName: customers.name })
      .from(authorizations)
      .innerJoin(customers, and(eq(customers.id, authorizations.customerId), eq(customers.environmentId, authorizations.environmentId)))
      .innerJoin(integrations, eq(integrations.id, authorizations.integrationId))
      .where(eq(authorizations.stateHash, hashToken(input.state)))
      .for("update", { of: authorizations });
    if (found?.row.status !== "waiting") return null;
    const { row, integration, customerName } = found;
    const verdict = judge(deps, row, { integration, manifest }, input);
    const ticket = verdict.status === "returned" ? newToken("tkt_") : null;
    await tx
      .update(authorizations)
      .set({ ...verdict, ...(ticket === null ? { verifier: null } : { ticketHash: hashToken(ticket) }) })
      .where(eq(authorizations.id, row.id));
    if (row.integrationId !== input.integrationId) return null;
    return { display: row.display, returnTo: row.returnTo, language: row.language, status: verdict.status, customerName, ticket };
  });
  if (!result) throw unknown;
  return result;
}

/** The manifest behind the address a callback came to, or null when no integration has that address. */
async function manifestOf(deps: Pick<Deps, "db">, integrationId: IntegrationId): Promise<Manifest | null> {
  const [found] = await asSystem(deps.db, "a callback brings a state, not a scope", (tx) =>
    tx
      .select({ integration: integrations, vendorId: environments.vendorId })
      .from(integrations)
      .innerJoin(environments, eq(environments.id, integrations.environmentId))
      .where(eq(integrations.id, integrationId)),
  );
  if (!found) return null;
  const scope = { vendorId: found.vendorId, environmentId: found.integration.environmentId };
  return findManifest({ db: deps.db, scope }, found.integration);
}

type Addressed = { integration: Integration; manifest: Manifest | null };

function judge(deps: Pick<Deps, "vault" | "clock">, row: Authorization, { integration, manifest }: Addressed, input: Callback): Verdict {
  if (row.integrationId !== input.integrationId || !manifest)
    return refused("invalid", "The callback came to another integration's address.");
  if (row.expiresAt <= deps.clock.now()) return { status: "expired" };
  const read = readReturn(deps, { integration, manifest, known: row.config }, input);
  if ("status" in read) return read;
  return { status: "returned", callback: deps.vault.seal(JSON.stringify(read), sealContext(row, "callback")) };
}
