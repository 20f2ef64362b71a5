import { and, eq, inArray } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { integrations, models, templates } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { IntegrationId } from "#server/lib/ids";
import { findManifest } from "#server/runtime/find-manifest";
import type { Manifest } from "#server/runtime/manifest";
import { ModelKey } from "../models/schema";
import { refuse } from "./internal";
import { findReadyTemplate, modelsOf } from "./ready-list";
import { type ModelPlan, planModel } from "./ready-models";
import type { ReadyStand, ReadyTemplate } from "./ready-schema";

export type ReadyWish = {
  key: string;
  integrationId: IntegrationId;
  /** Your own models to fill, by the ready template's keys. Those not named keep their key. */
  models?: Record<string, string> | undefined;
};

/** What taking a ready template over would do, and with what. */
export type ReadyPlan = {
  ready: ReadyTemplate;
  stand: ReadyStand;
  manifest: Manifest;
  integration: typeof integrations.$inferSelect;
  models: ModelPlan[];
  /** Versions of the models there are, by the vendor's key; 0 = there is none. */
  versions: Map<string, number>;
  /** A name that no template of the integration has. */
  name: string;
};

const MAX_NAME = 80;

/** `Orders`, or `Orders 2` when there is one: what is there is never written over. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted.slice(0, MAX_NAME - 4)} ${n}`;
  return name;
}

function targetsOf(ready: ReadyTemplate, stand: ReadyStand, wanted: Record<string, string>): Map<string, string> {
  const needed = modelsOf(ready, stand).map(({ key }) => key);
  for (const [key, target] of Object.entries(wanted)) {
    if (!needed.includes(key)) throw refuse(`models.${key}`, `The template fills ${needed.join(", ")}, and no model "${key}".`);
    const checked = ModelKey.safeParse(target);
    if (!checked.success) throw refuse(`models.${key}`, checked.error.issues[0]?.message ?? "is not a key");
  }
  const targets = new Map(needed.map((key) => [key, Object.hasOwn(wanted, key) ? (wanted[key] ?? key) : key]));
  if (new Set(targets.values()).size < targets.size)
    throw refuse("models", "Two models cannot become one. Name another key for one of them.");
  return targets;
}

/** Locks the integration, so that two at a time do not take the same name. */
export async function takenNames(ctx: Ctx, tx: Tx, integrationId: IntegrationId): Promise<Set<string>> {
  const { environmentId } = ctx.scope;
  await tx
    .select({ id: integrations.id })
    .from(integrations)
    .where(and(eq(integrations.id, integrationId), eq(integrations.environmentId, environmentId)))
    .for("update");
  const rows = await tx
    .select({ name: templates.name })
    .from(templates)
    .where(and(eq(templates.environmentId, environmentId), eq(templates.integrationId, integrationId)));
  return new Set(rows.map(({ name }) => name));
}

async function loadGround(ctx: Ctx, integrationId: IntegrationId) {
  const { environmentId } = ctx.scope;
  return withScope(ctx, async (tx) => {
    const [integration] = await tx
      .select()
      .from(integrations)
      .where(and(eq(integrations.id, integrationId), eq(integrations.environmentId, environmentId)));
    if (!integration) throw new AppError("not_found", `no integration ${integrationId} here`);
    return integration;
  });
}

/** Where the template can stand; `invalid` says where, when not on this integration. */
function standOn(ready: ReadyTemplate, manifest: Manifest): ReadyStand {
  const stand = ready.stands.find((one) => one.connector === manifest.key);
  if (stand) return stand;
  const connectors = ready.stands.map((one) => one.connector).join(", ");
  throw refuse("integrationId", `“${ready.title}” does not stand on ${manifest.name}. It stands on integrations of ${connectors}.`);
}

/** Works out what taking a ready template over would do. Writes nothing. Throws `not_found`, or `invalid` when it does not fit. */
export async function planReadyTemplate(ctx: Ctx, wish: ReadyWish): Promise<ReadyPlan> {
  const { environmentId } = ctx.scope;
  const ready = findReadyTemplate(wish.key);
  const integration = await loadGround(ctx, wish.integrationId);
  const manifest = await findManifest(ctx, integration);
  const stand = standOn(ready, manifest);
  const targets = targetsOf(ready, stand, wish.models ?? {});
  const { rows, names } = await withScope(ctx, async (tx) => ({
    rows: await tx
      .select()
      .from(models)
      .where(and(eq(models.environmentId, environmentId), inArray(models.key, [...targets.values()]))),
    names: await takenNames(ctx, tx, integration.id),
  }));
  const known = new Map(rows.map((row) => [row.key, { ...row, archived: row.archivedAt !== null }]));
  const plans = modelsOf(ready, stand).map((model) => {
    const target = targets.get(model.key) ?? model.key;
    const streams = stand.streams.filter((stream) => stream.model === model.key);
    // What each of its streams fills: a field is open as soon as one of them leaves it so.
    const filled = new Set(
      model.fields.flatMap(({ key }) => (streams.every(({ fields }) => fields.some((one) => one.target === key)) ? [key] : [])),
    );
    return planModel(model, target, known.get(target) ?? null, filled);
  });
  const versions = new Map([...targets.values()].map((target) => [target, known.get(target)?.version ?? 0]));
  return { ready, stand, manifest, integration, models: plans, versions, name: freeName(stand.name, names) };
}
