import { and, eq } from "drizzle-orm";
import { mappings, templates } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { TemplateId } from "#server/lib/ids";
import { checkWholeBasis } from "./internal";
import { lockTemplate } from "./lock";

/** Throws away all that is drafted of a template and its mappings; what is published stays. Without a draft it does nothing. */
export async function discardTemplateDraft(ctx: Ctx, input: { templateId: TemplateId; basis?: string | undefined }): Promise<void> {
  const { environmentId } = ctx.scope;
  const { templateId, basis } = input;
  await withScope(ctx, async (tx) => {
    await checkWholeBasis(ctx, tx, await lockTemplate(ctx, tx, templateId), basis);
    const mine = and(eq(templates.id, templateId), eq(templates.environmentId, environmentId));
    await tx.update(templates).set({ draft: null }).where(mine);
    const drafts = and(eq(mappings.environmentId, environmentId), eq(mappings.templateId, templateId), eq(mappings.status, "draft"));
    await tx.delete(mappings).where(drafts);
  });
}
