import { and, desc, eq } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { mappings, models } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { TemplateId } from "#server/lib/ids";
import type { FieldMapping } from "#server/mapping/schema";
import { findManifest } from "#server/runtime/find-manifest";
import { authorOf, checkFields } from "../mappings/internal";
import type { ModelField } from "../models/schema";
import { checkDirection } from "./check-direction";
import { lockTemplate, refuse, type TemplateRecord, writeTemplate } from "./internal";
import type { Direction } from "./schema";

export type AddStream = {
  templateId: TemplateId;
  /** Object of the connector. */
  object: string;
  /** Model to fill. */
  model: string;
  label?: string | undefined;
  /** `pull` when not given. */
  direction?: Direction | undefined;
  match?: string | null | undefined;
  /** The mapping it begins with. */
  fields: unknown;
};

const MAX_STREAMS = 50;

/** A key that no stream of the template has now: the object's own, if it may be. */
function freeKey({ streams }: TemplateRecord, object: string): string {
  const base =
    object
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "_")
      .replace(/^[^a-z]+/, "")
      .slice(0, 50) || "stream";
  const taken = new Set(streams.map(({ key }) => key));
  let key = base;
  for (let n = 2; taken.has(key); n++) key = `${base}_${n}`;
  return key;
}

async function modelOf(ctx: Ctx, tx: Tx, key: string): Promise<ModelField[]> {
  const [model] = await tx
    .select({ fields: models.fields, archivedAt: models.archivedAt })
    .from(models)
    .where(and(eq(models.environmentId, ctx.scope.environmentId), eq(models.key, key)));
  if (!model || model.archivedAt) throw refuse("model", `There is no model "${key}". Create it, or choose another.`);
  return model.fields;
}

/** What is on offer has to work from the first record on. */
function checkComplete(fields: readonly FieldMapping[], model: readonly ModelField[]): void {
  const filled = new Set(fields.map(({ target }) => target));
  const open = model.filter(({ key, required }) => required && !filled.has(key));
  if (open.length === 0) return;
  const names = open.slice(0, 5).map(({ name }) => name);
  throw refuse("fields", `${names.join(", ")}: required by the model. Choose where ${open.length === 1 ? "it comes" : "they come"} from.`);
}

/** The number the stream's first mapping gets: a stream of this key may have been here before. */
async function nextVersion(ctx: Ctx, tx: Tx, templateId: TemplateId, streamKey: string): Promise<number> {
  const mine = and(
    eq(mappings.environmentId, ctx.scope.environmentId),
    eq(mappings.templateId, templateId),
    eq(mappings.streamKey, streamKey),
  );
  await tx.delete(mappings).where(and(mine, eq(mappings.status, "draft")));
  const [last] = await tx.select({ version: mappings.version }).from(mappings).where(mine).orderBy(desc(mappings.version)).limit(1);
  return (last?.version ?? 0) + 1;
}

/**
 * Adds a stream with a first mapping, which is published at once. It is part of what the template offers from then on; customers who
 * run the template may turn it on, nothing starts by itself.
 */
export async function addStream(ctx: Ctx, input: AddStream): Promise<{ streamKey: string; version: number }> {
  const { integration } = await withScope(ctx, (tx) => lockTemplate(ctx, tx, input.templateId));
  const manifest = await findManifest(ctx, integration);
  const spec = Object.hasOwn(manifest.objects, input.object) ? manifest.objects[input.object] : undefined;
  if (!spec) throw refuse("object", `${manifest.name} has ${Object.keys(manifest.objects).join(", ")}.`);
  return withScope(ctx, async (tx) => {
    const { template } = await lockTemplate(ctx, tx, input.templateId);
    if (template.streams.length >= MAX_STREAMS) throw refuse("object", `A template has at most ${MAX_STREAMS} streams.`);
    const model = await modelOf(ctx, tx, input.model);
    const fields = await checkFields(input.fields, model);
    if (template.status === "published") checkComplete(fields, model);
    const { object, direction = "pull", match = null } = input;
    checkDirection(manifest, { object, direction, match }, fields);
    const key = freeKey(template, object);
    const number = await nextVersion(ctx, tx, template.id, key);
    await tx.insert(mappings).values({
      ...{ environmentId: ctx.scope.environmentId, templateId: template.id, streamKey: key, version: number, fields },
      ...{ status: "published" as const, createdBy: authorOf(ctx), publishedAt: ctx.clock.now() },
    });
    const label = (input.label ?? spec.title).slice(0, 80);
    const out = direction === "pull" ? {} : { direction, ...(match ? { match } : {}) };
    const stream = { key, object, model: input.model, label, ...out, intervalMs: 300_000 };
    const version = await writeTemplate(ctx, tx, template, { streams: [...template.streams, stream] });
    return { streamKey: key, version };
  });
}
