import { and, count, countDistinct, eq } from "drizzle-orm";
import { streams } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { TemplateId } from "#server/lib/ids";
import { nextVersion } from "../mappings/internal";
import { basisOfTemplate } from "./internal";
import { findTemplate } from "./lock";
import { type TemplateChange, templateChanges, type WholeTemplate } from "./template-changes";
import { designedWholes } from "./whole-template";

export type TemplateDraftView = {
  /** Names what is seen here: sent back when saving or publishing, so that nobody writes over what others did meanwhile. */
  basis: string;
  /** The version in force; 0 = none yet. */
  version: number;
  /** The number that publishing gives. */
  next: number;
  /** The version that a roll-out brings to customers; nothing is published meanwhile. */
  rolling: number | null;
  /** Who drafted the settings last, and when; null = only mappings are drafted, or nothing. */
  draft: { by: string; at: Date } | null;
  /** What the newest version says, and what the next would. */
  before: WholeTemplate;
  after: WholeTemplate;
  changes: TemplateChange[];
  /** Whom publishing reaches, by stream: who runs it now. */
  reach: { stream: string; customers: number; streams: number }[];
};

/** What is drafted of a template and its mappings, against its newest version; the same on both sides when there is nothing. */
export async function getTemplateDraft(ctx: Ctx, input: { templateId: TemplateId }): Promise<TemplateDraftView> {
  const { templateId } = input;
  return withScope(ctx, async (tx) => {
    const found = await findTemplate(ctx, tx, templateId);
    const { template, rolling } = found;
    const { before, after } = await designedWholes(ctx, tx, templateId, found);
    const reach = await tx
      .select({ stream: streams.key, customers: countDistinct(streams.customerId), streams: count() })
      .from(streams)
      .where(and(eq(streams.environmentId, ctx.scope.environmentId), eq(streams.templateId, templateId), eq(streams.status, "active")))
      .groupBy(streams.key);
    return {
      basis: await basisOfTemplate(ctx, tx, found),
      version: template.version,
      next: await nextVersion(ctx, tx, template),
      rolling,
      draft: template.draft ? { by: template.draft.by, at: new Date(template.draft.at) } : null,
      before,
      after,
      changes: templateChanges(before, after),
      reach,
    };
  });
}
