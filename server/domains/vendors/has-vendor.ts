import { vendors } from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";

/** Whether anybody has set this installation up. */
export async function hasVendor(deps: Pick<Deps, "db">): Promise<boolean> {
  const rows = await asSystem(deps.db, "asked before anybody can be signed in", (tx) =>
    tx.select({ id: vendors.id }).from(vendors).limit(1),
  );
  return rows.length > 0;
}
