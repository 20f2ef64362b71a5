import type { ModelField } from "#server/domains/models/schema";
import type { AdaptStream } from "#server/domains/overrides/schema";
import type { SourceField } from "#server/lib/source-field";
import { type CompiledMapping, compileMapping } from "#server/mapping/compile";
import { expressionsLoaded } from "#server/mapping/expression-slot";
import { fieldPaths } from "#server/mapping/field-paths";
import { compileFilter } from "#server/mapping/filter";
import { isEmpty } from "#server/mapping/misfit";
import { compileOnly } from "#server/mapping/only-values";
import { compileReader } from "#server/mapping/paths";
import type { FieldMapping } from "#server/mapping/schema";
import type { Say } from "#server/words/say";
import { type Edits, lacksCurrency, mappingOf } from "./mapping-draft";
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

/** What becomes of one record: the vendor's record, held back with the fields that do not fit, or left out by the filter. */
export type Verdict = { state: "taken" | "held" | "left_out"; faults: string[] };

const NEVER: CompiledMapping = { apply: () => ({ ok: false, faults: [] }) };

function compiled(stream: AdaptStream, edits: Edits): CompiledMapping {
  const fields = mappingOf(stream, edits).filter(
    (field) => (field.expression === undefined || expressionsLoaded()) && !lacksCurrency(field),
  );
  try {
    return compileMapping(fields, stream.model.fields);
  } catch {
    return NEVER;
  }
}

function passes(filter: string | null): (source: unknown) => boolean {
  if (filter === null || !expressionsLoaded()) return () => true;
  try {
    const judge = compileFilter(filter);
    return (source) => {
      const verdict = judge(source);
      return !verdict.ok || verdict.passes;
    };
  } catch {
    return () => true;
  }
}

/** What becomes of each sample, in their order. */
export function verdictsOf(stream: AdaptStream, edits: Edits): Verdict[] {
  const mapping = compiled(stream, edits);
  const filter = passes(stream.filter);
  const only = compileOnly(stream.chosen.only ?? {});
  return stream.samples.map(({ source }) => {
    if (!filter(source) || only?.(source) === false) return { state: "left_out", faults: [] };
    const mapped = mapping.apply(source);
    return mapped.ok ? { state: "taken", faults: [] } : { state: "held", faults: mapped.faults.map(({ field }) => field) };
  });
}
