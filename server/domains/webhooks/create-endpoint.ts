import { and, count, eq, sql } from "drizzle-orm";
import { environments, webhookEndpoints } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { newId } from "#server/lib/ids";
import { checkAddress } from "./check-address";
import type { Endpoint } from "./list-endpoints";
import { newSigningSecret } from "./rotate-secret";

const MOST = 20;

/**
 * Adds an address that is told about changes from now on. `secret` (`whsec_…`) is given this once; it signs every delivery
 * and is kept sealed.
 */
export async function createEndpoint(ctx: Ctx, input: { url: string }): Promise<{ row: Endpoint; secret: string }> {
  const { vendorId, environmentId } = ctx.scope;
  const [environment] = await withScope(ctx, (tx) =>
    tx
      .select({ kind: environments.kind })
      .from(environments)
      .where(and(eq(environments.id, environmentId), eq(environments.vendorId, vendorId))),
  );
  if (!environment) throw new AppError("not_found");
  // Asks DNS, so no transaction is open meanwhile.
  const url = await checkAddress(input.url, { kind: environment.kind, allowLoopback: ctx.config.allowLoopback ?? false });
  return withScope(ctx, async (tx) => {
    const [existing] = await tx.select({ n: count() }).from(webhookEndpoints).where(eq(webhookEndpoints.environmentId, environmentId));
    if ((existing?.n ?? 0) >= MOST)
      throw new AppError("quota_exceeded", `An environment has at most ${MOST} webhook endpoints. Remove one first.`);
    const [sequenced] = await tx.execute<{ latest: string }>(sql`select feed_sequence(${environmentId}) as latest`);
    const id = newId("endpoint");
    const secret = newSigningSecret();
    const sealed = ctx.vault.seal(secret, { environmentId, customerId: "", ownerId: id, field: "secret", version: 1 });
    const [row] = await tx
      .insert(webhookEndpoints)
      .values({ id, environmentId, url, secret: sealed, position: Number(sequenced?.latest ?? 0) })
      .returning({ createdAt: webhookEndpoints.createdAt });
    if (!row) throw new Error("an insert returned no row");
    return {
      row: {
        ...{
          id,
          url,
          status: "active" as const,
          disabledReason: null,
          disabledCause: null,
          disabledAt: null,
          holdUntil: null,
          previousSecretUntil: null,
        },
        ...{ createdAt: row.createdAt, pending: 0, delivered: 0, dead: 0 },
      },
      secret,
    };
  });
}
