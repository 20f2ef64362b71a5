import { and, eq } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { integrations, models } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { ModelField } from "#server/domains/models/schema";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { type IntegrationId, newId, type TemplateId } from "#server/lib/ids";
import { pathParts } from "#server/mapping/paths";
import type { FieldMapping } from "#server/mapping/schema";
import { findManifest } from "#server/runtime/find-manifest";
import type { ObjectSpec } from "#server/runtime/manifest";
import { authorOf } from "../mappings/internal";
import { insertFirstVersion } from "./first-version";

export type CreateFromObject = {
  integrationId: IntegrationId;
  /** Object of the connector. */
  object: string;
  /** Shown to customers; the object's title when not given. */
  name?: string | undefined;
  /** Model to fill. One that does not exist is made of the object's fields. The object's own key when not given. */
  modelKey?: string | undefined;
};

const MODEL_KEY = /^[a-z][a-z0-9_]*$/;
const refuse = (path: string, message: string) =>
  new AppError("invalid", `${path}: ${message}`, { details: { issues: [{ path, message }] } });

/** `properties.first_name` → `firstName`. */
function keyOf(path: string): string {
  const words = (path.split(".").at(-1) ?? path).split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const joined = words
    .map((word, i) => (i === 0 ? word.replace(/^[A-Z]+/, (caps) => caps.toLowerCase()) : word.slice(0, 1).toUpperCase() + word.slice(1)))
    .join("");
  return /^[a-z]/.test(joined) ? joined.slice(0, 60) : `f${joined}`.slice(0, 60);
}

const readable = (path: string): boolean => {
  try {
    return pathParts(path).length > 0;
  } catch {
    return false;
  }
};

/** An object's fields, each with a key of its own in a model. Those whose path no mapping can read are left out. */
function fieldsOf({ fields }: ObjectSpec): { key: string; path: string; field: ModelField }[] {
  const taken = new Set<string>();
  return fields.flatMap(({ path, type, title }) => {
    if (!readable(path)) return [];
    const base = keyOf(path);
    let key = base;
    for (let n = 2; taken.has(key); n++) key = `${base}${n}`;
    taken.add(key);
    return [{ key, path, field: { key, name: title.slice(0, 100), type, required: false } }];
  });
}

const plain = (key: string) => key.toLowerCase().replace(/[^a-z0-9]/g, "");

/** One to one: each field of the model gets the source field that is called like it. */
function mappingOf(model: readonly ModelField[], source: ReturnType<typeof fieldsOf>): FieldMapping[] {
  return model.flatMap(({ key, required }) => {
    const found =
      source.find((one) => one.key === key) ?? source.find((one) => plain(one.key) === plain(key) || plain(one.path) === plain(key));
    return found
      ? [{ target: key, from: found.path, transforms: [], required, onError: required ? ("quarantine" as const) : ("null" as const) }]
      : [];
  });
}

async function modelFor(tx: Tx, ctx: Ctx, key: string, title: string, fields: ModelField[]): Promise<ModelField[]> {
  const { environmentId } = ctx.scope;
  const [known] = await tx
    .select({ fields: models.fields })
    .from(models)
    .where(and(eq(models.environmentId, environmentId), eq(models.key, key)));
  if (known) return known.fields;
  await tx.insert(models).values({ environmentId, key, name: title.slice(0, 100), fields });
  return fields;
}

/**
 * A first template of an integration: one object into one model, field by field. It is published at once; the mapping editor
 * goes on from there. Throws `invalid` when nothing of the model is called like anything of the object.
 */
export async function createFromObject(
  ctx: Ctx,
  input: CreateFromObject,
): Promise<{ id: TemplateId; streamKey: string; modelKey: string }> {
  const { environmentId } = ctx.scope;
  const [integration] = await withScope(ctx, (tx) =>
    tx
      .select()
      .from(integrations)
      .where(and(eq(integrations.id, input.integrationId), eq(integrations.environmentId, environmentId))),
  );
  if (!integration) throw new AppError("not_found", `no integration ${input.integrationId} here`);
  const manifest = await findManifest(ctx, integration);
  const spec = Object.hasOwn(manifest.objects, input.object) ? manifest.objects[input.object] : undefined;
  if (!spec) throw refuse("object", `${manifest.name} has ${Object.keys(manifest.objects).join(", ")}`);
  const modelKey = input.modelKey ?? input.object;
  if (!MODEL_KEY.test(modelKey) || modelKey.length > 60) throw refuse("modelKey", "small letters, digits and _, starting with a letter");
  const source = fieldsOf(spec);
  const id = newId("template");
  const now = ctx.clock.now();
  await withScope(ctx, async (tx) => {
    const fields = await modelFor(
      tx,
      ctx,
      modelKey,
      spec.title,
      source.map(({ field }) => field),
    );
    const mapping = mappingOf(fields, source);
    if (mapping.length === 0)
      throw refuse(
        "modelKey",
        `no field of the model "${modelKey}" is called like one of ${spec.title}; choose another model or a new one`,
      );
    const stream = { key: input.object, object: input.object, model: modelKey, label: spec.title.slice(0, 80), intervalMs: 300_000 };
    await insertFirstVersion(tx, {
      ...{ environmentId, templateId: id, integrationId: integration.id, name: input.name ?? spec.title, description: "", offered: true },
      ...{ streams: [{ stream, fields: mapping }], by: authorOf(ctx), at: now },
    });
  });
  return { id, streamKey: input.object, modelKey };
}
