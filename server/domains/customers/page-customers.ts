import { and, asc, eq, gt } from "drizzle-orm";
import { customers } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { CustomerId } from "#server/lib/ids";
import type { Customer } from "./ensure-customer";

export type PageCustomers = { externalId?: string | undefined; after?: string | undefined; limit: number };

/** Customers of the environment, oldest first; `after` is the id of the last one given, as `next` says it. */
export async function pageCustomers(ctx: Ctx, input: PageCustomers): Promise<{ items: Customer[]; next: string | null }> {
  const { externalId, after, limit } = input;
  const rows = await withScope(ctx, (tx) =>
    tx
      .select({ id: customers.id, externalId: customers.externalId, name: customers.name, createdAt: customers.createdAt })
      .from(customers)
      .where(
        and(
          eq(customers.environmentId, ctx.scope.environmentId),
          externalId === undefined ? undefined : eq(customers.externalId, externalId),
          after === undefined ? undefined : gt(customers.id, after as CustomerId),
        ),
      )
      .orderBy(asc(customers.id))
      .limit(limit + 1),
  );
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
