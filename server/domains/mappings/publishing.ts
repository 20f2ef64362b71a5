import { and, eq } from "drizzle-orm";
import { integrations, type mappings, templates } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { TemplateId } from "#server/lib/ids";
import { keptBy } from "#server/mapping/overrides";
import { keyOf } from "#server/mapping/same-value";
import { findManifests } from "#server/runtime/find-manifest";
import type { Manifest } from "#server/runtime/manifest";
import { readsUnasked } from "../overrides/internal";
import { writingOf } from "../overrides/written-back";
import type { Goal } from "./move-streams";

type Version = Pick<typeof mappings.$inferSelect, "version" | "fields" | "filter" | "choices" | "settings">;

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
    before: before?.fields ?? [],
    fields: after.fields,
    kept: before === null ? [] : keptBy(before.fields, after.fields, after.choices),
    spec: writingOf(manifest, object, after.settings?.direction)?.spec ?? null,
    remap: before === null || keyOf([before.fields, before.filter]) !== keyOf([after.fields, after.filter]),
    intervalMs: after.settings?.intervalMs ?? null,
    // Records that the old filter left out were not kept: only the third party has those that the new one takes.
    reread: before !== null && before.filter !== after.filter && after.settings?.direction !== "push",
    lacks: before !== null && readsUnasked(manifest, object, before, after),
  };
}
