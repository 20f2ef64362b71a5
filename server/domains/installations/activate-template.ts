import { and, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { connections, installations, runs, streamOverrides, streams, templates } from "#server/db/schema";
import { readScoped, withScope } from "#server/db/tenancy";
import type { CustomerCtx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId, InstallationId, StreamId, TemplateId } from "#server/lib/ids";
import { type ConnectorRef, findManifests } from "#server/runtime/find-manifest";
import type { Manifest } from "#server/runtime/manifest";
import { authorOf } from "../mappings/internal";
import type { Adaptations, StreamChoices, StreamSwitches } from "../overrides/schema";
import { enqueueStanding, lockOwnRecords } from "../streams/enqueue-wishes";
import { refOf } from "../streams/internal";
import { type Plan, planStreams, type StreamPlan } from "./plan-streams";

type Wish = {
  connectionId: ConnectionId;
  templateId: TemplateId;
  /** What the customer wants otherwise than the template, by stream and field. */
  adaptations?: Adaptations | undefined;
  /** Which streams, by key; those not named are on. */
  streams?: StreamSwitches | undefined;
  /** What they choose of what the streams offer, by key. */
  choices?: StreamChoices | undefined;
};
type Place = { connectionId: ConnectionId; installationId: InstallationId; templateId: TemplateId };

/** What the connection speaks; null where that is only announced, or there is no such connection. */
async function manifestOf(ctx: CustomerCtx, connectionId: ConnectionId): Promise<Manifest | null> {
  const { environmentId, customerId } = ctx.scope;
  const [ref] = await readScoped<ConnectorRef[]>(
    ctx,
    (sql) => sql`
    select i.connector_key as "connectorKey", i.connector_version as "connectorVersion"
      from connections c join integrations i on i.environment_id = c.environment_id and i.id = c.integration_id
     where c.id = ${connectionId} and c.environment_id = ${environmentId} and c.customer_id = ${customerId}`,
  );
  return ref ? (await findManifests(ctx, [ref]))(ref) : null;
}

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

/** Begins the streams that are new, goes on with the others, and keeps what the customer wants otherwise. Their ids. */
async function turnOn(ctx: CustomerCtx, tx: Tx, place: Place, plans: readonly StreamPlan[]): Promise<StreamId[]> {
  if (plans.length === 0) return [];
  const { environmentId, customerId } = ctx.scope;
  const rows = await tx
    .insert(streams)
    .values(
      plans.map(({ stream: { key, object, model, intervalMs, direction = "pull" }, templateVersion, mappingVersion, reread, chosen }) => ({
        ...{ ...place, environmentId, customerId, key, object, modelKey: model, direction },
        ...{ chosen, intervalMs: chosen.intervalMs ?? intervalMs },
        ...(direction === "push" ? { phase: "incremental" as const } : {}),
        ...{ templateVersion, mappingVersion, mappedVersion: mappingVersion, reread },
      })),
    )
    .onConflictDoUpdate({
      target: [streams.environmentId, streams.installationId, streams.key],
      set: {
        status: "active",
        templateVersion: sql`excluded.template_version`,
        mappingVersion: sql`excluded.mapping_version`,
        chosen: sql`excluded.chosen`,
        intervalMs: sql`excluded.interval_ms`,
        reread: sql`${streams.reread} or excluded.reread`,
        remapAfter: sql`case when excluded.reread then 'reread' else ${streams.remapAfter} end`,
        dueAt: sql`now()`,
        trigger: "activation",
      },
    })
    .returning({ id: streams.id, key: streams.key });
  const ids = new Map(rows.map((row) => [row.key, row.id]));
  const own = plans.flatMap(({ stream, next }) => {
    const streamId = ids.get(stream.key);
    return next && streamId ? [{ streamId, environmentId, customerId, ...next, createdBy: authorOf(ctx) }] : [];
  });
  if (own.length > 0) await tx.insert(streamOverrides).values(own);
  return rows.map((row) => row.id);
}

async function turnOff(ctx: CustomerCtx, tx: Tx, off: Plan["off"]): Promise<void> {
  if (off.length === 0) return;
  const { environmentId } = ctx.scope;
  const ids = off.map((stream) => stream.id);
  await tx
    .update(streams)
    .set({ status: "off", runId: null })
    .where(and(inArray(streams.id, ids), eq(streams.environmentId, environmentId)));
  await tx
    .update(runs)
    .set({ status: "cancelled", finishedAt: ctx.clock.now() })
    .where(and(inArray(runs.streamId, ids), eq(runs.environmentId, environmentId), eq(runs.status, "running")));
}

/**
 * Turns a published template on for a connection: one stream for each of the template's that the customer wants, due at once, with what the
 * customer wants otherwise in its mapping. Turning on what is on already only makes it due. Turned off before, the streams go on from where
 * they stood, with the newest version of the template. `invalid` names a field that may not be so or has yet to be chosen.
 */
export async function activateTemplate(ctx: CustomerCtx, input: Wish): Promise<{ installationId: InstallationId; streamIds: StreamId[] }> {
  const { environmentId, customerId } = ctx.scope;
  const manifest = await manifestOf(ctx, input.connectionId); // before the transaction: it may need a connection of its own
  const { off, ...result } = await withScope(ctx, async (tx) => {
    const { connection, template } = await loadPair(ctx, tx, input);
    const [installation] = await tx
      .insert(installations)
      .values({ environmentId, customerId, connectionId: connection.id, templateId: template.id })
      .onConflictDoUpdate({
        target: [installations.environmentId, installations.connectionId, installations.templateId],
        set: { status: "active" },
      })
      .returning();
    if (!installation) throw new AppError("platform_error", "the installation was not stored");
    const [connectionId, installationId] = [connection.id, installation.id];
    const plan = await planStreams(ctx, tx, { connectionId, installationId, template, manifest }, input);
    await turnOff(ctx, tx, plan.off);
    if (template.streams.some(({ direction = "pull" }) => direction !== "pull")) await lockOwnRecords(ctx, tx, customerId);
    const streamIds = await turnOn(ctx, tx, { connectionId, installationId, templateId: template.id }, plan.on);
    await enqueueStanding(ctx, tx, { customerId, streamIds });
    return { installationId, streamIds, off: plan.off };
  });
  await Promise.all([
    ...result.streamIds.map((id) => ctx.keeping.pokeStream(refOf(ctx, { id, customerId }))),
    ...off.map(({ id }) => ctx.keeping.stopStream(refOf(ctx, { id, customerId }))),
  ]);
  return result;
}
