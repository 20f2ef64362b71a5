import { eq } from "drizzle-orm";
import { environments, integrations } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Ctx, Deps } from "#server/lib/context";
import type { IntegrationId } from "#server/lib/ids";

/**
 * The environment of an integration whose public address somebody has opened, with nobody acting in it: for what the third party sends a
 * browser to do before any customer is known. Null when there is no such integration.
 */
export async function integrationCtx(deps: Deps, input: { integrationId: IntegrationId; requestId: string }): Promise<Ctx | null> {
  const [found] = await asSystem(deps.db, "an address names an integration, not a scope", (tx) =>
    tx
      .select({ environmentId: integrations.environmentId, vendorId: environments.vendorId })
      .from(integrations)
      .innerJoin(environments, eq(environments.id, integrations.environmentId))
      .where(eq(integrations.id, input.integrationId)),
  );
  return (
    (found && {
      ...deps,
      actor: { type: "system", reason: "installed from the third party's side" },
      scope: found,
      requestId: input.requestId,
    }) ??
    null
  );
}
