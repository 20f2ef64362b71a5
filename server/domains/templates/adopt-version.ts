import { and, eq } from "drizzle-orm";
import { mappings, templateVersions } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { TemplateId } from "#server/lib/ids";
import { keyOf } from "#server/mapping/same-value";
import { authorOf, nextVersion } from "../mappings/internal";
import { checkWholeBasis, writeDraft } from "./internal";
import { lockTemplate, outlineOf } from "./lock";
import { designedWholes, publishedWholes } from "./whole-template";

const said = ({ fields, filter, choices }: { fields: unknown; filter: unknown; choices: unknown }) => keyOf([fields, filter, choices]);

/**
 * Makes a draft of an earlier version, in the place of all that is drafted: what it said, as a whole. Customers see nothing of it before it
 * is published. `conflict` when something else was drafted or published than `basis` names.
 */
export async function adoptTemplateVersion(
  ctx: Ctx,
  input: { templateId: TemplateId; version: number; basis?: string | undefined },
): Promise<{ basis: string }> {
  const { templateId, version } = input;
  const { environmentId } = ctx.scope;
  return withScope(ctx, async (tx) => {
    const locked = await lockTemplate(ctx, tx, templateId);
    await checkWholeBasis(ctx, tx, locked, input.basis);
    const [row] = await tx
      .select({ document: templateVersions.document })
      .from(templateVersions)
      .where(
        and(
          eq(templateVersions.templateId, templateId),
          eq(templateVersions.environmentId, environmentId),
          eq(templateVersions.version, version),
        ),
      );
    if (!row) throw new AppError("not_found", `there is no version ${version} of this template`);
    const [whole] = await publishedWholes(ctx, tx, templateId, [row.document]);
    const { before } = await designedWholes(ctx, tx, templateId, locked);
    const drafts = and(eq(mappings.environmentId, environmentId), eq(mappings.templateId, templateId), eq(mappings.status, "draft"));
    await tx.delete(mappings).where(drafts);
    const other = (whole?.streams ?? []).filter(({ key, mapping }) => {
      const now = before.streams.find((stream) => stream.key === key);
      return !now || said(now.mapping) !== said(mapping);
    });
    const next = await nextVersion(ctx, tx, locked.template);
    if (other.length > 0)
      await tx.insert(mappings).values(
        other.map(({ key, mapping: { fields, filter, choices } }) => ({
          ...{ environmentId, templateId, streamKey: key, version: next, status: "draft" as const, fields, filter, choices },
          createdBy: authorOf(ctx),
        })),
      );
    return { basis: await writeDraft(ctx, tx, locked, outlineOf(row.document)) };
  });
}
