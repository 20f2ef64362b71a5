import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { streams } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { StreamId } from "#server/lib/ids";
import { lockStream, refOf, type StreamRow, triggerOf } from "./internal";

/**
 * What a person decides about records that are missing at the source. `approve`: they are really gone; the source is read anew,
 * and as many as were missing may then be deleted. `decline`: they stay as they were last seen, until the next whole reading
 * asks again. `conflict` when nothing waits for a decision.
 */
export async function decideDeletes(ctx: Ctx, input: { streamId: StreamId; decision: "approve" | "decline" }): Promise<void> {
  const approved = input.decision === "approve";
  const stream = await withScope(ctx, async (tx) => {
    const stream = await lockUndecided(ctx, tx, input.streamId);
    const anew = { deletesAllowed: stream.missingCount, reread: true, dueAt: sql`clock_timestamp()`, trigger: triggerOf(ctx) };
    await tx
      .update(streams)
      .set({ ...decided(stream), ...(approved ? anew : {}) })
      .where(and(eq(streams.id, stream.id), eq(streams.environmentId, ctx.scope.environmentId)));
    return stream;
  });
  if (approved) await ctx.keeping.pokeStream(refOf(ctx, stream));
}

/** The question is gone, and the failure it was told as, with the back-off that came with it. */
const decided = ({ failureCode, failures, failureMessage }: StreamRow) => ({
  ...{ missingCount: null, missingLeftOut: null, missingSince: null, missingExamples: null },
  ...(failureCode === "delete_guard_tripped"
    ? { failureCode: null, failureMessage: null, failures: 0 }
    : { failureCode, failureMessage, failures }),
});

async function lockUndecided(ctx: Ctx, tx: Tx, streamId: StreamId): Promise<StreamRow> {
  const stream = await lockStream(ctx, tx, streamId);
  if (stream.missingCount === null) throw new AppError("conflict", "there is nothing to decide any more");
  return stream;
}
