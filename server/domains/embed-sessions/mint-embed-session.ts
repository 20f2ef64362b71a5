import { and, eq, lt, sql } from "drizzle-orm";
import { embedSessions, environments } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import { ensureCustomerIn } from "#server/domains/customers/ensure-customer";
import type { Traits } from "#server/domains/integrations/gate";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { hashToken, newToken } from "#server/lib/tokens";

/** How long a token lives; the page mints the next one when the frame asks. */
export const SESSION_LIFE_MS = 10 * 60_000;

export type MintEmbedSession = {
  /** `id` is the vendor's own id of the customer. Unknown customers are created. */
  customer: { id: string; name?: string | undefined; traits?: Traits | undefined; email?: string | null | undefined };
  /** Origin of the page that will embed; needed when the environment allows more than one. */
  origin?: string | undefined;
  /** The person in front of the page, for the history. */
  user?: string | undefined;
  /** BCP 47: what to speak, where the page does not say. */
  locale?: string | undefined;
};

function chooseOrigin(allowed: readonly string[], wanted: string | undefined): string {
  if (wanted !== undefined) {
    if (allowed.includes(wanted)) return wanted;
    throw new AppError("invalid", `${wanted} is not an allowed origin of this environment. Allowed: ${allowed.join(", ") || "none yet"}.`, {
      details: { issues: [{ path: "origin", message: "is not an allowed origin of this environment" }] },
    });
  }
  const [only, ...others] = allowed;
  if (only === undefined) throw new AppError("config_invalid", "This environment has no allowed origin yet. Add your page's origin first.");
  if (others.length > 0) {
    throw new AppError("invalid", `Say which origin will embed: one of ${allowed.join(", ")}.`, {
      details: { issues: [{ path: "origin", message: "is needed, because this environment allows more than one" }] },
    });
  }
  return only;
}

/**
 * Opens the marketplace for one customer. Returns a bearer token for the frame, valid ten minutes and only from a page of
 * that origin; only its hash is kept. Renewing is minting again.
 */
export async function mintEmbedSession(ctx: Ctx, input: MintEmbedSession): Promise<{ token: string; expiresAt: Date; customerId: string }> {
  const { vendorId, environmentId } = ctx.scope;
  return withScope(ctx, async (tx) => {
    const [environment] = await tx
      .select({ kind: environments.kind, allowedOrigins: environments.allowedOrigins })
      .from(environments)
      .where(and(eq(environments.id, environmentId), eq(environments.vendorId, vendorId)));
    if (!environment) throw new AppError("not_found");
    const origin = chooseOrigin(environment.allowedOrigins, input.origin);
    const customer = await ensureCustomerIn(tx, environmentId, {
      externalId: input.customer.id,
      name: input.customer.name,
      traits: input.customer.traits,
      email: input.customer.email,
      seen: true,
    });
    await tx
      .delete(embedSessions)
      .where(
        and(
          eq(embedSessions.environmentId, environmentId),
          eq(embedSessions.customerId, customer.id),
          lt(embedSessions.expiresAt, sql`now() - interval '1 day'`),
        ),
      );
    const token = newToken(`ems_${environment.kind}_`);
    const expiresAt = new Date(ctx.clock.now().getTime() + SESSION_LIFE_MS);
    await tx.insert(embedSessions).values({
      environmentId,
      customerId: customer.id,
      tokenHash: hashToken(token),
      origin,
      userName: input.user ?? null,
      locale: input.locale ?? null,
      expiresAt,
    });
    return { token, expiresAt, customerId: customer.id };
  });
}
