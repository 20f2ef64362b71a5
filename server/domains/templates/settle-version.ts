import { and, eq, inArray } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { mappings, rollouts, runs, streams, templates, templateVersions } from "#server/db/schema";
import type { Ctx } from "#server/lib/context";
import type { TemplateId } from "#server/lib/ids";
import { outlineOf } from "./lock";
import type { TemplateDocument } from "./schema";

type Which = { templateId: TemplateId; version: number };
export type Stopped = { id: (typeof streams.$inferSelect)["id"]; customerId: (typeof streams.$inferSelect)["customerId"] };

const ofTemplate = (ctx: Ctx, templateId: TemplateId) =>
  and(eq(templates.id, templateId), eq(templates.environmentId, ctx.scope.environmentId));

const ofVersion = (ctx: Ctx, { templateId, version }: Which) =>
  and(
    eq(templateVersions.templateId, templateId),
    eq(templateVersions.environmentId, ctx.scope.environmentId),
    eq(templateVersions.version, version),
  );

/** Streams of a template that customers run, by key; locked, so that none is turned on or off meanwhile. */
export const runningStreams = (ctx: Ctx, tx: Tx, templateId: TemplateId, keys: readonly string[]) =>
  tx
    .select({ id: streams.id, customerId: streams.customerId, key: streams.key })
    .from(streams)
    .where(
      and(
        eq(streams.environmentId, ctx.scope.environmentId),
        eq(streams.templateId, templateId),
        inArray(streams.key, [...keys]),
        eq(streams.status, "active"),
      ),
    )
    .for("update");

/** Turns off what a version no longer has: records stay as they are and readable, and nothing is read any more. */
async function turnOff(ctx: Ctx, tx: Tx, templateId: TemplateId, gone: readonly string[]): Promise<Stopped[]> {
  const { environmentId } = ctx.scope;
  if (gone.length === 0) return [];
  const running = await runningStreams(ctx, tx, templateId, gone);
  const ids = running.map(({ id }) => id);
  if (ids.length === 0) return [];
  await tx
    .update(streams)
    .set({ status: "off", runId: null })
    .where(and(inArray(streams.id, ids), eq(streams.environmentId, environmentId)));
  await tx
    .update(runs)
    .set({ status: "cancelled", finishedAt: ctx.clock.now() })
    .where(and(inArray(runs.streamId, ids), eq(runs.environmentId, environmentId), eq(runs.status, "running")));
  return running;
}

/** Puts a version in force: from now on it is what is turned on anew, and what it has no more is off. */
export async function putInForce(ctx: Ctx, tx: Tx, { templateId, version }: Which, document: TemplateDocument): Promise<Stopped[]> {
  const [before] = await tx.select({ streams: templates.streams }).from(templates).where(ofTemplate(ctx, templateId));
  const kept = new Set(document.streams.map(({ key }) => key));
  const gone = (before?.streams ?? []).map(({ key }) => key).filter((key) => !kept.has(key));
  await tx
    .update(templates)
    .set({ ...outlineOf(document), version })
    .where(ofTemplate(ctx, templateId));
  return turnOff(ctx, tx, templateId, gone);
}

const setMappings = (ctx: Ctx, tx: Tx, { templateId, version }: Which, status: "published" | "withdrawn") =>
  tx
    .update(mappings)
    .set({ status })
    .where(
      and(
        eq(mappings.environmentId, ctx.scope.environmentId),
        eq(mappings.templateId, templateId),
        eq(mappings.version, version),
        inArray(mappings.status, ["rolling", "published"]),
      ),
    );

/** Puts a version in force that has reached everybody by all its roll-outs; while one is open, nothing happens. */
export async function settleVersion(ctx: Ctx, tx: Tx, which: Which): Promise<void> {
  const open = await tx
    .select({ id: rollouts.id })
    .from(rollouts)
    .where(
      and(
        eq(rollouts.environmentId, ctx.scope.environmentId),
        eq(rollouts.templateId, which.templateId),
        eq(rollouts.toVersion, which.version),
        inArray(rollouts.status, ["running", "halted"]),
      ),
    )
    .limit(1);
  if (open.length > 0) return;
  const [row] = await tx
    .update(templateVersions)
    .set({ status: "published" })
    .where(and(ofVersion(ctx, which), eq(templateVersions.status, "rolling")))
    .returning();
  if (!row) return;
  await setMappings(ctx, tx, which, "published"); // streams that it adds have no roll-out of their own
  await putInForce(ctx, tx, which, row.document); // keepers of what is off now end with their next turn
}

/** Takes a whole version back that was on its way; false = there is none of that number. */
export async function withdrawVersion(ctx: Ctx, tx: Tx, which: Which): Promise<boolean> {
  const [row] = await tx
    .update(templateVersions)
    .set({ status: "withdrawn" })
    .where(and(ofVersion(ctx, which), eq(templateVersions.status, "rolling")))
    .returning({ version: templateVersions.version });
  if (!row) return false;
  await setMappings(ctx, tx, which, "withdrawn");
  return true;
}
