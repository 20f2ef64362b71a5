import { and, eq } from "drizzle-orm";
import { customers } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { CustomerCtx } from "#server/lib/context";
import type { ClaimView } from "#server/trpc/views/embed";
import { offerOf, sessionOf } from "../connections/internal";
import { iconUrl } from "../views/connection-view";
import { claimOf } from "./internal";

/**
 * What an installation from the third party's side would connect, for the person to recognise before they say yes. `not_found` when the
 * token cannot be used (any more) here.
 */
export async function lookAtClaim(ctx: CustomerCtx, input: { token: string }): Promise<ClaimView> {
  sessionOf(ctx);
  const { environmentId, customerId } = ctx.scope;
  const claim = await claimOf(ctx, input.token);
  const { integration } = await offerOf(ctx, claim.integrationId, claim.connectionId);
  const [customer] = await withScope(ctx, (tx) =>
    tx
      .select({ name: customers.name })
      .from(customers)
      .where(and(eq(customers.id, customerId), eq(customers.environmentId, environmentId))),
  );
  return {
    integrationId: integration.id,
    name: integration.name,
    iconUrl: iconUrl(integration.connectorKey),
    account: claim.accountLabel ?? "",
    customer: customer?.name ?? "",
    connectionId: claim.connectionId,
  };
}
