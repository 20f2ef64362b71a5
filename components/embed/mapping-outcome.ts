import type { ModelField } from "#server/domains/models/schema";
import type { AdaptStream } from "#server/domains/overrides/schema";
import type { SourceField } from "#server/lib/source-field";
import { compileMapping } from "#server/mapping/compile";
import { expressionsLoaded } from "#server/mapping/expression-slot";
import { fieldPaths } from "#server/mapping/field-paths";
import { isEmpty } from "#server/mapping/misfit";
import type { OnlyValues } from "#server/mapping/only-values";
import { compileReader } from "#server/mapping/paths";
import type { FieldMapping } from "#server/mapping/schema";
import { type Tally, tallyOf } from "#server/mapping/tally";
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

/** Why a value does not fit, in the customer's words: the engine's own speak of its parts. */
function misfitWords(model: ModelField, before: unknown, say: Say): string {
  const value = short(before, say);
  if (model.type === "enum" && model.values) return say("wants.enum_of", { value, field: model.name });
  return before === undefined ? say("wants.result", { field: model.name }) : say(`wants.${model.type}`, { value });
}

const remedyWords = (model: ModelField, say: Say) => say(model.type === "enum" ? "outcome.remedy_values" : "outcome.remedy");

export const faultWords = (model: ModelField, code: string, before: unknown, say: Say): string =>
  code === "record_invalid"
    ? say("outcome.needed")
    : say("outcome.held", { misfit: misfitWords(model, before, say), remedy: remedyWords(model, say) });

function noteWords(model: ModelField, before: unknown, after: unknown, say: Say): string {
  const [misfit, remedy] = [misfitWords(model, before, say), remedyWords(model, say)];
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
): Outcome {
  if (field === null || source === undefined) return { state: "unmapped" };
  if (isUnread(field, source, sources)) return { state: "unread" };
  if (field.expression !== undefined && !expressionsLoaded()) return { state: "unmapped" }; // in a moment
  if (lacksCurrency(field)) return { state: "fault", before: undefined, message: say("money.needed") };
  try {
    const before = field.from === undefined ? undefined : compileReader(field.from)(source);
    const mapped = compileMapping([field], [model]).apply(source);
    if (!mapped.ok) return { state: "fault", before, message: faultWords(model, mapped.faults[0]?.code ?? "mapping_failed", before, say) };
    const after = compileReader(field.target)(mapped.data);
    return { state: "ok", before, after, note: mapped.notes.length > 0 ? noteWords(model, before, after, say) : null };
  } catch {
    return { state: "fault", before: undefined, message: say("outcome.unusable") };
  }
}

/** What becomes of the samples. `only`: which records the customer wants, as it is ticked beside them. */
export function tallyFor(stream: AdaptStream, edits: Edits, only: OnlyValues | undefined): Tally {
  const fields = mappingOf(stream, edits).filter((field) => !lacksCurrency(field));
  const sought = { fields: new Map(fields.map((field) => [field.target, field])), filter: stream.filter, only };
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
