import { and, eq } from "drizzle-orm";
import { customers } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { CustomerId } from "#server/lib/ids";

/** Says whether a customer is one of the vendor's own, who get new versions first. `not_found` outside the scope. */
export async function setInternal(ctx: Ctx, { customerId, internal }: { customerId: CustomerId; internal: boolean }): Promise<void> {
  const [row] = await withScope(ctx, (tx) =>
    tx
      .update(customers)
      .set({ internal })
      .where(and(eq(customers.id, customerId), eq(customers.environmentId, ctx.scope.environmentId)))
      .returning({ id: customers.id }),
  );
  if (!row) throw new AppError("not_found", `no customer ${customerId} here`);
}
