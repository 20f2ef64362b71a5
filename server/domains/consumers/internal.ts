import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { consumers } from "#server/db/schema";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";

/** The one of this name in the environment. */
export const named = (ctx: Ctx, name: string) => and(eq(consumers.environmentId, ctx.scope.environmentId), eq(consumers.name, name));

export const noSuch = (name: string) => new AppError("not_found", `No consumer "${name}" in this environment.`);

/** Where the environment's feed ends, and up to where it was removed by retention. */
export async function feedEnds(ctx: Ctx, tx: Tx): Promise<{ latest: number; oldest: number }> {
  const { environmentId } = ctx.scope;
  const [row] = await tx.execute<{ latest: string; oldest: string }>(
    sql`select feed_sequence(${environmentId}) as latest, (select feed_removed from environments where id = ${environmentId}) as oldest`,
  );
  return { latest: Number(row?.latest ?? 0), oldest: Number(row?.oldest ?? 0) };
}

const MOST = 50;

/** Refuses one more when there are too many: a reader that makes up a new name each time would fill the table. */
export async function checkRoom(ctx: Ctx, tx: Tx): Promise<void> {
  const n = await tx.$count(consumers, eq(consumers.environmentId, ctx.scope.environmentId));
  if (n >= MOST)
    throw new AppError(
      "quota_exceeded",
      `An environment has at most ${MOST} consumers. Remove one first, or give this one the name it had.`,
    );
}
