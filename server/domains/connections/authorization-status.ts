import { authorizations } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { CustomerCtx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { AuthorizationId } from "#server/lib/ids";
import type { AuthorizationStatus } from "#server/trpc/views/embed";
import { audienceOf, problemOf } from "../views/problem";
import { ownAuthorization } from "./internal";

/** Where an authorisation stands. Only who began it may ask (see `ownAuthorization`); for others it does not exist. */
export async function authorizationStatus(
  ctx: CustomerCtx,
  { authorizationId, resumeKey }: { authorizationId: AuthorizationId; resumeKey?: string | undefined },
): Promise<AuthorizationStatus> {
  const [row] = await withScope(ctx, (tx) =>
    tx
      .select()
      .from(authorizations)
      .where(ownAuthorization(ctx, authorizationId, resumeKey)),
  );
  if (!row) throw new AppError("not_found", `no authorisation ${authorizationId} here`);
  const open = row.status === "waiting" || (row.status === "returned" && row.callback !== null);
  // Until the person has confirmed in the window, only the holder of its ticket can go on; to a mere look it is still out.
  const seen = row.status === "returned" && row.confirmedAt === null ? "waiting" : row.status;
  const status = open && row.expiresAt <= ctx.clock.now() ? "expired" : seen;
  return { id: row.id, status, problem: row.errorCode === null ? null : problemOf(audienceOf(ctx), row.errorCode, row.errorDetail) };
}
