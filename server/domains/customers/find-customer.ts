import { and, eq } from "drizzle-orm";
import { customers } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { CustomerId } from "#server/lib/ids";
import type { Customer } from "./ensure-customer";

/** One customer of the environment by our id. Throws `not_found`. */
export async function findCustomer(ctx: Ctx, input: { customerId: CustomerId }): Promise<Customer> {
  const [row] = await withScope(ctx, (tx) =>
    tx
      .select({ id: customers.id, externalId: customers.externalId, name: customers.name, createdAt: customers.createdAt })
      .from(customers)
      .where(and(eq(customers.environmentId, ctx.scope.environmentId), eq(customers.id, input.customerId))),
  );
  if (!row) throw new AppError("not_found", `No customer ${input.customerId} in this environment.`);
  return row;
}
