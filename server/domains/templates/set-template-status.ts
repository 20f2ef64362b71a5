import { and, count, eq } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { installations } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { TemplateId } from "#server/lib/ids";
import { lockTemplate, refuse, type TemplateRecord, writeTemplate } from "./internal";

async function refuseWhileRun(ctx: Ctx, tx: Tx, { id, name }: TemplateRecord): Promise<void> {
  const [running] = await tx
    .select({ n: count() })
    .from(installations)
    .where(
      and(eq(installations.environmentId, ctx.scope.environmentId), eq(installations.templateId, id), eq(installations.status, "active")),
    );
  if (running && running.n > 0)
    throw new AppError("conflict", `${running.n} customers run “${name}”. Take it off offer, and archive it when nobody runs it any more.`);
}

/**
 * Puts a template on offer (`published`), off offer (`draft`: who runs it goes on, nobody can newly turn it on), or away
 * (`archived`, when nobody runs it).
 */
export async function setTemplateStatus(
  ctx: Ctx,
  input: { templateId: TemplateId; status: TemplateRecord["status"] },
): Promise<{ version: number }> {
  return withScope(ctx, async (tx) => {
    const { template } = await lockTemplate(ctx, tx, input.templateId);
    if (template.status === input.status) return { version: template.version };
    if (input.status === "archived") await refuseWhileRun(ctx, tx, template);
    if (input.status === "published" && template.streams.length === 0)
      throw refuse("status", "There is nothing to offer yet. Add a stream first.");
    const change = input.status === "published" ? { publishedAt: ctx.clock.now() } : {};
    return { version: await writeTemplate(ctx, tx, template, { status: input.status, ...change }) };
  });
}
