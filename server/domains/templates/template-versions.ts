import { and, desc, eq, lte, ne, or } from "drizzle-orm";
import { templateVersions } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { TemplateId } from "#server/lib/ids";
import { findTemplate } from "./lock";
import { type TemplateChange, templateChanges, type WholeTemplate } from "./template-changes";
import { publishedWholes } from "./whole-template";

export type TemplateVersion = {
  version: number;
  /** `rolling`: on its way to customers. `withdrawn`: rolled back. */
  status: "published" | "rolling" | "withdrawn";
  createdBy: string;
  createdAt: Date;
};

/** `before` = the version it followed; null for the first. */
export type TemplateVersionView = TemplateVersion & { document: WholeTemplate; before: number | null; changes: TemplateChange[] };

const COLUMNS = {
  version: templateVersions.version,
  status: templateVersions.status,
  createdBy: templateVersions.createdBy,
  createdAt: templateVersions.createdAt,
};

const ofTemplate = (ctx: Ctx, templateId: TemplateId) =>
  and(eq(templateVersions.environmentId, ctx.scope.environmentId), eq(templateVersions.templateId, templateId));

/** All versions of a template, newest first; the last two hundred. */
export async function listTemplateVersions(ctx: Ctx, input: { templateId: TemplateId }): Promise<TemplateVersion[]> {
  return withScope(ctx, async (tx) => {
    await findTemplate(ctx, tx, input.templateId);
    return tx
      .select(COLUMNS)
      .from(templateVersions)
      .where(ofTemplate(ctx, input.templateId))
      .orderBy(desc(templateVersions.version))
      .limit(200);
  });
}

const NOTHING: WholeTemplate = { name: "", description: "", streams: [] };

/** What one version said, whoever uses it, and what it changed. `not_found` when there is none. */
export async function getTemplateVersion(ctx: Ctx, input: { templateId: TemplateId; version: number }): Promise<TemplateVersionView> {
  const { templateId, version } = input;
  return withScope(ctx, async (tx) => {
    await findTemplate(ctx, tx, templateId);
    // What was rolled back was followed by nobody.
    const passable = or(eq(templateVersions.version, version), ne(templateVersions.status, "withdrawn"));
    const rows = await tx
      .select({ ...COLUMNS, document: templateVersions.document })
      .from(templateVersions)
      .where(and(ofTemplate(ctx, templateId), lte(templateVersions.version, version), passable))
      .orderBy(desc(templateVersions.version))
      .limit(2);
    const [row, before] = rows;
    if (row?.version !== version) throw new AppError("not_found", `there is no version ${version} of this template`);
    const [document = NOTHING, previous = NOTHING] = await publishedWholes(
      ctx,
      tx,
      templateId,
      rows.map((one) => one.document),
    );
    return { ...row, document, before: before?.version ?? null, changes: templateChanges(previous, document) };
  });
}
