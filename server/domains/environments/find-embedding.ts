import { eq } from "drizzle-orm";
import { environments, vendors } from "#server/db/schema";
import type { Branding } from "#server/db/schema/identity";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import { provenOrigin } from "./own-origin";

export type Embedding = {
  kind: "test" | "live";
  allowedOrigins: string[];
  vendorName: string;
  branding: Branding;
  /** Of the vendor's own, where the marketplace stands as well as at ours; null = there is none, or it is not proven. */
  ownOrigin: string | null;
};

/** Who may frame the marketplace of a publishable key, or null when there is no such key. Public knowledge. */
export async function findEmbedding(deps: Pick<Deps, "db">, input: { publishableKey: string }): Promise<Embedding | null> {
  if (!/^pk_(test|live)_[\w-]{1,80}$/.test(input.publishableKey)) return null;
  const [row] = await asSystem(deps.db, "a page is framed before anybody is known", (tx) =>
    tx
      .select({
        kind: environments.kind,
        allowedOrigins: environments.allowedOrigins,
        vendorName: vendors.name,
        branding: environments.branding,
        ownOrigin: provenOrigin,
      })
      .from(environments)
      .innerJoin(vendors, eq(vendors.id, environments.vendorId))
      .where(eq(environments.publishableKey, input.publishableKey)),
  );
  return row ?? null;
}
