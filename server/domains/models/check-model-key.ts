import { asc, eq } from "drizzle-orm";
import { models } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";

/** For a filter that found nothing: a misspelled model is told, and not answered with "no data". Throws `not_found` with the keys there are. */
export async function checkModelKey(ctx: Ctx, key: string): Promise<void> {
  const { environmentId } = ctx.scope;
  const found = await withScope(ctx, (tx) =>
    tx.select({ key: models.key }).from(models).where(eq(models.environmentId, environmentId)).orderBy(asc(models.key)),
  );
  if (found.some((one) => one.key === key)) return;
  const known =
    found.length > 0
      ? `there are ${found
          .map((one) => one.key)
          .join(", ")
          .slice(0, 500)}`
      : "there are none yet";
  throw new AppError("not_found", `no model "${key.slice(0, 100)}" here; ${known}`);
}
