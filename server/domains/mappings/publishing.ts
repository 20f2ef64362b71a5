import { and, eq, inArray } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { integrations, mappings, rollouts, templates } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { MappingId, TemplateId } from "#server/lib/ids";
import { findManifests } from "#server/runtime/find-manifest";
import type { Manifest } from "#server/runtime/manifest";
import { readsUnasked } from "../overrides/internal";
import { checkBasis, checkFields, lockTemplateStream, type MappingRef, newestMapping } from "./internal";
import type { Goal } from "./move-streams";

type Version = Pick<typeof mappings.$inferSelect, "version" | "fields" | "filter">;

/** What the template's records come through; null where the connector is only announced. */
export async function manifestOf(ctx: Ctx, templateId: TemplateId): Promise<Manifest | null> {
  const { environmentId } = ctx.scope;
  const [ref] = await withScope(ctx, (tx) =>
    tx
      .select({ connectorKey: integrations.connectorKey, connectorVersion: integrations.connectorVersion })
      .from(templates)
      .innerJoin(integrations, and(eq(integrations.environmentId, templates.environmentId), eq(integrations.id, templates.integrationId)))
      .where(and(eq(templates.id, templateId), eq(templates.environmentId, environmentId))),
  );
  return ref ? (await findManifests(ctx, [ref]))(ref) : null;
}

/** What moving streams from one version to another needs; `before` null = there is none they could be at. */
export function goalOf(manifest: Manifest | null, object: string, before: Version | null, after: Version): Goal {
  return {
    version: after.version,
    fields: after.fields,
    // Records that the old filter left out were not kept: only the third party has those that the new one takes.
    reread: before !== null && before.filter !== after.filter,
    lacks: before !== null && readsUnasked(manifest, object, before, after),
  };
}

/**
 * The draft, proven to work, and what it follows; the template is locked. `conflict` when there is no draft, another one than
 * `basis` names, or the version before is still being rolled out.
 */
export async function takeDraft(ctx: Ctx, tx: Tx, input: MappingRef & { basis?: string | undefined }) {
  const { model, stream } = await lockTemplateStream(ctx, tx, input);
  await checkBasis(ctx, tx, input, input.basis);
  const draft = await newestMapping(ctx, tx, input, "draft");
  if (!draft) throw new AppError("conflict", "There is no draft to publish. Change the mapping first.");
  await checkFields(draft.fields, model.fields); // the model may have changed since the draft was saved
  const [open] = await tx
    .select({ toVersion: rollouts.toVersion })
    .from(rollouts)
    .where(
      and(
        eq(rollouts.environmentId, ctx.scope.environmentId),
        eq(rollouts.templateId, input.templateId),
        eq(rollouts.streamKey, input.streamKey),
        inArray(rollouts.status, ["running", "halted"]),
      ),
    );
  if (open) throw new AppError("conflict", `Version ${open.toVersion} is still being rolled out. Finish it or roll it back first.`);
  return { stream, draft, before: await newestMapping(ctx, tx, input, "published") };
}

/** Makes a draft a version of its own, which nobody changes any more. */
export async function markPublished(ctx: Ctx, tx: Tx, draft: { id: MappingId }, status: "published" | "rolling"): Promise<void> {
  await tx
    .update(mappings)
    .set({ status, publishedAt: ctx.clock.now() })
    .where(and(eq(mappings.id, draft.id), eq(mappings.environmentId, ctx.scope.environmentId)));
}
