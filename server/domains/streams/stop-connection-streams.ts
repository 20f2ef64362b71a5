import { and, eq, inArray } from "drizzle-orm";
import { installations, runs, streams } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { ConnectionId } from "#server/lib/ids";
import { ownCustomer, refOf } from "./internal";

/**
 * Turns a connection's streams off for good and closes their runs. A page being written at this moment is refused by its
 * fence. Records stay readable; the keepers end.
 */
export async function stopConnectionStreams(ctx: Ctx, input: { connectionId: ConnectionId }): Promise<void> {
  const stopped = await withScope(ctx, async (tx) => {
    const rows = await tx
      .update(streams)
      .set({ status: "off", runId: null })
      .where(and(eq(streams.connectionId, input.connectionId), eq(streams.environmentId, ctx.scope.environmentId), ownCustomer(ctx)))
      .returning({ id: streams.id, customerId: streams.customerId });
    if (rows.length === 0) return rows;
    const ids = rows.map((row) => row.id);
    await tx
      .update(runs)
      .set({ status: "cancelled", finishedAt: ctx.clock.now() })
      .where(and(inArray(runs.streamId, ids), eq(runs.environmentId, ctx.scope.environmentId), eq(runs.status, "running")));
    await tx
      .update(installations)
      .set({ status: "off" })
      .where(and(eq(installations.connectionId, input.connectionId), eq(installations.environmentId, ctx.scope.environmentId)));
    return rows;
  });
  await Promise.all(stopped.map((stream) => ctx.keeping.stopStream(refOf(ctx, stream))));
}
