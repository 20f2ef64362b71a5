import { and, eq, sql } from "drizzle-orm";
import { connections, installations, mappings, streams, templates } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { CustomerCtx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId, InstallationId, StreamId, TemplateId } from "#server/lib/ids";
import { refOf } from "../streams/internal";

/**
 * Turns a published template on for a connection: one stream for each of the template's, due at once. Turning on what is on
 * already changes nothing. Turned off before, the streams go on from where they stood.
 */
export async function activateTemplate(
  ctx: CustomerCtx,
  input: { connectionId: ConnectionId; templateId: TemplateId },
): Promise<{ installationId: InstallationId; streamIds: StreamId[] }> {
  const { environmentId, customerId } = ctx.scope;
  const result = await withScope(ctx, async (tx) => {
    const [connection] = await tx
      .select()
      .from(connections)
      .where(
        and(eq(connections.id, input.connectionId), eq(connections.environmentId, environmentId), eq(connections.customerId, customerId)),
      );
    if (!connection) throw new AppError("not_found", `no connection ${input.connectionId} here`);
    if (connection.status !== "active") throw new AppError("conflict", "the account is not connected any more; reconnect it first");
    const [template] = await tx
      .select()
      .from(templates)
      .where(
        and(
          eq(templates.id, input.templateId),
          eq(templates.environmentId, environmentId),
          eq(templates.integrationId, connection.integrationId),
          eq(templates.status, "published"),
        ),
      );
    if (!template) throw new AppError("not_found", `no published template ${input.templateId} for this integration`);

    const [installation] = await tx
      .insert(installations)
      .values({ environmentId, customerId, connectionId: connection.id, templateId: template.id })
      .onConflictDoUpdate({
        target: [installations.environmentId, installations.connectionId, installations.templateId],
        set: { status: "active" },
      })
      .returning();
    if (!installation) throw new AppError("platform_error", "the installation was not stored");

    const versions = await tx
      .select({ key: mappings.streamKey, version: sql<number>`max(${mappings.version})::int` })
      .from(mappings)
      .where(and(eq(mappings.environmentId, environmentId), eq(mappings.templateId, template.id), eq(mappings.status, "published")))
      .groupBy(mappings.streamKey);
    const streamIds: StreamId[] = [];
    for (const offered of template.streams) {
      const version = versions.find((row) => row.key === offered.key)?.version;
      if (version === undefined) throw new AppError("config_invalid", `the template's stream "${offered.key}" has no published mapping`);
      const [stream] = await tx
        .insert(streams)
        .values({
          environmentId,
          customerId,
          connectionId: connection.id,
          installationId: installation.id,
          templateId: template.id,
          key: offered.key,
          object: offered.object,
          modelKey: offered.model,
          mappingVersion: version,
          mappedVersion: version,
          intervalMs: offered.intervalMs,
        })
        .onConflictDoUpdate({
          target: [streams.environmentId, streams.installationId, streams.key],
          set: { status: "active", mappingVersion: version, dueAt: sql`now()`, trigger: "activation" },
        })
        .returning({ id: streams.id });
      if (stream) streamIds.push(stream.id);
    }
    return { installationId: installation.id, streamIds };
  });
  await Promise.all(result.streamIds.map((id) => ctx.keeping.pokeStream(refOf(ctx, { id, customerId }))));
  return result;
}
