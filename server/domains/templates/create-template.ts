import { and, eq } from "drizzle-orm";
import { integrations, templates } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { type IntegrationId, newId, type TemplateId } from "#server/lib/ids";

/** A template of an integration, without streams, a version or an offer yet. */
export async function createTemplate(
  ctx: Ctx,
  input: { integrationId: IntegrationId; name: string; description?: string | undefined },
): Promise<{ id: TemplateId }> {
  const { environmentId } = ctx.scope;
  return withScope(ctx, async (tx) => {
    const [integration] = await tx
      .select({ id: integrations.id })
      .from(integrations)
      .where(and(eq(integrations.id, input.integrationId), eq(integrations.environmentId, environmentId)));
    if (!integration) throw new AppError("not_found", `no integration ${input.integrationId} here`);
    const id = newId("template");
    const { name, description = "" } = input;
    await tx.insert(templates).values({ id, environmentId, integrationId: integration.id, version: 0, name, description, streams: [] });
    return { id };
  });
}
