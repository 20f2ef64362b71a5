import { and, eq } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { integrations, templates } from "#server/db/schema";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { TemplateId } from "#server/lib/ids";
import type { ObjectSpec } from "#server/runtime/manifest";

export type TemplateRecord = typeof templates.$inferSelect;

/** The template with its integration, locked against a second author; `not_found` outside the scope. */
export async function lockTemplate(ctx: Ctx, tx: Tx, templateId: TemplateId) {
  const { environmentId } = ctx.scope;
  const [template] = await tx
    .select()
    .from(templates)
    .where(and(eq(templates.id, templateId), eq(templates.environmentId, environmentId)))
    .for("update");
  if (!template) throw new AppError("not_found", `no template ${templateId} here`);
  const [integration] = await tx
    .select()
    .from(integrations)
    .where(and(eq(integrations.id, template.integrationId), eq(integrations.environmentId, environmentId)));
  if (!integration) throw new AppError("platform_error", "a template without its integration");
  return { template, integration };
}

export const refuse = (path: string, message: string) => new AppError("invalid", message, { details: { issues: [{ path, message }] } });

/** Writes what a template has become; its version rises. */
export async function writeTemplate(ctx: Ctx, tx: Tx, row: TemplateRecord, change: Partial<TemplateRecord>): Promise<number> {
  const version = row.version + 1;
  await tx
    .update(templates)
    .set({ ...change, version })
    .where(and(eq(templates.id, row.id), eq(templates.environmentId, ctx.scope.environmentId)));
  return version;
}

/**
 * Whether the first reading of an object may begin at a date: its source can be asked for what has changed since, and whoever is
 * deleted is not learned by reading everything.
 */
export const canBeginAt = (spec: Pick<ObjectSpec, "changes" | "deletes" | "each">): boolean =>
  spec.changes?.since !== undefined && spec.each === undefined && spec.deletes?.by !== "scan";
