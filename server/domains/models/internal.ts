import { and, eq } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { models } from "#server/db/schema";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";

export type ModelRow = typeof models.$inferSelect;

/** The model, locked against a second author, or null. */
export async function lockModel(ctx: Ctx, tx: Tx, key: string): Promise<ModelRow | null> {
  const [row] = await tx
    .select()
    .from(models)
    .where(and(eq(models.environmentId, ctx.scope.environmentId), eq(models.key, key)))
    .for("update");
  return row ?? null;
}

export const noModel = (key: string) => new AppError("not_found", `no model "${key}" here`);

/** Whose name stands in the history. */
export const authorOf = (ctx: Ctx): string => (ctx.actor.type === "member" ? ctx.actor.email : ctx.actor.type);
