import { and, eq } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { inboundEndpoints, webhookSubscriptions } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { InboundId } from "#server/lib/ids";
import { newToken } from "#server/lib/tokens";
import { calledAt, mayBeOurs, proofOf } from "./endpoint-scheme";

/**
 * Gives an address another secret: the one given, or one we make, which is then shown this once. Calls signed with the one before
 * are refused within seconds. `conflict` where the integration's client secret, or the third party itself, says what it is.
 */
export async function rotateInboundSecret(
  ctx: Ctx,
  input: { id: InboundId; secret?: string | undefined },
): Promise<{ secret: string | null }> {
  return withScope(ctx, async (tx) => {
    const endpoint = await ownEndpoint(ctx, tx, input.id);
    const { webhooks } = await calledAt(ctx, tx, endpoint.integrationId);
    if (proofOf(webhooks) === "app")
      throw new AppError("conflict", "Calls here are signed with the integration's client secret: change it with the integration.");
    if (proofOf(webhooks) === "none") throw new AppError("conflict", "Calls here are not checked with a secret that we keep.");
    if (input.secret === undefined && !mayBeOurs(webhooks))
      throw new AppError("conflict", "The third party makes this secret: paste the one that it shows.");
    const secret = input.secret ?? newToken("");
    const { environmentId } = ctx.scope;
    const sealed = ctx.vault.seal(secret, {
      ...{ environmentId, customerId: endpoint.customerId ?? "", ownerId: endpoint.id },
      ...{ field: "secret", version: 1 },
    });
    await tx
      .update(inboundEndpoints)
      .set({ secret: sealed })
      .where(and(eq(inboundEndpoints.id, endpoint.id), eq(inboundEndpoints.environmentId, environmentId)));
    return { secret: input.secret === undefined ? secret : null };
  });
}

/** Closes an address: its calls are answered 404 within seconds, and what came and was not looked at is gone. */
export async function removeInboundEndpoint(ctx: Ctx, input: { id: InboundId }): Promise<void> {
  await withScope(ctx, async (tx) => {
    const endpoint = await ownEndpoint(ctx, tx, input.id);
    await tx
      .delete(inboundEndpoints)
      .where(and(eq(inboundEndpoints.id, endpoint.id), eq(inboundEndpoints.environmentId, ctx.scope.environmentId)));
  });
}

/** The address, locked. One that we keep at the third party ourselves is not for people to change. */
async function ownEndpoint(ctx: Ctx, tx: Tx, id: InboundId) {
  const { environmentId } = ctx.scope;
  const [row] = await tx
    .select()
    .from(inboundEndpoints)
    .where(and(eq(inboundEndpoints.id, id), eq(inboundEndpoints.environmentId, environmentId)))
    .for("update");
  if (!row) throw new AppError("not_found", `no inbound endpoint ${id} here`);
  const [kept] = await tx
    .select({ id: webhookSubscriptions.endpointId })
    .from(webhookSubscriptions)
    .where(eq(webhookSubscriptions.endpointId, id));
  if (kept) throw new AppError("conflict", "This address is kept at the third party by us; it goes when the account is disconnected.");
  return row;
}
