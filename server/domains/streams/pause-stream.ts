import { and, eq, sql } from "drizzle-orm";
import { streams } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { StreamId } from "#server/lib/ids";
import { lockStream, pauseReasonOf, refOf } from "./internal";

/** Adds the actor's own pause. A run in flight stops after its current page and keeps its place. Twice is once. */
export async function pauseStream(ctx: Ctx, input: { streamId: StreamId }): Promise<{ pauseReasons: string[] }> {
  const reason = pauseReasonOf(ctx);
  return withScope(ctx, async (tx) => {
    const stream = await lockStream(ctx, tx, input.streamId);
    const [row] = await tx
      .update(streams)
      .set({ pauseReasons: sql`array_append(array_remove(${streams.pauseReasons}, ${reason}), ${reason})` })
      .where(and(eq(streams.id, stream.id), eq(streams.environmentId, ctx.scope.environmentId)))
      .returning({ pauseReasons: streams.pauseReasons });
    return { pauseReasons: row?.pauseReasons ?? [] };
  });
}

/** Lifts the actor's own pause only, and makes the stream due. Another owner's pause stays, and the answer says so. */
export async function resumeStream(ctx: Ctx, input: { streamId: StreamId }): Promise<{ pauseReasons: string[] }> {
  const reason = pauseReasonOf(ctx);
  const { stream, pauseReasons } = await withScope(ctx, async (tx) => {
    const stream = await lockStream(ctx, tx, input.streamId);
    const [row] = await tx
      .update(streams)
      .set({ pauseReasons: sql`array_remove(${streams.pauseReasons}, ${reason})`, dueAt: sql`now()`, trigger: reason })
      .where(and(eq(streams.id, stream.id), eq(streams.environmentId, ctx.scope.environmentId)))
      .returning({ pauseReasons: streams.pauseReasons });
    return { stream, pauseReasons: row?.pauseReasons ?? [] };
  });
  if (pauseReasons.length === 0) await ctx.keeping.pokeStream(refOf(ctx, stream));
  return { pauseReasons };
}
