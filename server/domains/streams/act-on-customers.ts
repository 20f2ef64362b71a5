import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import { connections, streams } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { CustomerId, StreamId } from "#server/lib/ids";
import { ownCustomer, pauseReasonOf, refOf, triggerOf } from "./internal";

export type ActOnCustomers = { customerIds: CustomerId[]; action: "sync" | "pause" | "resume" };

/** Keepers that are told at once; those beyond are found by the reconciler, for what is wanted stands in the stream's row. */
const POKED = 200;

const due = (ctx: Ctx) => ({ dueAt: sql`now()`, trigger: triggerOf(ctx) });

function changeOf(ctx: Ctx, action: ActOnCustomers["action"]) {
  const reason = pauseReasonOf(ctx);
  if (action === "sync") return due(ctx);
  if (action === "resume") return { ...due(ctx), pauseReasons: sql`array_remove(${streams.pauseReasons}, ${reason})` };
  return { pauseReasons: sql`array_append(${streams.pauseReasons}, ${reason})` };
}

/** The streams that the action changes: nothing is synced that is paused, and only one's own pause is lifted. */
function meant(ctx: Ctx, action: ActOnCustomers["action"]): SQL {
  const own = sql`${pauseReasonOf(ctx)} = any (${streams.pauseReasons})`;
  if (action === "sync") return sql`cardinality(${streams.pauseReasons}) = 0`;
  return action === "resume" ? own : sql`not ${own}`;
}

/**
 * Does the same to all active streams of several customers, in one statement. `streams` is how many it changed; `skipped` those it
 * had nothing to do at: paused, or without access. Customers that are not in scope are passed over like ones that do not exist.
 */
export async function actOnCustomers(ctx: Ctx, { customerIds, action }: ActOnCustomers): Promise<{ streams: number; skipped: number }> {
  const { changed, all } = await withScope(ctx, async (tx) => {
    const theirs = and(
      eq(streams.environmentId, ctx.scope.environmentId),
      inArray(streams.customerId, customerIds),
      ownCustomer(ctx),
      eq(streams.status, "active"),
    );
    const reachable = sql`exists (select from ${connections} c where c.environment_id = ${streams.environmentId} and c.customer_id = ${streams.customerId}
      and c.id = ${streams.connectionId} and c.status = 'active')`;
    const [before] = await tx.select({ n: sql<number>`count(*)::int` }).from(streams).where(theirs);
    const changed = await tx
      .update(streams)
      .set(changeOf(ctx, action))
      .where(and(theirs, meant(ctx, action), action === "pause" ? undefined : reachable))
      .returning({ id: streams.id, customerId: streams.customerId });
    return { changed, all: before?.n ?? 0 };
  });
  const ready: { id: StreamId; customerId: CustomerId }[] = action === "pause" ? [] : changed.slice(0, POKED);
  await Promise.all(ready.map((stream) => ctx.keeping.pokeStream(refOf(ctx, stream))));
  return { streams: changed.length, skipped: all - changed.length };
}
