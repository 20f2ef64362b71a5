import { and, eq, sql } from "drizzle-orm";
import { streams } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { StreamId } from "#server/lib/ids";
import { goingOn, lockStream, refOf, triggerOf } from "./internal";

/**
 * Makes the stream due now and pokes its keeper. Fifty calls are one run, plus one more if a run was already under way.
 * A stream that was stopped because nearly everything is held back goes on, and is not stopped for it again under this mapping.
 * `engineReachable` false: the wish is stored and carried out as soon as the engine is back. Paused or off: `conflict`.
 */
export async function syncNow(ctx: Ctx, input: { streamId: StreamId }): Promise<{ queued: true; engineReachable: boolean }> {
  const stream = await withScope(ctx, async (tx) => {
    const row = await lockStream(ctx, tx, input.streamId);
    if (row.status !== "active") throw new AppError("conflict", "this stream is turned off; turn it on first");
    await tx
      .update(streams)
      .set({ ...goingOn(row), dueAt: sql`now()`, trigger: triggerOf(ctx) })
      .where(and(eq(streams.id, row.id), eq(streams.environmentId, ctx.scope.environmentId)));
    return row;
  });
  return { queued: true, engineReachable: await ctx.keeping.pokeStream(refOf(ctx, stream)) };
}
