import { and, eq, sql } from "drizzle-orm";
import { streams } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { StreamId } from "#server/lib/ids";
import { goingOn, lockStream, refOf, triggerOf } from "./internal";

/**
 * Has everything of the stream read once more from its beginning, at once or after the run that is under way. What is stored stays meanwhile
 * and is compared with what comes; what does not come any more is deleted as after any whole reading. Records held back are tried again with it.
 * Off, paused, or a stream that only writes: `conflict`.
 */
export async function rereadStream(ctx: Ctx, input: { streamId: StreamId }): Promise<{ queued: true; engineReachable: boolean }> {
  const stream = await withScope(ctx, async (tx) => {
    const row = await lockStream(ctx, tx, input.streamId);
    if (row.direction === "push") throw new AppError("conflict", "this stream only writes; there is nothing to read");
    if (row.status !== "active") throw new AppError("conflict", "this stream is turned off; turn it on first");
    await tx
      .update(streams)
      .set({ ...goingOn(row), reread: true, dueAt: sql`now()`, trigger: triggerOf(ctx) })
      .where(and(eq(streams.id, row.id), eq(streams.environmentId, ctx.scope.environmentId)));
    return row;
  });
  return { queued: true, engineReachable: await ctx.keeping.pokeStream(refOf(ctx, stream)) };
}
