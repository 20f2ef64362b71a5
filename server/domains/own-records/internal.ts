import { and, eq } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { models } from "#server/db/schema";
import type { ModelField } from "#server/domains/models/schema";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";

/** The fields of a model of the environment; `not_found` when there is none, or it was put away. */
export async function modelFields(ctx: Ctx, tx: Tx, key: string): Promise<ModelField[]> {
  const [model] = await tx
    .select({ fields: models.fields, archivedAt: models.archivedAt })
    .from(models)
    .where(and(eq(models.environmentId, ctx.scope.environmentId), eq(models.key, key)));
  if (!model || model.archivedAt) throw new AppError("not_found", `no model "${key.slice(0, 100)}" here`);
  return model.fields;
}
