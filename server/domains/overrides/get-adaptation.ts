import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId, TemplateId } from "#server/lib/ids";
import type { SourceField } from "#server/lib/source-field";
import { fieldFrom } from "#server/mapping/field-from";
import { inferFields, joinFields } from "#server/mapping/infer";
import { type Conflict, mergeOverrides, withOverrides } from "#server/mapping/overrides";
import { readsOf } from "#server/mapping/reads";
import { keyOf } from "#server/mapping/same-value";
import type { FieldMapping } from "#server/mapping/schema";
import { suggestMapping } from "#server/mapping/suggest";
import { neededOf } from "#server/mapping/unfilled";
import { findManifests } from "#server/runtime/find-manifest";
import type { Manifest } from "#server/runtime/manifest";
import { inWordsOf } from "#server/words/connector-words";
import { sayTo } from "#server/words/reader";
import type { Say } from "#server/words/say";
import { lookStateOf, type NewestLook, newestLook } from "../schemas/look-state";
import { samplesOf } from "../templates/samples";
import { type AdaptationRow, adaptationRows } from "./adaptation-rows";
import { happenedWords, remedyOf } from "./drift-remedy";
import { isShown, seesRecords } from "./ground";
import { choiceOf, isNeeded } from "./patch";
import type { Adaptation, AdaptField, AdaptStream, DriftView, FieldState, FieldSuggestion, Sample } from "./schema";

export type Whole = AdaptationRow & { mapping: NonNullable<AdaptationRow["mapping"]>; model: NonNullable<AdaptationRow["model"]> };

/** The row with its mapping and model; `config_invalid` names what is missing. */
export function whole(row: AdaptationRow): Whole {
  const { mapping, model, stream } = row;
  if (!mapping) throw new AppError("config_invalid", `the template's stream "${stream.key}" has no published mapping`);
  if (!model) throw new AppError("config_invalid", `the template's model "${stream.model}" does not exist`);
  return { ...row, mapping, model };
}

/** What stands of the customer's own. Turned off, it is held against the newest version: turning on will do the same. */
export function standingOfRow({ standing, isOn, mapping }: Whole) {
  if (!standing) return { n: 0, overrides: {}, conflicts: [] };
  return isOn ? standing : { n: standing.n, ...mergeOverrides(mapping.fields, standing.overrides) };
}

function samplesOfRow({ schema, records }: Whole, example: unknown, say: Say): Sample[] {
  const taken = schema?.samples ?? [];
  if (taken.length > 0)
    return taken.map(({ why, source, cut }, index) => ({
      label: why === "other" ? say("sample.record", { n: index + 1 }) : say(`sample.${why}`),
      ...{ source, cut },
    }));
  return samplesOf(
    records.map(({ source, updatedAt }) => ({ source, updatedAt, customer: null })),
    example,
    say,
  );
}

/** The account's fields: as they were found when we looked, else those that every account has and what the samples show. */
function sourcesOfRow({ schema }: Whole, object: Manifest["objects"][string] | undefined, samples: readonly Sample[]): SourceField[] {
  if (schema) return schema.fields;
  const declared = (object?.fields ?? []).map(({ path, type, title }): SourceField => ({ path, type, title }));
  return joinFields(declared, inferFields(samples.map((sample) => sample.source)));
}

type Patch = { field: FieldMapping | null };

function stateOf(template: FieldMapping | null, patch: Patch | undefined, isAsked: boolean, isOn: boolean): FieldState {
  if (!patch) return template && (isOn || !isAsked) ? "template" : "missing";
  if (patch.field === null) return isAsked ? "missing" : "left_out";
  return same(patch.field, template) ? "template" : "own";
}

function fieldsOfRow(row: Whole, shown: (target: string) => boolean): AdaptField[] {
  const { mapping, model, isOn } = row;
  const overrides = new Map(Object.entries(standingOfRow(row).overrides));
  const templates = new Map(mapping.fields.map((field) => [field.target, field]));
  const needed = neededOf(model.fields, row.stream.direction ?? "pull");
  const told = new Set([...templates.keys(), ...Object.keys(mapping.choices), ...overrides.keys()].filter(shown));
  return model.fields
    .filter(({ key }) => told.has(key))
    .map(({ key: target }) => {
      const choice = choiceOf(mapping.choices, target);
      const [template, patch] = [templates.get(target) ?? null, overrides.get(target)];
      const state = stateOf(template, patch, choice.customer === "must_choose", isOn);
      const required = isNeeded({ fields: mapping.fields, model: needed }, target);
      return { target, choice, template, current: patch ? patch.field : template, state, required };
    });
}

const same = (one: FieldMapping | null, other: FieldMapping | null) => keyOf(one) === keyOf(other);

/** For fields that the customer may fill and nothing fills yet: the source field that fits best, as the mapping that taking it makes. */
function suggestionsFor(fields: readonly AdaptField[], row: Whole, sources: readonly SourceField[], say: Say): FieldSuggestion[] {
  const open = new Set(
    fields
      .filter(({ state, choice }) => state === "missing" && (choice.customer === "choose" || choice.customer === "must_choose"))
      .map(({ target }) => target),
  );
  if (open.size === 0) return [];
  const read = new Set(readsOf({ fields: fields.flatMap(({ current }) => current ?? []) }));
  const targets = new Map(row.model.fields.filter(({ key }) => open.has(key)).map((field) => [field.key, field]));
  const free = new Map(sources.filter(({ path }) => !read.has(path)).map((source) => [source.path, source]));
  return suggestMapping([...targets.values()], [...free.values()]).flatMap((suggestion) => {
    const [target, source] = [targets.get(suggestion.target), free.get(suggestion.path)];
    const field = target && source ? fieldFrom(target, source) : null;
    return field ? [{ ...suggestion, reasons: suggestion.signs.map((sign) => say(`reason.${sign}`)), field }] : [];
  });
}

/** Open drifts that reach something this reader may know of. */
function driftsOfRow(row: Whole, sources: readonly SourceField[], shown: (target: string) => boolean, say: Say): DriftView[] {
  const { streamId, mapping, model, chosen } = row;
  if (streamId === null) return [];
  const inForce = withOverrides(mapping.fields, standingOfRow(row).overrides);
  return row.drifts.flatMap(({ id, kind, path, detail, foundAt }) => {
    const targets = detail.targets.filter(shown);
    if (targets.length === 0 && !detail.filter) return [];
    const remedy = remedyOf(
      { ...detail, targets },
      { inForce, filter: mapping.filter, only: chosen.only, model: model.fields, sources, direction: row.stream.direction, say },
    );
    const { to = null } = detail;
    const message = happenedWords(detail, { sources }, say);
    return [
      {
        id,
        streamId,
        kind,
        path,
        targets,
        filter: detail.filter === true,
        message,
        to,
        status: "open" as const,
        foundAt: new Date(foundAt),
        remedy,
      },
    ];
  });
}

/** What this reader has to decide; a field that they do not see is not named as what took a place either. */
const toldConflicts = (conflicts: readonly Conflict[], shown: (target: string) => boolean): Conflict[] =>
  conflicts
    .filter(({ target }) => shown(target))
    .map((one) => (one.takenBy === undefined || shown(one.takenBy) ? one : { ...one, takenBy: "" }));

function viewOf(ctx: Ctx, row: Whole, manifest: Manifest | null, look: NewestLook | null): AdaptStream {
  const { stream, mapping, model } = row;
  const shown = isShown(ctx, mapping.choices);
  const object = manifest?.objects[stream.object];
  const say = sayTo(ctx);
  const samples = samplesOfRow(row, object?.sample ?? null, say);
  const sources = sourcesOfRow(row, object, samples);
  const fields = fieldsOfRow(row, shown);
  const { n, conflicts } = standingOfRow(row);
  const open = seesRecords(ctx);
  return {
    key: stream.key,
    object: stream.object,
    label: inWordsOf(say.language, stream.label),
    streamId: row.streamId,
    isOn: row.isOn,
    direction: stream.direction ?? "pull",
    templateVersion: mapping.version,
    model: { ...model, fields: model.fields.filter(({ key }) => shown(key)) },
    fields,
    sourceFields: open ? sources : sources.map(({ example: _, ...field }) => field),
    schema: lookStateOf(ctx, look, stream.object, row.schema ? new Date(row.schema.takenAt) : null),
    overrides: { n, conflicts: toldConflicts(conflicts, shown) },
    drifts: driftsOfRow(row, sources, shown, say),
    suggestions: suggestionsFor(fields, row, sources, say),
    samples: open ? samples : [],
    filter: mapping.filter,
    ...{ intervalMs: stream.intervalMs, backfillDays: stream.backfillDays ?? null, offers: stream.offers ?? {}, chosen: row.chosen },
  };
}

/**
 * What a template does with a connection's records, stream by stream: its fields, what the customer may choose and has made of them, the account's own
 * fields, what has changed there, what would fit, records to try it on. Hidden fields are not told to customers, nor records to the vendor's support.
 */
export async function getAdaptation(ctx: Ctx, input: { connectionId: ConnectionId; templateId: TemplateId }): Promise<Adaptation> {
  const rows = await adaptationRows(ctx, input);
  const [first] = rows;
  if (!first) throw new AppError("not_found", `no template ${input.templateId} for a connection ${input.connectionId} here`);
  const [find, look] = await Promise.all([findManifests(ctx, [first]), newestLook(ctx, first.connectionId)]);
  const { connectionId, templateId, templateName } = first;
  return { connectionId, templateId, templateName, streams: rows.map((row) => viewOf(ctx, whole(row), find(first), look)) };
}
