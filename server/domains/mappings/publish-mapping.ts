import { and, eq } from "drizzle-orm";
import { integrations, mappings, templates } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { TemplateId } from "#server/lib/ids";
import { findManifests } from "#server/runtime/find-manifest";
import type { Manifest } from "#server/runtime/manifest";
import { readsUnasked } from "../overrides/internal";
import { refOf } from "../streams/internal";
import { checkBasis, checkFields, lockTemplateStream, type MappingRef, newestMapping } from "./internal";
import { moveStreams } from "./move-streams";

/** What the template's records come through; null where the connector is only announced. */
async function manifestOf(ctx: Ctx, templateId: TemplateId): Promise<Manifest | null> {
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

/**
 * Publishes the draft as the next version and points every stream of the template at it. Their keepers re-map all stored
 * records from the stored source; the third party is asked again only when the filter has changed, or for fields it was never asked
 * for. `conflict` when there is no draft, or another one than `basis` names.
 */
export async function publishMapping(
  ctx: Ctx,
  input: MappingRef & { basis?: string | undefined },
): Promise<{ version: number; streams: number }> {
  const manifest = await manifestOf(ctx, input.templateId); // before the transaction: it may need a connection of its own
  const { version, affected } = await withScope(ctx, async (tx) => {
    const { model, stream } = await lockTemplateStream(ctx, tx, input);
    await checkBasis(ctx, tx, input, input.basis);
    const draft = await newestMapping(ctx, tx, input, "draft");
    if (!draft) throw new AppError("conflict", "There is no draft to publish. Change the mapping first.");
    await checkFields(draft.fields, model.fields); // the model may have changed since the draft was saved
    const before = await newestMapping(ctx, tx, input, "published");
    // Records that the old filter left out were not kept: only the third party has those that the new one takes.
    const reread = before !== null && before.filter !== draft.filter;
    await tx
      .update(mappings)
      .set({ status: "published", publishedAt: ctx.clock.now() })
      .where(and(eq(mappings.id, draft.id), eq(mappings.environmentId, ctx.scope.environmentId)));
    const lacks = before !== null && readsUnasked(manifest, stream.object, before.fields, draft.fields);
    const affected = await moveStreams(ctx, tx, input, { version: draft.version, fields: draft.fields, reread, lacks });
    return { version: draft.version, affected };
  });
  // Those that are not reached now are found by the reconciler: what is wanted stands in the stream's row.
  await Promise.all(affected.slice(0, 200).map((stream) => ctx.keeping.pokeStream(refOf(ctx, stream))));
  return { version, streams: affected.length };
}
