import { and, eq, inArray } from "drizzle-orm";
import { getManifest } from "#server/connectors/index";
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
import { type FieldUse, type ModelPlan, planModel } from "./ready-models";
import type { ReadyModel, ReadyStand, ReadyTemplate } from "./ready-schema";

export type ReadyWish = {
  key: string;
  /** Where it is to stand: an integration, or, only to look at it, a connector of which there may be none yet. */
  integrationId?: IntegrationId | undefined;
  connector?: string | undefined;
  /** Your own models to fill, by the ready template's keys. Those not named keep their key. */
  models?: Record<string, string> | undefined;
};

/** What taking a ready template over would do, and with what. */
export type ReadyPlan = {
  ready: ReadyTemplate;
  stand: ReadyStand;
  manifest: Manifest;
  /** Null when it is only looked at. */
  integrationId: IntegrationId | null;
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

/** Names that the integration's templates have. */
export async function takenNames(ctx: Ctx, tx: Tx, integrationId: IntegrationId): Promise<Set<string>> {
  const rows = await tx
    .select({ name: templates.name })
    .from(templates)
    .where(and(eq(templates.environmentId, ctx.scope.environmentId), eq(templates.integrationId, integrationId)));
  return new Set(rows.map(({ name }) => name));
}

async function loadIntegration(ctx: Ctx, integrationId: IntegrationId) {
  const [integration] = await withScope(ctx, (tx) =>
    tx
      .select()
      .from(integrations)
      .where(and(eq(integrations.id, integrationId), eq(integrations.environmentId, ctx.scope.environmentId))),
  );
  if (!integration) throw new AppError("not_found", `no integration ${integrationId} here`);
  return integration;
}

const placesOf = (ready: ReadyTemplate) => ready.stands.map((one) => one.connector).join(", ");

/** Where the template is to stand; `invalid` says where it could, when not there. */
async function placeOf(ctx: Ctx, ready: ReadyTemplate, { integrationId, connector }: ReadyWish) {
  if (integrationId === undefined) {
    const stand = ready.stands.find((one) => one.connector === connector);
    if (!stand) throw refuse("connector", `Name an integration of yours, or one of ${placesOf(ready)}.`);
    return { stand, manifest: getManifest(stand.connector), integrationId: null };
  }
  const integration = await loadIntegration(ctx, integrationId);
  const manifest = await findManifest(ctx, integration);
  const stand = ready.stands.find((one) => one.connector === manifest.key);
  if (stand) return { stand, manifest, integrationId };
  throw refuse("integrationId", `“${ready.title}” does not stand on ${manifest.name}. It stands on integrations of ${placesOf(ready)}.`);
}

function useOf({ streams }: ReadyStand, model: ReadyModel): FieldUse {
  const mine = streams.filter((stream) => stream.model === model.key);
  const fills = mine.map(({ fields }) => new Set(fields.map(({ target }) => target)));
  const chosen = mine.flatMap(({ choices }) => Object.keys(choices));
  const filled = model.fields.flatMap(({ key }) => (fills.every((keys) => keys.has(key)) ? [key] : []));
  return { filled: new Set(filled), used: new Set([...fills.flatMap((keys) => [...keys]), ...chosen]) };
}

/** Works out what taking a ready template over would do. Writes nothing. Throws `not_found`, or `invalid` when it does not fit. */
export async function planReadyTemplate(ctx: Ctx, wish: ReadyWish): Promise<ReadyPlan> {
  const { environmentId } = ctx.scope;
  const ready = findReadyTemplate(wish.key);
  const { stand, manifest, integrationId } = await placeOf(ctx, ready, wish);
  const targets = targetsOf(ready, stand, wish.models ?? {});
  const { rows, names } = await withScope(ctx, async (tx) => ({
    rows: await tx
      .select()
      .from(models)
      .where(and(eq(models.environmentId, environmentId), inArray(models.key, [...targets.values()]))),
    names: integrationId ? await takenNames(ctx, tx, integrationId) : new Set<string>(),
  }));
  const known = new Map(rows.map((row) => [row.key, { ...row, archived: row.archivedAt !== null }]));
  const plans = modelsOf(ready, stand).map((model) => {
    const target = targets.get(model.key) ?? model.key;
    return planModel(model, target, known.get(target) ?? null, useOf(stand, model));
  });
  const versions = new Map([...targets.values()].map((target) => [target, known.get(target)?.version ?? 0]));
  return { ready, stand, manifest, integrationId, models: plans, versions, name: freeName(stand.name, names) };
}
