import { sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import type { Ctx } from "#server/lib/context";
import type { CustomerId } from "#server/lib/ids";

/**
 * Locks what everybody who stores own records of a model, or changes them from a page, has to lock first, and in this order: the
 * customer (against a stream that is turned on at this moment), then the streams that write the model. Own records and the outbox
 * come after. False when there is no such customer.
 */
export async function lockPushing(ctx: Ctx, tx: Tx, place: { customerId: CustomerId; modelKey: string }): Promise<boolean> {
  const { environmentId } = ctx.scope;
  const customer = await tx.execute(sql`
    select 1 from customers where environment_id = ${environmentId} and id = ${place.customerId} for key share`);
  if (customer.length === 0) return false;
  await tx.execute(sql`
    select 1 from streams where environment_id = ${environmentId} and customer_id = ${place.customerId} and model_key = ${place.modelKey}
       and direction <> 'pull' and status = 'active' order by id for update`);
  return true;
}
