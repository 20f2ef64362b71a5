import { and, eq } from "drizzle-orm";
import { auditEntries, customers } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Traits } from "#server/domains/integrations/gate";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { CustomerId } from "#server/lib/ids";
import { authorOf } from "../mappings/internal";

/**
 * Says by hand what is known of a customer, for the gates of integrations; what was said before goes. What the vendor's backend sends with its
 * next session takes its place in turn. `not_found` outside the scope.
 */
export async function setTraits(ctx: Ctx, { customerId, traits }: { customerId: CustomerId; traits: Traits }): Promise<void> {
  const { environmentId } = ctx.scope;
  await withScope(ctx, async (tx) => {
    const [row] = await tx
      .update(customers)
      .set({ traits })
      .where(and(eq(customers.id, customerId), eq(customers.environmentId, environmentId)))
      .returning({ id: customers.id });
    if (!row) throw new AppError("not_found", `no customer ${customerId} here`);
    await tx
      .insert(auditEntries)
      .values({ environmentId, customerId, actor: authorOf(ctx), action: "customer.traits", subject: customerId });
  });
}
