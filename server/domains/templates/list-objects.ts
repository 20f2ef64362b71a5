import { and, eq } from "drizzle-orm";
import { integrations } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { IntegrationId } from "#server/lib/ids";
import type { SourceField } from "#server/lib/source-field";
import { findManifest } from "#server/runtime/find-manifest";
import { type WriteSide, writeSideOf } from "./check-direction";
import { canBeginAt } from "./internal";

export type OfferableObject = { key: string; title: string; fields: SourceField[]; canBeginAt: boolean; writing: WriteSide };

/** What an integration could offer: its connector's objects that can be read, with the fields that every account has. */
export async function listObjects(ctx: Ctx, input: { integrationId: IntegrationId }): Promise<OfferableObject[]> {
  const [integration] = await withScope(ctx, (tx) =>
    tx
      .select()
      .from(integrations)
      .where(and(eq(integrations.id, input.integrationId), eq(integrations.environmentId, ctx.scope.environmentId))),
  );
  if (!integration) throw new AppError("not_found", `no integration ${input.integrationId} here`);
  const manifest = await findManifest(ctx, integration);
  return Object.entries(manifest.objects).map(([key, spec]) => ({
    key,
    title: spec.title,
    fields: spec.fields.map(({ path, title, type }) => ({ path, title, type })),
    canBeginAt: canBeginAt(spec),
    writing: writeSideOf(manifest, key),
  }));
}
