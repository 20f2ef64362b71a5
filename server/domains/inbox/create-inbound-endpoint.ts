import { and, eq } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { connections, inboundEndpoints } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { type ConnectionId, type InboundId, type IntegrationId, newId } from "#server/lib/ids";
import { hashToken, newToken } from "#server/lib/tokens";
import { calledAt, mayBeOurs, proofOf } from "./endpoint-scheme";

export type NewInboundEndpoint = {
  integrationId: IntegrationId;
  /** Given where each account has its own address. */
  connectionId?: ConnectionId | undefined;
  /** What the third party signs with, or what we are to be known by, where that is not the client secret. */
  secret?: string | undefined;
  /** We make the secret, where the third party lets us. */
  generateSecret?: boolean | undefined;
};

/**
 * Opens an address at which a third party may call. `url` is given this once: only a hash of its last part is kept, since
 * knowing it is part of the proof. So is `secret`, when we made it. `conflict` when the connector takes no calls, or needs a
 * connection to be named.
 */
export async function createInboundEndpoint(
  ctx: Ctx,
  input: NewInboundEndpoint,
): Promise<{ id: InboundId; url: string; secret: string | null }> {
  const { environmentId } = ctx.scope;
  const id = newId("inbound");
  const token = newToken("");
  return withScope(ctx, async (tx) => {
    const { connectorKey, webhooks } = await calledAt(ctx, tx, input.integrationId);
    if (webhooks.scope === "connection" && input.connectionId === undefined)
      throw new AppError("conflict", "Each account of this connector has an address of its own: say which connection it is for.");
    const ours = input.generateSecret && input.secret === undefined && proofOf(webhooks) === "endpoint" && mayBeOurs(webhooks);
    const made = ours ? newToken("") : null;
    const secret = input.secret ?? made;
    const customerId = input.connectionId === undefined ? null : await customerOf(ctx, tx, input.integrationId, input.connectionId);
    const sealed =
      secret === null
        ? null
        : ctx.vault.seal(secret, { environmentId, customerId: customerId ?? "", ownerId: id, field: "secret", version: 1 });
    await tx.insert(inboundEndpoints).values({
      id,
      environmentId,
      integrationId: input.integrationId,
      customerId,
      connectionId: input.connectionId ?? null,
      tokenHash: hashToken(token),
      secret: sealed,
    });
    return { id, url: `${ctx.config.origin}/api/webhooks/${connectorKey}/${token}`, secret: made };
  });
}

async function customerOf(ctx: Ctx, tx: Tx, integrationId: IntegrationId, connectionId: ConnectionId) {
  const [connection] = await tx
    .select({ customerId: connections.customerId })
    .from(connections)
    .where(
      and(
        eq(connections.environmentId, ctx.scope.environmentId),
        eq(connections.id, connectionId),
        eq(connections.integrationId, integrationId),
      ),
    );
  if (!connection) throw new AppError("not_found", `no connection ${connectionId} of this integration here`);
  return connection.customerId;
}
