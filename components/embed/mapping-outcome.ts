import type { ModelField } from "#server/domains/models/schema";
import type { AdaptStream } from "#server/domains/overrides/schema";
import { type CompiledMapping, compileMapping } from "#server/mapping/compile";
import { expressionsLoaded } from "#server/mapping/expression-slot";
import { compileFilter } from "#server/mapping/filter";
import { isEmpty } from "#server/mapping/misfit";
import { compileReader } from "#server/mapping/paths";
import type { FieldMapping } from "#server/mapping/schema";
import { type Edits, mappingOf } from "./mapping-draft";

/** What one field becomes on one record, by the very code that syncs use. `note`: it did not fit, and what happens instead. */
export type Outcome =
  | { state: "unmapped" }
  | { state: "ok"; before: unknown; after: unknown; note: string | null }
  | { state: "fault"; before: unknown; message: string };

const WANTS: Record<ModelField["type"], string> = {
  string: "a text",
  number: "a number",
  decimal: "a number",
  boolean: "yes or no",
  date: "a date",
  datetime: "a date with a time",
  enum: "one of the values there are",
  reference: "the id of another record",
  money: "an amount with its currency",
  object: "a group of values",
  array: "a list",
};

export const shown = (value: unknown): string =>
  isEmpty(value)
    ? "empty"
    : typeof value === "object"
      ? JSON.stringify(value)
      : typeof value === "boolean"
        ? value
          ? "yes"
          : "no"
        : String(value);

const short = (value: unknown) => {
  const text = shown(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
};

/** Why a value does not fit, in the customer's words: the engine's own speak of its parts. */
function misfitWords(model: ModelField, before: unknown): string {
  if (model.type === "enum" && model.values) return `“${short(before)}” is not one of the values that “${model.name}” can have`;
  return before === undefined ? `What comes out is not ${WANTS[model.type]}` : `“${short(before)}” is not ${WANTS[model.type]}`;
}

const remedyWords = (model: ModelField) =>
  model.type === "enum" ? "Say under “Values” what it means, or choose another field." : "Choose another field.";

export const faultWords = (model: ModelField, code: string, before: unknown): string =>
  code === "record_invalid"
    ? "Empty in this record, and needed in every record: records without it are held back. Choose another field, or give a value for when it is empty."
    : `${misfitWords(model, before)}, so the record is held back. ${remedyWords(model)}`;

function noteWords(model: ModelField, before: unknown, after: unknown): string {
  return `${misfitWords(model, before)}, so ${isEmpty(after) ? "it is left empty" : `“${short(after)}” is taken`}. ${remedyWords(model)}`;
}

export function outcomeOf(field: FieldMapping | null, model: ModelField, source: unknown): Outcome {
  if (field === null || source === undefined) return { state: "unmapped" };
  if (field.expression !== undefined && !expressionsLoaded()) return { state: "unmapped" }; // in a moment
  try {
    const before = field.from === undefined ? undefined : compileReader(field.from)(source);
    const mapped = compileMapping([field], [model]).apply(source);
    if (!mapped.ok) return { state: "fault", before, message: faultWords(model, mapped.faults[0]?.code ?? "mapping_failed", before) };
    const after = compileReader(field.target)(mapped.data);
    return { state: "ok", before, after, note: mapped.notes.length > 0 ? noteWords(model, before, after) : null };
  } catch {
    return { state: "fault", before: undefined, message: "This cannot be used here. Choose another field." };
  }
}

/** What becomes of one record: the vendor's record, held back with the fields that do not fit, or left out by the filter. */
export type Verdict = { state: "taken" | "held" | "left_out"; faults: string[] };

const NEVER: CompiledMapping = { apply: () => ({ ok: false, faults: [] }) };

function compiled(stream: AdaptStream, edits: Edits): CompiledMapping {
  const fields = mappingOf(stream, edits).filter((field) => field.expression === undefined || expressionsLoaded());
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
  return stream.samples.map(({ source }) => {
    if (!filter(source)) return { state: "left_out", faults: [] };
    const mapped = mapping.apply(source);
    return mapped.ok ? { state: "taken", faults: [] } : { state: "held", faults: mapped.faults.map(({ field }) => field) };
  });
}
