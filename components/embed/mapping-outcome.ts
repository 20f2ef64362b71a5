import type { ModelField } from "#server/domains/models/schema";
import type { AdaptStream } from "#server/domains/overrides/schema";
import type { SourceField } from "#server/lib/source-field";
import { expressionsLoaded } from "#server/mapping/expression-slot";
import { fieldPaths } from "#server/mapping/field-paths";
import { resultOf } from "#server/mapping/field-result";
import { isEmpty } from "#server/mapping/misfit";
import { misfitWords } from "#server/mapping/misfit-words";
import type { OnlyValues } from "#server/mapping/only-values";
import { compileReader } from "#server/mapping/paths";
import type { FieldMapping } from "#server/mapping/schema";
import { type Tally, tallyOf } from "#server/mapping/tally";
import { type Whole, wholeOf } from "#server/mapping/whole";
import type { Say } from "#server/words/say";
import { choosable, type Edits, lacksCurrency, mappingOf } from "./mapping-draft";
import { readable } from "./moment-words";

/** What one field becomes on one record, by the very code that syncs use. `note`: it did not fit, and what happens instead. */
export type Outcome =
  | { state: "unmapped" }
  /** The records at hand do not show what it is filled from. */
  | { state: "unread" }
  | { state: "ok"; before: unknown; after: unknown; note: string | null }
  | { state: "fault"; before: unknown; message: string };

/** A value as the customer reads it. */
/** `12.50 EUR`; null for what is no money. */
function moneyText(value: object | null): string | null {
  const { amount, currency, ...rest } = (value ?? {}) as Record<string, unknown>;
  return typeof amount === "string" && typeof currency === "string" && Object.keys(rest).length === 0 ? `${amount} ${currency}` : null;
}

export const shown = (value: unknown, say: Say): string =>
  isEmpty(value)
    ? say("common.empty")
    : typeof value === "object"
      ? (moneyText(value) ?? JSON.stringify(value))
      : typeof value === "boolean"
        ? say(value ? "common.yes" : "common.no").toLowerCase()
        : readable(String(value), say.locale);

const short = (value: unknown, say: Say) => {
  const text = shown(value, say);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
};

const remedyWords = (model: ModelField, say: Say) => say(model.type === "enum" ? "outcome.remedy_values" : "outcome.remedy");

export const faultWords = (model: ModelField, code: string, before: unknown, say: Say): string =>
  code === "record_invalid"
    ? say("outcome.needed")
    : say("outcome.held", { misfit: misfitWords(model, before, short(before, say), say), remedy: remedyWords(model, say) });

function noteWords(model: ModelField, before: unknown, after: unknown, say: Say): string {
  const [misfit, remedy] = [misfitWords(model, before, short(before, say), say), remedyWords(model, say)];
  return isEmpty(after)
    ? say("outcome.left_empty", { misfit, remedy })
    : say("outcome.taken", { misfit, remedy, value: short(after, say) });
}

/** The account's fields by path. */
type Sources = ReadonlyMap<string, SourceField>;
const NO_SOURCES: Sources = new Map();

/** Whether a record lacks something that the field reads because it was never asked for, and not because there is nothing. */
function isUnread(field: FieldMapping, source: unknown, sources: Sources): boolean {
  return fieldPaths(field, () => []).some((path) => sources.get(path)?.unread === true && compileReader(path)(source) === undefined);
}

export function outcomeOf(
  field: FieldMapping | null,
  model: ModelField,
  source: unknown,
  say: Say,
  sources: Sources = NO_SOURCES,
  whole: Whole | null = null,
): Outcome {
  if (field === null || source === undefined) return { state: "unmapped" };
  if (isUnread(field, source, sources)) return { state: "unread" };
  if (field.expression !== undefined && !expressionsLoaded()) return { state: "unmapped" }; // in a moment
  if (lacksCurrency(field)) return { state: "fault", before: undefined, message: say("money.needed") };
  const result = whole?.isShared(model.key) ? whole.resultOf(model, source) : resultOf(field, model, source);
  if (result.state === "unmapped") return result;
  const { before } = result;
  if (result.state === "ok")
    return { state: "ok", before, after: result.after, note: result.notes.length > 0 ? noteWords(model, before, result.after, say) : null };
  return { state: "fault", before, message: result.code === null ? say("outcome.unusable") : faultWords(model, result.code, before, say) };
}

/** The mapping as it would be. An amount whose currency nobody has said yet is not in it: that is asked for where it stands. */
export function wholeFor(stream: AdaptStream, edits: Edits): Whole {
  return wholeOf(draftFor(stream, edits), stream.model.fields);
}

/** The mapping as it stands, with another side of one field. */
export const wholeWith = (stream: AdaptStream, target: string, field: FieldMapping | null): Whole =>
  wholeFor(stream, new Map([[target, field]]));

const drafts = new WeakMap<AdaptStream, WeakMap<Edits, ReadonlyMap<string, FieldMapping>>>();

/** One map for one stream and its edits, so that what is compiled of it is compiled once. */
function draftFor(stream: AdaptStream, edits: Edits): ReadonlyMap<string, FieldMapping> {
  const byEdits = drafts.get(stream) ?? new WeakMap<Edits, ReadonlyMap<string, FieldMapping>>();
  drafts.set(stream, byEdits);
  const made =
    byEdits.get(edits) ??
    new Map(mappingOf(stream, edits).flatMap((field) => (lacksCurrency(field) ? [] : [[field.target, field] as const])));
  byEdits.set(edits, made);
  return made;
}

/** What becomes of the samples. `only`: which records the customer wants, as it is ticked beside them. */
export function tallyFor(stream: AdaptStream, edits: Edits, only: OnlyValues | undefined): Tally {
  const sought = { fields: draftFor(stream, edits), filter: stream.filter, only };
  return tallyOf(
    sought,
    stream.model.fields,
    stream.samples.map(({ source }) => source),
  );
}

/** Names of the fields that the customer may mend and none of the samples fills. */
export function barrenNames(stream: AdaptStream, { barren }: Tally): string[] {
  const free = new Set(choosable(stream).map(({ target }) => target));
  return barren.flatMap(({ field: { key, name } }) => (free.has(key) ? [name] : []));
}
