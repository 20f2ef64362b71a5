import { and, eq } from "drizzle-orm";
import { environments } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";

/** The vendor's page for installations from a third party's side, as an address: on one of the environment's allowed origins. Throws `invalid`. */
export async function checkedClaimUrl(ctx: Ctx, value: string): Promise<string> {
  const refuse = (message: string) => new AppError("invalid", message, { details: { issues: [{ path: "claimUrl", message }] } });
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password)
    throw refuse("Write it like https://app.example.com/integrations");
  const { environmentId, vendorId } = ctx.scope;
  const [environment] = await withScope(ctx, (tx) =>
    tx
      .select({ allowedOrigins: environments.allowedOrigins })
      .from(environments)
      .where(and(eq(environments.id, environmentId), eq(environments.vendorId, vendorId))),
  );
  // Those are https, but for this machine's in a test environment.
  if (!environment?.allowedOrigins.includes(url.origin))
    throw refuse(`${url.origin} is not one of the allowed origins. Add it under Settings first.`);
  return url.href;
}
