import type { ModelField } from "#server/domains/models/schema";
import { type Attempt, type CompiledMapping, compileMapping, type FieldFault } from "./compile";
import { expressionsLoaded } from "./expression-slot";
import { type Result, resultOf } from "./field-result";
import { compileReader, pathParts } from "./paths";
import type { FieldMapping } from "./schema";

/** A mapping by target, as it is edited. */
export type Fields = ReadonlyMap<string, FieldMapping>;

/** Faults and notes of one record by the field that they blame, beside what the record became. */
type Tried = { data: Attempt["data"]; faults: ReadonlyMap<string, FieldFault>; notes: ReadonlyMap<string, FieldFault[]>; held: boolean };

/** A whole mapping, tried on records: what a field becomes there may hang on the fields beside it. */
export type Whole = {
  /** Whether the mapping takes the record, as the worker would. */
  standOf(source: unknown): "whole" | "partly" | "held";
  resultOf(field: ModelField, source: unknown): Result;
  /** Whether other fields are written to where this one is: alone it cannot be told what it becomes. */
  isShared(key: string): boolean;
};

const rootOf = (target: string): string => {
  try {
    return String(pathParts(target)[0]);
  } catch {
    return target;
  }
};

function faultIn(field: FieldMapping): string | null {
  try {
    compileMapping([field], []);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : "cannot be used";
  }
}

/** Fills nothing, where the field's own value is not known yet. */
const blank = ({ target }: FieldMapping): FieldMapping => ({ target, constant: null, transforms: [], required: false, onError: "null" });

type Compiled = { mapping: CompiledMapping; broken: ReadonlyMap<string, string>; pending: ReadonlySet<string> };

/** One compilation; only where it fails are the fields that cannot be used sought out, so that the others are shown all the same. */
function compiled(fields: Fields, model: readonly ModelField[]): Compiled {
  const waits = expressionsLoaded() ? [] : [...fields.values()].filter(({ expression }) => expression !== undefined);
  const pending = new Set(waits.map(({ target }) => target));
  const all = [...fields.values()].map((field) => (pending.has(field.target) ? blank(field) : field));
  try {
    return { mapping: compileMapping(all, model), broken: new Map(), pending };
  } catch {
    const faulty = all.map((field) => [field.target, faultIn(field)] as const);
    const broken = new Map(faulty.flatMap(([target, fault]) => (fault === null ? [] : [[target, fault] as const])));
    const usable = all.filter(({ target }) => !broken.has(target));
    return { mapping: compileMapping(usable, model), broken, pending };
  }
}

function triedOn({ mapping, broken, pending }: Compiled, source: unknown): Tried {
  const { data, notes, faults } = mapping.attempt(source);
  const byField = new Map<string, FieldFault[]>();
  for (const note of notes) byField.set(note.field, [...(byField.get(note.field) ?? []), note]);
  const blamed = faults.filter(({ field }) => !pending.has(field));
  return {
    data,
    notes: byField,
    faults: new Map(blamed.map((fault) => [fault.field, fault])),
    held: blamed.length > 0 || broken.size > 0,
  };
}

const before = (field: FieldMapping, source: unknown) => (field.from === undefined ? undefined : compileReader(field.from)(source));

function resultIn(own: FieldMapping, { broken, pending }: Compiled, tried: Tried, source: unknown): Result {
  const { target } = own;
  if (pending.has(target)) return { state: "unmapped" }; // in a moment
  const why = broken.get(target);
  if (why !== undefined) return { state: "fault", before: undefined, message: why, code: null };
  const fault = tried.faults.get(target);
  if (fault) return { state: "fault", before: before(own, source), message: fault.message, code: fault.code };
  return { state: "ok", before: before(own, source), after: compileReader(target)(tried.data), notes: tried.notes.get(target) ?? [] };
}

function wholeFrom(fields: Fields, model: readonly ModelField[]): Whole {
  let made: Compiled | null = null; // at the first record
  const the = () => {
    made ??= compiled(fields, model);
    return made;
  };
  const known = new WeakMap<object, Tried>();
  const tried = (source: unknown): Tried => {
    if (typeof source !== "object" || source === null) return triedOn(the(), source);
    const found = known.get(source) ?? triedOn(the(), source);
    known.set(source, found);
    return found;
  };
  const targets = new Map<string, number>();
  for (const target of fields.keys()) targets.set(rootOf(target), (targets.get(rootOf(target)) ?? 0) + 1);
  return {
    standOf(source) {
      const { held, notes } = tried(source);
      return held ? "held" : notes.size > 0 ? "partly" : "whole";
    },
    resultOf(field, source) {
      const own = fields.get(field.key);
      if (own) return resultIn(own, the(), tried(source), source);
      return field.required && !tried(source).faults.has(field.key) ? { state: "unmapped" } : resultOf(undefined, field, source);
    },
    isShared: (key) => (targets.get(rootOf(key)) ?? 0) > Number(fields.has(key)),
  };
}

type Held = { whole: Whole; loaded: boolean };

// By identity, for what is edited is never changed in place: one compilation for all rows and samples of a mapping.
const held = new WeakMap<Fields, WeakMap<readonly ModelField[], Held>>();

/** The whole mapping, compiled once for as long as neither it nor the model is another one. */
export function wholeOf(fields: Fields, model: readonly ModelField[]): Whole {
  const byModel = held.get(fields) ?? new WeakMap<readonly ModelField[], Held>();
  held.set(fields, byModel);
  const loaded = expressionsLoaded();
  const found = byModel.get(model);
  if (found?.loaded === loaded) return found.whole;
  const whole = wholeFrom(fields, model);
  byModel.set(model, { whole, loaded });
  return whole;
}

/**
 * What one field becomes on one record, within its mapping. Where no other field is written to its place it is worked out alone:
 * at a key in one of a thousand fields the others are not worked out anew.
 */
export const resultWithin = (whole: Whole, own: FieldMapping | undefined, field: ModelField, source: unknown): Result =>
  whole.isShared(field.key) ? whole.resultOf(field, source) : resultOf(own, field, source);
