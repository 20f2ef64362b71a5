import type { Ctx } from "#server/lib/context";
import { emptyWords, originWords, stepWords } from "#server/mapping/field-words";
import type { FieldChoice } from "#server/mapping/overrides";
import type { ModelField } from "../models/schema";
import { isAsked } from "./ready-list";
import type { ModelPlan } from "./ready-models";
import { planReadyTemplate, type ReadyPlan, type ReadyWish } from "./ready-plan";
import type { ReadyStream } from "./ready-schema";
import type { Direction } from "./schema";

export type ReadyRow = {
  target: string;
  name: string;
  type: ModelField["type"];
  required: boolean;
  /** Where it comes from, in words; null when customers have to say, or may. */
  from: string | null;
  how: string;
  whenEmpty: string;
  customer: FieldChoice["customer"];
  prompt: string | null;
};

export type ReadyStreamView = {
  key: string;
  label: string;
  summary: string;
  object: string;
  objectTitle: string;
  /** The vendor's key. */
  model: string;
  modelName: string;
  direction: Direction;
  /** Title of the model's field by which the two sides know a record; null where nobody is looked for. */
  match: string | null;
  /** Null where nobody is asked: records come by calls, or are only written. */
  intervalMs: number | null;
  backfillDays: number | null;
  filter: string | null;
  rows: ReadyRow[];
};

export type ReadyPreview = {
  key: string;
  title: string;
  connectorName: string;
  /** What the template will be called, unless it is given another name. */
  name: string;
  description: string;
  models: Omit<ModelPlan, "fields">[];
  streams: ReadyStreamView[];
  /** How a record has to look like, for connectors of any system. */
  expects: { example: unknown; standsFor: string } | null;
};

function rowsOf(stream: ReadyStream, model: ModelPlan, titles: ReadonlyMap<string, string>): ReadyRow[] {
  const mapped = new Map(stream.fields.map((field) => [field.target, field]));
  return model.fields.flatMap(({ key, name, type, required }) => {
    const field = mapped.get(key);
    const choice = Object.hasOwn(stream.choices, key) ? stream.choices[key] : undefined;
    if (!field && !choice) return [];
    const needed = required || (field?.required ?? false);
    return [
      {
        ...{ target: key, name, type, required: needed },
        from: field ? originWords(field, titles) : null,
        how: field ? stepWords(field) : "",
        whenEmpty: field ? emptyWords(field, needed) : "left empty",
        customer: choice?.customer ?? "fixed",
        prompt: choice?.prompt ?? null,
      },
    ];
  });
}

function streamViews({ stand, manifest, models }: ReadyPlan): ReadyStreamView[] {
  return stand.streams.flatMap((stream) => {
    const model = models.find(({ key }) => key === stream.model);
    const spec = manifest.objects[stream.object];
    if (!model || !spec) return [];
    const { key, label, summary, object, intervalMs, backfillDays, filter, direction = "pull" } = stream;
    return [
      {
        ...{ key, label, summary, object, filter },
        direction,
        match: model.fields.find(({ key: one }) => one === stream.match)?.name ?? null,
        intervalMs: isAsked(spec) && direction !== "push" ? intervalMs : null,
        ...{ objectTitle: spec.title, model: model.target, modelName: model.name, backfillDays: backfillDays ?? null },
        rows: rowsOf(stream, model, new Map(spec.fields.map(({ path, title }) => [path, title]))),
      },
    ];
  });
}

/** What taking a ready template over would create: models, streams, mappings field by field. Nothing is written. */
export async function previewReadyTemplate(ctx: Ctx, input: ReadyWish): Promise<ReadyPreview> {
  const plan = await planReadyTemplate(ctx, input);
  const { ready, stand, manifest, models, name } = plan;
  return {
    ...{ key: ready.key, title: ready.title, connectorName: manifest.name, name, description: stand.description },
    models: models.map(({ fields: _fields, ...model }) => model),
    streams: streamViews(plan),
    expects: stand.expects ? { example: stand.expects.records[0], standsFor: stand.expects.standsFor } : null,
  };
}
