import { and, eq, sql } from "drizzle-orm";
import { connectionSchemas, connections } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId } from "#server/lib/ids";
import { stopConnectionStreams } from "../streams/stop-connection-streams";

/**
 * Ends a connection: its streams stop, and the worker gives the grant back and destroys the secret soon after. Records stay.
 * Disconnecting twice is the same as once.
 */
export async function disconnect(ctx: Ctx, { connectionId }: { connectionId: ConnectionId }): Promise<void> {
  const { environmentId, customerId } = ctx.scope;
  const found = await withScope(ctx, async (tx) => {
    const ended = await tx
      .update(connections)
      .set({ status: "disconnected", statusReason: null, disconnectedAt: sql`coalesce(${connections.disconnectedAt}, now())` })
      .where(
        and(
          eq(connections.id, connectionId),
          eq(connections.environmentId, environmentId),
          customerId === undefined ? undefined : eq(connections.customerId, customerId),
        ),
      )
      .returning({ id: connections.id });
    // Samples were kept to try mappings on: there is nothing to try any more.
    if (ended.length > 0)
      await tx
        .update(connectionSchemas)
        .set({ samples: [] })
        .where(and(eq(connectionSchemas.connectionId, connectionId), eq(connectionSchemas.environmentId, environmentId)));
    return ended;
  });
  if (found.length === 0) throw new AppError("not_found", `no connection ${connectionId} here`);
  await stopConnectionStreams(ctx, { connectionId });
}
