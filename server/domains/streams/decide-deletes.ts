import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { streams } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { StreamId } from "#server/lib/ids";
import { lockStream, refOf, type StreamRow, triggerOf } from "./internal";

/**
 * A person says that the missing records are really gone: the source is read anew, and as many as were missing may then be
 * deleted. `conflict` when nothing waits for a decision.
 */
export async function approveDeletes(ctx: Ctx, input: { streamId: StreamId }): Promise<void> {
  const stream = await withScope(ctx, async (tx) => {
    const stream = await lockUndecided(ctx, tx, input.streamId);
    await tx
      .update(streams)
      .set({ ...DECIDED, deletesAllowed: stream.missingCount, reread: true, dueAt: sql`clock_timestamp()`, trigger: triggerOf(ctx) })
      .where(and(eq(streams.id, stream.id), eq(streams.environmentId, ctx.scope.environmentId)));
    return stream;
  });
  await ctx.keeping.pokeStream(refOf(ctx, stream));
}

/** The records stay as they were last seen. The next whole reading asks again. */
export async function declineDeletes(ctx: Ctx, input: { streamId: StreamId }): Promise<void> {
  await withScope(ctx, async (tx) => {
    const stream = await lockUndecided(ctx, tx, input.streamId);
    await tx
      .update(streams)
      .set(DECIDED)
      .where(and(eq(streams.id, stream.id), eq(streams.environmentId, ctx.scope.environmentId)));
  });
}

const DECIDED = { missingCount: null, missingSince: null, failureCode: null, failureMessage: null };

async function lockUndecided(ctx: Ctx, tx: Tx, streamId: StreamId): Promise<StreamRow> {
  const stream = await lockStream(ctx, tx, streamId);
  if (stream.missingCount === null) throw new AppError("conflict", "there is nothing to decide any more");
  return stream;
}
