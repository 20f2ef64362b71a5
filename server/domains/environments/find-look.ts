import { eq } from "drizzle-orm";
import { environments, integrations, vendors } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import type { IntegrationId } from "#server/lib/ids";
import type { OwnWords } from "#server/words/messages";

/** What the page after a sign-in needs to look like the product the person came from. */
export type Look = { vendorName: string; integrationName: string; accent: string | null; words: OwnWords };

/** The look of the vendor an integration belongs to, or null when there is no such integration. Public knowledge. */
export async function findLook(deps: Pick<Deps, "db">, input: { integrationId: IntegrationId }): Promise<Look | null> {
  const [row] = await asSystem(deps.db, "a browser comes back from a third party before anybody is known", (tx) =>
    tx
      .select({ vendorName: vendors.name, integrationName: integrations.name, branding: environments.branding })
      .from(integrations)
      .innerJoin(environments, eq(environments.id, integrations.environmentId))
      .innerJoin(vendors, eq(vendors.id, environments.vendorId))
      .where(eq(integrations.id, input.integrationId)),
  );
  return row
    ? {
        vendorName: row.vendorName,
        integrationName: row.integrationName,
        accent: row.branding.accent ?? null,
        words: row.branding.words ?? {},
      }
    : null;
}
