import { randomBytes } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { webhookEndpoints } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { EndpointId } from "#server/lib/ids";

/** A fresh signing secret, 256 bits in the form Standard Webhooks asks for. */
export const newSigningSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

/** Gives an endpoint a new signing secret, shown this once. The old one signs nothing from now on, retries included. */
export async function rotateSecret(ctx: Ctx, input: { id: string }): Promise<{ secret: string }> {
  const { environmentId } = ctx.scope;
  const id = input.id as EndpointId;
  const secret = newSigningSecret();
  const sealed = ctx.vault.seal(secret, { environmentId, customerId: "", ownerId: id, field: "secret", version: 1 });
  const rows = await withScope(ctx, (tx) =>
    tx
      .update(webhookEndpoints)
      .set({ secret: sealed })
      .where(and(eq(webhookEndpoints.environmentId, environmentId), eq(webhookEndpoints.id, id)))
      .returning({ id: webhookEndpoints.id }),
  );
  if (rows.length === 0) throw new AppError("not_found", `No webhook endpoint ${id} in this environment.`);
  return { secret };
}
