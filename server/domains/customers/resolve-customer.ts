import { and, eq } from "drizzle-orm";
import { customers } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { type CustomerId, isId } from "#server/lib/ids";

/**
 * A customer as a vendor names it, by our id or by the vendor's own. `undefined` stays so: all customers. One that does not
 * exist is `not_found`, so that a slip of the pen does not look like an empty answer.
 */
export async function resolveCustomer(ctx: Ctx, given: string | undefined): Promise<CustomerId | undefined> {
  if (given === undefined) return undefined;
  const named = isId("customer", given) ? eq(customers.id, given) : eq(customers.externalId, given);
  const [row] = await withScope(ctx, (tx) =>
    tx
      .select({ id: customers.id })
      .from(customers)
      .where(and(named, eq(customers.environmentId, ctx.scope.environmentId))),
  );
  if (!row) throw new AppError("not_found", "no such customer in this environment");
  return row.id;
}
