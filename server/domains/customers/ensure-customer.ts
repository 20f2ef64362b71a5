import { sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { customers } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Traits } from "#server/domains/integrations/gate";
import type { Ctx } from "#server/lib/context";
import type { CustomerId, EnvironmentId } from "#server/lib/ids";

export type Customer = { id: CustomerId; externalId: string; name: string; createdAt: Date };

type Ensure = {
  externalId: string;
  name?: string | undefined;
  internal?: boolean | undefined;
  traits?: Traits | undefined;
  /** Whom we write to; null = nobody any more. */
  email?: string | null | undefined;
  seen?: boolean;
};

/** {@link ensureCustomer} inside a transaction of the caller's. `seen` notes that the customer is here now. */
export async function ensureCustomerIn(tx: Tx, environmentId: EnvironmentId, input: Ensure): Promise<Customer & { created: boolean }> {
  const { externalId, name, internal, traits, email, seen = false } = input;
  const now = new Date();
  const [row] = await tx
    .insert(customers)
    .values({
      environmentId,
      externalId,
      name: name ?? externalId,
      internal: internal ?? false,
      traits: traits ?? {},
      email: email ?? null,
      lastSeenAt: seen ? now : null,
    })
    .onConflictDoUpdate({
      target: [customers.environmentId, customers.externalId],
      set: {
        name: name ?? sql`${customers.name}`,
        internal: internal ?? sql`${customers.internal}`,
        ...(traits === undefined ? {} : { traits }),
        ...(email === undefined ? {} : { email }),
        lastSeenAt: seen ? now : sql`${customers.lastSeenAt}`,
      },
    })
    .returning({
      id: customers.id,
      externalId: customers.externalId,
      name: customers.name,
      createdAt: customers.createdAt,
      created: sql<boolean>`(xmax = 0)`,
    });
  if (!row) throw new Error("an upsert returned no row");
  return row;
}

/** The customer with the vendor's own id: created if new, renamed if a name is given; `internal` = one of the vendor's own. Safe to call again and again. */
export function ensureCustomer(ctx: Ctx, input: Omit<Ensure, "seen">): Promise<Customer & { created: boolean }> {
  return withScope(ctx, (tx) => ensureCustomerIn(tx, ctx.scope.environmentId, input));
}
