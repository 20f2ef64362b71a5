import { and, eq, gt, inArray, sql } from "drizzle-orm";
import { auditEntries } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { ConnectionId, CustomerId, TemplateId } from "#server/lib/ids";
import { authorOf } from "./internal";

const ACTION = "records.preview";

/**
 * A preview shows customers' records: which member had them shown is kept, once an hour for each person, customer and subject, however often
 * the preview is taken anew meanwhile. Customers who look at their own, and keys, are not noted.
 */
export async function noteReader(ctx: Ctx, customers: readonly CustomerId[], subject: ConnectionId | TemplateId): Promise<void> {
  if (ctx.actor.type !== "member" || customers.length === 0) return;
  const { environmentId } = ctx.scope;
  const actor = authorOf(ctx);
  await withScope(ctx, async (tx) => {
    // Two looks at the same moment are one.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`preview:${environmentId}:${actor}`}, 0))`);
    const noted = await tx
      .select({ customerId: auditEntries.customerId })
      .from(auditEntries)
      .where(
        and(
          eq(auditEntries.environmentId, environmentId),
          gt(auditEntries.at, sql`now() - interval '1 hour'`),
          inArray(auditEntries.customerId, [...customers]),
          ...[eq(auditEntries.actor, actor), eq(auditEntries.action, ACTION), eq(auditEntries.subject, subject)],
        ),
      );
    const known = new Set(noted.map(({ customerId }) => customerId));
    const rows = customers
      .filter((one) => !known.has(one))
      .map((customerId) => ({ environmentId, customerId, actor, action: ACTION, subject }));
    if (rows.length > 0) await tx.insert(auditEntries).values(rows);
  });
}
