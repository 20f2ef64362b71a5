import { and, eq } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { integrations, templates, templateVersions } from "#server/db/schema";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { TemplateId } from "#server/lib/ids";
import type { TemplateDocument, TemplateStream } from "./schema";

export type TemplateRecord = typeof templates.$inferSelect;

/** What of a template stands outside its mappings. */
export type Outline = { name: string; description: string; streams: TemplateStream[] };

/** A template, locked. `standing` = the newest version, be it still on its way to customers; `wanted` = that with what is drafted. */
export type Locked = {
  template: TemplateRecord;
  integration: typeof integrations.$inferSelect;
  standing: Outline;
  wanted: Outline;
  /** The version that a roll-out brings to customers. */
  rolling: number | null;
};

export const outlineOf = ({ name, description, streams }: Outline | TemplateDocument): Outline => ({
  name,
  description,
  streams: streams.map((stream) => {
    const { mapping: _mapping, ...settings } = { mapping: 0, ...stream };
    return settings;
  }),
});

/** The template with its integration, locked against a second author; `not_found` outside the scope. */
export const lockTemplate = (ctx: Ctx, tx: Tx, templateId: TemplateId): Promise<Locked> => findTemplate(ctx, tx, templateId, true);

/** The same; not locked, for who only looks. */
export async function findTemplate(ctx: Ctx, tx: Tx, templateId: TemplateId, lock = false): Promise<Locked> {
  const { environmentId } = ctx.scope;
  const query = tx
    .select()
    .from(templates)
    .where(and(eq(templates.id, templateId), eq(templates.environmentId, environmentId)));
  const [template] = await (lock ? query.for("update") : query);
  if (!template) throw new AppError("not_found", `no template ${templateId} here`);
  const [integration] = await tx
    .select()
    .from(integrations)
    .where(and(eq(integrations.id, template.integrationId), eq(integrations.environmentId, environmentId)));
  if (!integration) throw new AppError("platform_error", "a template without its integration");
  const [open] = await tx
    .select({ version: templateVersions.version, document: templateVersions.document })
    .from(templateVersions)
    .where(
      and(
        eq(templateVersions.templateId, templateId),
        eq(templateVersions.environmentId, environmentId),
        eq(templateVersions.status, "rolling"),
      ),
    );
  const standing = outlineOf(open?.document ?? template);
  return { template, integration, standing, wanted: template.draft ? outlineOf(template.draft) : standing, rolling: open?.version ?? null };
}
