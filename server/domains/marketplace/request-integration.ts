import { count, eq } from "drizzle-orm";
import { integrationRequests } from "#server/db/schema";
import { withCustomer } from "#server/db/tenancy";
import type { CustomerCtx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";

const MOST = 50;

/** "Tool-Box " and "toolbox" are one wish. Names of signs only keep them. */
export function requestKey(name: string): string {
  const folded = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return folded.replace(/[^\p{L}\p{N}]/gu, "") || folded.trim();
}

/** Notes that the customer misses an integration. Asking twice is one voice. */
export async function requestIntegration(ctx: CustomerCtx, input: { name: string }): Promise<{ name: string }> {
  const { environmentId, customerId } = ctx.scope;
  const name = input.name.replace(/\s+/g, " ").trim();
  const key = requestKey(name);
  if (key === "") throw new AppError("invalid", "name is needed", { details: { issues: [{ path: "name", message: "is needed" }] } });
  return withCustomer(ctx, customerId, async (tx) => {
    const [asked] = await tx.select({ n: count() }).from(integrationRequests).where(eq(integrationRequests.customerId, customerId));
    if ((asked?.n ?? 0) >= MOST) throw new AppError("quota_exceeded", `A customer can ask for at most ${MOST} integrations.`);
    await tx.insert(integrationRequests).values({ environmentId, customerId, key, name }).onConflictDoNothing();
    return { name };
  });
}
