import { and, eq, gt } from "drizzle-orm";
import { claims } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { CustomerCtx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ClaimId, EnvironmentId } from "#server/lib/ids";
import { hashToken } from "#server/lib/tokens";

export type Claim = typeof claims.$inferSelect;
/** A claim that can be taken: its account is known and its credential there. */
export type PendingClaim = Claim & { accountId: string; accountLabel: string; secret: NonNullable<Claim["secret"]> };

/** What a sealed value of a claim is bound to. */
export const sealContext = ({ id, environmentId }: { id: ClaimId; environmentId: EnvironmentId }, field: "verifier" | "secret") => ({
  environmentId,
  customerId: "",
  ownerId: id,
  field,
  version: 1,
});

export const claimGone = () =>
  new AppError(
    "not_found",
    "This installation can no longer be taken up: it was used, put aside or is too old. Install it again, or connect it here.",
  );

/** The claim of a token, pending or taken by this very customer. Throws `not_found` for any other: unknown, used, too old, another environment's. */
export async function claimOf(
  ctx: CustomerCtx,
  token: string,
): Promise<PendingClaim | (Claim & { connectionId: NonNullable<Claim["connectionId"]> })> {
  const { environmentId, customerId } = ctx.scope;
  const [claim] = await withScope(ctx, (tx) =>
    tx
      .select()
      .from(claims)
      .where(and(eq(claims.tokenHash, hashToken(token)), eq(claims.environmentId, environmentId), gt(claims.expiresAt, ctx.clock.now()))),
  );
  if (claim?.status === "taken" && claim.takenBy === customerId && claim.connectionId)
    return { ...claim, connectionId: claim.connectionId };
  if (claim?.status !== "pending" || !claim.secret || claim.accountId === null || claim.accountLabel === null) throw claimGone();
  return { ...claim, secret: claim.secret, accountId: claim.accountId, accountLabel: claim.accountLabel };
}
