import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { connections, installations, mappings, streams, templates } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { CustomerCtx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId, InstallationId, StreamId, TemplateId } from "#server/lib/ids";
import type { Adaptations, StreamSwitches } from "../overrides/schema";
import { refOf } from "../streams/internal";

type Wish = {
  connectionId: ConnectionId;
  templateId: TemplateId;
  adaptations?: Adaptations | undefined;
  streams?: StreamSwitches | undefined;
};
type TemplateRow = typeof templates.$inferSelect;

/** The connection and the published template it can run; `not_found` or `conflict` with the reason. */
async function loadPair(ctx: CustomerCtx, tx: Tx, wish: Wish) {
  const { environmentId, customerId } = ctx.scope;
  const [connection] = await tx
    .select()
    .from(connections)
    .where(and(eq(connections.id, wish.connectionId), eq(connections.environmentId, environmentId), eq(connections.customerId, customerId)))
    .for("share"); // neither a disconnect nor a publish passes by meanwhile
  if (!connection) throw new AppError("not_found", `no connection ${wish.connectionId} here`);
  if (connection.status !== "active") throw new AppError("conflict", "the account is not connected any more; reconnect it first");
  const [template] = await tx
    .select()
    .from(templates)
    .where(
      and(
        eq(templates.id, wish.templateId),
        eq(templates.environmentId, environmentId),
        eq(templates.integrationId, connection.integrationId),
        eq(templates.status, "published"),
      ),
    )
    .for("share");
  if (!template) throw new AppError("not_found", `no published template ${wish.templateId} for this integration`);
  return { connection, template };
}

/** Newest published mapping version of each of the template's streams. */
async function publishedVersions(ctx: CustomerCtx, tx: Tx, template: TemplateRow): Promise<Map<string, number>> {
  const rows = await tx
    .select({ key: mappings.streamKey, version: sql<number>`max(${mappings.version})::int` })
    .from(mappings)
    .where(and(eq(mappings.environmentId, ctx.scope.environmentId), eq(mappings.templateId, template.id), eq(mappings.status, "published")))
    .groupBy(mappings.streamKey);
  const versions = new Map(rows.map((row) => [row.key, row.version]));
  const missing = template.streams.find((stream) => !versions.has(stream.key));
  if (missing) throw new AppError("config_invalid", `the template's stream "${missing.key}" has no published mapping`);
  return versions;
}

/**
 * Turns a published template on for a connection: one stream for each of the template's, due at once. Turning on what is on
 * already only makes it due. Turned off before, the streams go on from where they stood.
 */
export async function activateTemplate(ctx: CustomerCtx, input: Wish): Promise<{ installationId: InstallationId; streamIds: StreamId[] }> {
  const { environmentId, customerId } = ctx.scope;
  const result = await withScope(ctx, async (tx) => {
    const { connection, template } = await loadPair(ctx, tx, input);
    const versions = await publishedVersions(ctx, tx, template);
    const [installation] = await tx
      .insert(installations)
      .values({ environmentId, customerId, connectionId: connection.id, templateId: template.id })
      .onConflictDoUpdate({
        target: [installations.environmentId, installations.connectionId, installations.templateId],
        set: { status: "active" },
      })
      .returning();
    if (!installation) throw new AppError("platform_error", "the installation was not stored");
    const scope = { environmentId, customerId, connectionId: connection.id, installationId: installation.id, templateId: template.id };
    const rows = await tx
      .insert(streams)
      .values(
        template.streams.map(({ key, object, model, intervalMs }) => {
          const version = versions.get(key) ?? 0;
          return {
            ...scope,
            key,
            object,
            modelKey: model,
            intervalMs,
            templateVersion: version,
            mappingVersion: version,
            mappedVersion: version,
          };
        }),
      )
      .onConflictDoUpdate({
        target: [streams.environmentId, streams.installationId, streams.key],
        set: {
          status: "active",
          templateVersion: sql`excluded.template_version`,
          mappingVersion: sql`${streams.mappingVersion} + (${streams.templateVersion} <> excluded.template_version)::int`,
          dueAt: sql`now()`,
          trigger: "activation",
        },
      })
      .returning({ id: streams.id });
    return { installationId: installation.id, streamIds: rows.map((row) => row.id) };
  });
  await Promise.all(result.streamIds.map((id) => ctx.keeping.pokeStream(refOf(ctx, { id, customerId }))));
  return result;
}
