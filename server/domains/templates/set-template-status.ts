import { and, count, eq } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { installations, templates } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { TemplateId } from "#server/lib/ids";
import { refuse } from "./internal";
import { lockTemplate, type TemplateRecord } from "./lock";
import { publishTemplate } from "./publish-template";

async function refuseWhileRun(ctx: Ctx, tx: Tx, { id, name }: TemplateRecord): Promise<void> {
  const [running] = await tx
    .select({ n: count() })
    .from(installations)
    .where(
      and(eq(installations.environmentId, ctx.scope.environmentId), eq(installations.templateId, id), eq(installations.status, "active")),
    );
  if (running && running.n > 0)
    throw new AppError(
      "conflict",
      `${running.n === 1 ? "1 customer runs" : `${running.n} customers run`} “${name}”. Take it off offer, and archive it when nobody runs it any more.`,
    );
}

/** Nobody can have seen what was never published, so that its first version is published with its offer. */
async function publishFirst(ctx: Ctx, templateId: TemplateId): Promise<void> {
  const locked = await withScope(ctx, (tx) => lockTemplate(ctx, tx, templateId));
  if (locked.template.version > 0) return;
  if (locked.wanted.streams.length === 0) throw refuse("status", "There is nothing to offer yet. Add a stream first.");
  await publishTemplate(ctx, { templateId });
}

/**
 * Puts a template on offer (`published`), off offer (`draft`: who runs it goes on, nobody can newly turn it on), or away
 * (`archived`, when nobody runs it).
 */
export async function setTemplateStatus(
  ctx: Ctx,
  input: { templateId: TemplateId; status: TemplateRecord["status"] },
): Promise<{ version: number }> {
  if (input.status === "published") await publishFirst(ctx, input.templateId);
  return withScope(ctx, async (tx) => {
    const { template } = await lockTemplate(ctx, tx, input.templateId);
    if (template.status === input.status) return { version: template.version };
    if (input.status === "archived") await refuseWhileRun(ctx, tx, template);
    if (input.status === "published" && template.streams.length === 0)
      throw refuse("status", "There is nothing to offer yet. Add a stream first.");
    const change = input.status === "published" ? { publishedAt: ctx.clock.now() } : {};
    await tx
      .update(templates)
      .set({ status: input.status, ...change })
      .where(and(eq(templates.id, template.id), eq(templates.environmentId, ctx.scope.environmentId)));
    return { version: template.version };
  });
}
