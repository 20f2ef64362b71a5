import { randomBytes } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import { webhookEndpoints } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { EndpointId } from "#server/lib/ids";

/** A fresh signing secret, 256 bits in the form Standard Webhooks asks for. */
export const newSigningSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

/**
 * Gives an endpoint a new signing secret, shown this once. The one before signs beside it for `overlapHours`, so that the receiver
 * can change over without losing a message; 0 ends it at once, for a secret that leaked.
 */
export async function rotateSecret(
  ctx: Ctx,
  input: { id: string; overlapHours: number },
): Promise<{ secret: string; previousUntil: Date | null }> {
  const { environmentId } = ctx.scope;
  const id = input.id as EndpointId;
  const secret = newSigningSecret();
  const sealed = ctx.vault.seal(secret, { environmentId, customerId: "", ownerId: id, field: "secret", version: 1 });
  const rows = await withScope(ctx, (tx) =>
    tx
      .update(webhookEndpoints)
      .set({
        secret: sealed,
        previousSecret: input.overlapHours === 0 ? null : webhookEndpoints.secret,
        previousSecretUntil: input.overlapHours === 0 ? null : sql`now() + ${input.overlapHours} * interval '1 hour'`,
      })
      .where(and(eq(webhookEndpoints.environmentId, environmentId), eq(webhookEndpoints.id, id)))
      .returning({ until: webhookEndpoints.previousSecretUntil }),
  );
  const [row] = rows;
  if (!row) throw new AppError("not_found", `No webhook endpoint ${id} in this environment.`);
  return { secret, previousUntil: row.until };
}
