import { and, eq } from "drizzle-orm";
import { integrations } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { type IntegrationId, newId, type TemplateId } from "#server/lib/ids";
import type { FieldChoice, FieldChoices } from "#server/mapping/overrides";
import { authorOf, checkChoices, checkFields, checkFilter } from "../mappings/internal";
import { saveModel } from "../models/save-model";
import type { ModelField } from "../models/schema";
import { insertFirstVersion } from "./first-version";
import type { ModelPlan } from "./ready-models";
import { freeName, planReadyTemplate, type ReadyPlan, type ReadyWish, takenNames } from "./ready-plan";
import type { ReadyStream } from "./ready-schema";
import type { TemplateStream } from "./schema";

export type CreateReady = Omit<ReadyWish, "integrationId" | "connector"> & {
  integrationId: IntegrationId;
  /** Shown to customers; the ready template's own name when not given. */
  name?: string | undefined;
  /** Add to models there are what they lack. Without it, such a model is a `conflict`. */
  addFields?: boolean | undefined;
};

export type CreatedReady = {
  id: TemplateId;
  name: string;
  /** Keys of models. */
  created: string[];
  extended: string[];
  streams: string[];
};

type Issue = { path: string; message: string };

const conflict = (issues: Issue[]) =>
  new AppError(
    "conflict",
    issues
      .slice(0, 3)
      .map(({ path, message }) => `"${path}" ${message}`)
      .join(" "),
    { details: { issues } },
  );

const additionsOf = ({ target, added, values }: ModelPlan): Issue[] => [
  ...added.map(({ key, type }) => ({ path: `${target}.${key}`, message: `would be added as ${type}.` })),
  ...values.map(({ field, added: more }) => ({ path: `${target}.${field}`, message: `would also take ${more.join(", ")}.` })),
];

/** Nothing is taken over while a model is in the way, nor are models extended that nobody has agreed to extend. */
function refuseUnasked({ models }: ReadyPlan, addFields: boolean): void {
  const clashes = models.flatMap(({ target, clashes: all }) =>
    all.map(({ field, message }) => ({ path: field === target ? target : `${target}.${field}`, message })),
  );
  if (clashes.length > 0) throw conflict(clashes);
  const additions = models.filter(({ state }) => state === "adds").flatMap(additionsOf);
  if (additions.length === 0 || addFields) return;
  const of = [...new Set(additions.map(({ path }) => `"${path.split(".")[0]}"`))].join(", ");
  throw new AppError(
    "conflict",
    `Your model ${of} would get ${additions.length === 1 ? "1 field or value" : `${additions.length} fields or values`} more. Send addFields to add them, or name other models.`,
    { details: { issues: additions } },
  );
}

/** The models as they have to be; one that somebody has changed in the meantime is a `conflict`. */
async function settleModels(ctx: Ctx, { models, versions }: ReadyPlan): Promise<void> {
  for (const { target, state, fields, name, description } of models) {
    if (state !== "fits") await saveModel(ctx, { key: target, name, description, fields, version: versions.get(target) ?? 0 });
  }
}

/** A field that the vendor's own model requires is neither left out nor kept from whoever has to fill it. */
function choicesFor({ fields: mapped, choices }: Pick<ReadyStream, "fields" | "choices">, model: readonly ModelField[]): FieldChoices {
  const required = new Set(model.flatMap(({ key, required: needed }) => (needed ? [key] : [])));
  const filled = new Set(mapped.map(({ target }) => target));
  const may = (target: string, { customer }: FieldChoice) =>
    !required.has(target) || (customer !== "optional" && (customer !== "hidden" || filled.has(target)));
  return Object.fromEntries(Object.entries(choices).filter(([target, choice]) => may(target, choice)));
}

type Prepared = {
  stream: TemplateStream;
  fields: Awaited<ReturnType<typeof checkFields>>;
  filter: string | null;
  choices: ReadyStream["choices"];
};

async function prepare({ stand, models }: ReadyPlan): Promise<Prepared[]> {
  const byKey = new Map(models.map((model) => [model.key, model]));
  return Promise.all(
    stand.streams.map(async ({ summary: _summary, fields, filter, choices, ...stream }) => {
      const model = byKey.get(stream.model);
      if (!model) throw new AppError("platform_error", `a ready template without its model ${stream.model}`);
      const checked = await checkFields(fields, model.fields);
      return {
        stream: { ...stream, model: model.target },
        fields: checked,
        filter: (await checkFilter(filter)) ?? null,
        choices: checkChoices(choicesFor({ fields, choices }, model.fields), model.fields, checked),
      };
    }),
  );
}

/**
 * Makes a template of an integration from a ready one: its models where there are none, its streams with their mappings, filters and
 * choices. It is not on offer yet. Taken twice, it is there twice, under another name. Throws `invalid` when the integration's connector
 * does not fit, `conflict` when a model of the vendor's is in the way or would have to be extended without having been asked for.
 */
export async function createReadyTemplate(ctx: Ctx, input: CreateReady): Promise<CreatedReady> {
  const { environmentId } = ctx.scope;
  const { integrationId } = input;
  const plan = await planReadyTemplate(ctx, input);
  refuseUnasked(plan, input.addFields ?? false);
  const streams = await prepare(plan);
  await settleModels(ctx, plan);
  const id = newId("template");
  const name = await withScope(ctx, async (tx) => {
    // Two at a time do not take the same name.
    const mine = and(eq(integrations.id, integrationId), eq(integrations.environmentId, environmentId));
    await tx.select({ id: integrations.id }).from(integrations).where(mine).for("update");
    const free = freeName(input.name ?? plan.stand.name, await takenNames(ctx, tx, integrationId));
    await insertFirstVersion(tx, {
      ...{ environmentId, templateId: id, integrationId, name: free, description: plan.stand.description, offered: false },
      ...{ streams, by: authorOf(ctx), at: ctx.clock.now() },
    });
    return free;
  });
  const inState = (state: ModelPlan["state"]) => plan.models.filter((one) => one.state === state).map(({ target }) => target);
  return { id, name, created: inState("creates"), extended: inState("adds"), streams: streams.map(({ stream }) => stream.key) };
}
