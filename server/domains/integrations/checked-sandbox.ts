import { and, eq } from "drizzle-orm";
import { environments } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";

const refuse = (message: string) =>
  new AppError("invalid", `sandboxOrigin: ${message}`, { details: { issues: [{ path: "sandboxOrigin", message }] } });

/** The origin that stands in for every host of a manifest; test environments only. Throws `invalid`. */
export async function checkedSandbox(ctx: Ctx, address: string): Promise<string> {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== "/" || url.search !== "" || url.username !== "")
    throw refuse("an origin like http://127.0.0.1:4700");
  await requireTest(ctx, () => refuse("only test environments have one"));
  return url.origin;
}

/** Throws what `otherwise` makes when the scope's environment is live. */
export async function requireTest(ctx: Ctx, otherwise: () => AppError): Promise<void> {
  const [environment] = await withScope(ctx, (tx) =>
    tx
      .select({ kind: environments.kind })
      .from(environments)
      .where(and(eq(environments.id, ctx.scope.environmentId), eq(environments.vendorId, ctx.scope.vendorId))),
  );
  if (environment?.kind !== "test") throw otherwise();
}
