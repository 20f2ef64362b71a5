import { and, eq, sql } from "drizzle-orm";
import { streams } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { ConnectionId } from "#server/lib/ids";
import { ownCustomer, refOf } from "./internal";

/** After a reconnect: lifts the `auth` pause of the connection's streams and makes them due. */
export async function resumeConnectionStreams(ctx: Ctx, input: { connectionId: ConnectionId }): Promise<void> {
  const resumed = await withScope(ctx, (tx) =>
    tx
      .update(streams)
      .set({
        pauseReasons: sql`array_remove(${streams.pauseReasons}, 'auth')`,
        dueAt: sql`now()`,
        failureCode: null,
        failureMessage: null,
        trigger: ctx.actor.type === "customer" ? "customer" : "vendor",
      })
      .where(
        and(
          eq(streams.connectionId, input.connectionId),
          eq(streams.environmentId, ctx.scope.environmentId),
          ownCustomer(ctx),
          eq(streams.status, "active"),
        ),
      )
      .returning({ id: streams.id, customerId: streams.customerId }),
  );
  await Promise.all(resumed.map((stream) => ctx.keeping.pokeStream(refOf(ctx, stream))));
}
