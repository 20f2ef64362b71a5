import type { ModelField } from "#server/domains/models/schema";
import { admit, type Budget } from "./admit";
import { compileLoaded } from "./expression-slot";
import { fitOf } from "./fits";
import { LIMITS } from "./limits";
import { isEmpty, Misfit } from "./misfit";
import { compileReader, compileTemplate, compileWriter, eachCount, pathParts, plainNames } from "./paths";
import type { FieldMapping } from "./schema";
import { flatten, lift, valueMap } from "./steps";
import type { Step } from "./transforms/define";
import { compileTransform, definitionOf, isTransform } from "./transforms/registry";
import { placeless, unfilled } from "./unfilled";

/** Why one field of one record did not work out. `message` names the field and the remedy. */
export type FieldFault = { field: string; code: "mapping_failed" | "record_invalid"; message: string };

/** `notes` are faults that the field's own onError rule has settled. */
export type Mapped = { ok: true; data: Record<string, unknown>; notes: FieldFault[] } | { ok: false; faults: FieldFault[] };

/** What came of a record, taken or held back: what the other fields became stands beside what a fault left empty. */
export type Attempt = { data: Record<string, unknown>; notes: FieldFault[]; faults: FieldFault[] };

export type CompiledMapping = {
  apply(source: unknown): Mapped;
  /** The same work, for a preview that shows a record that would be held back too. */
  attempt(source: unknown): Attempt;
};

type Stage = { run: Step; onEmpty: boolean };

type CompiledField = {
  target: string;
  read: (source: unknown) => unknown;
  /** Of a path of one or two names, which `apply` then reads itself. */
  first: string | null;
  second: string | null;
  /** The name that a target of one name is; null for any other target. */
  key: string | null;
  /** Text goes from its place to its target as it is, if it passes `fit`; null = any text does. */
  isPlain: boolean;
  fit: ((value: unknown) => string | null) | null;
  stages: readonly Stage[];
  /** A missing value goes through the stages too, for one of them may have an answer. */
  onEmpty: boolean;
  fallback: unknown;
  required: boolean;
  onError: FieldMapping["onError"];
  write: (target: Record<string, unknown>, value: unknown) => void;
  /** Written to each element that other fields have made, hence after them. */
  spreads: boolean;
  /** How many lists lie around its values. */
  depth: number;
  origin: string;
};

/** The stages of the transforms, and how many lists lie around the values that come out of them. */
function stagesOf(field: FieldMapping, depthOfSource: number): { stages: Stage[]; depth: number } {
  let depth = depthOfSource;
  const stages = field.transforms.map((transform): Stage => {
    const { takes, gives, onEmpty = false } = definitionOf(transform.type);
    const inside = takes === "list" ? Math.max(0, depth - 1) : depth;
    depth = inside + (gives === "list" ? 1 : 0);
    return { run: lift(compileTransform(transform), inside, onEmpty), onEmpty };
  });
  return { stages, depth };
}

const fitting = (model: ModelField): Step => {
  const misfit = fitOf(model);
  return (value) => {
    const reason = misfit(value);
    return reason === null ? value : new Misfit(reason);
  };
};

function readerOf(field: FieldMapping): CompiledField["read"] {
  if (field.from !== undefined) return compileReader(field.from);
  if (field.template !== undefined) return compileTemplate(field.template);
  if (field.expression !== undefined) return compileLoaded(field.expression);
  return () => field.constant;
}

function originOf(field: FieldMapping): string {
  if (field.from !== undefined) return field.from;
  if (field.template !== undefined) return "its template";
  return field.expression !== undefined ? "its expression" : "its constant";
}

function buildField(field: FieldMapping, model: ModelField | undefined): CompiledField {
  const room = eachCount(field.target);
  const { stages, depth } = stagesOf(field, field.from === undefined ? 0 : eachCount(field.from));
  const excess = depth - room - 1;
  const [first, second] = (field.from === undefined ? null : plainNames(field.from)) ?? [null, null];
  if (field.values) stages.push({ run: lift(valueMap(field.values), depth, false), onEmpty: false });
  const [name, ...rest] = pathParts(field.target);
  const key = rest.length === 0 ? String(name) : null;
  if (excess > 0) stages.push({ run: lift(flatten(excess), room, false), onEmpty: false });
  if (model) stages.push({ run: lift(fitting(model), Math.min(room, depth), false), onEmpty: false });
  return {
    target: field.target,
    read: readerOf(field),
    first,
    second,
    key,
    isPlain: key !== null && stages.length === (model ? 1 : 0),
    fit: model && model.type !== "string" ? fitOf(model) : null,
    stages,
    onEmpty: stages.some((stage) => stage.onEmpty),
    fallback: fallbackOf(field, model),
    required: field.required || (model?.required ?? false),
    onError: field.onError,
    write: compileWriter(field.target, Math.min(room, depth)),
    spreads: depth < room,
    depth,
    origin: originOf(field),
  };
}

function compileField(field: FieldMapping, model: ModelField | undefined): CompiledField {
  try {
    return buildField(field, model);
  } catch (error) {
    throw error instanceof RangeError ? new RangeError(`${field.target}: ${error.message}`) : error;
  }
}

/** Why the field's default is no value of the model's field, with the remedy; null when it is one, or there is none. */
export function defaultFault(field: FieldMapping, model: ModelField | undefined): string | null {
  if (!model || field.default === undefined || field.default === null) return null;
  const reason = fitOf(model)(field.default);
  return reason === null ? null : `the value for when it is empty does not fit: ${reason.split(";")[0]}`;
}

/** What the field has when there is no value. One that does not fit is never passed on: it is the record's fault when it is needed. */
function fallbackOf(field: FieldMapping, model: ModelField | undefined): unknown {
  const reason = defaultFault(field, model);
  return reason === null ? (field.default ?? null) : new Misfit(`cannot be filled, for ${reason}`);
}

/**
 * One value for each entry of a list needs fields that make the entries. Where none does, the value would be nowhere: that is a fault.
 */
function withoutList(field: CompiledField, all: readonly CompiledField[]): CompiledField {
  if (!field.spreads) return field;
  const target = placeless(field.target);
  const list = target.split("[]", field.depth + 1).join("[]");
  const makes = (other: CompiledField) => {
    const own = placeless(other.target);
    return !other.spreads || other.depth > field.depth
      ? own === list || own.startsWith(`${list}[`) || list.startsWith(`${own}.`) || list.startsWith(`${own}[`)
      : false;
  };
  if (all.some((other) => other !== field && makes(other))) return field;
  const lost = new Misfit(
    `is one value, but no field makes entries of ${list}[]; fill another field of them from a list first, or take a path with [] here`,
  );
  return { ...field, stages: [{ run: () => lost, onEmpty: false }], fallback: field.fallback === null ? null : lost };
}

const faultsOf = (lacking: readonly FieldFault[]): FieldFault[] | null => (lacking.length > 0 ? [...lacking] : null);

const unfilledFault = ({ key }: ModelField): FieldFault => ({
  field: key,
  code: "record_invalid",
  message: `${key} is required, but nothing fills it; choose where it comes from in the mapping`,
});

/** Runs transforms, value map and type check; a {@link Misfit} when the value does not fit. */
function work(field: CompiledField, value: unknown, source: unknown): unknown {
  let result = value;
  for (const stage of field.stages) {
    if ((result === null || result === undefined) && !stage.onEmpty) continue;
    result = stage.run(result, source);
    if (result instanceof Misfit) return result;
  }
  return result;
}

/** Transforms in what is said to a person go by what they are called where one adds them. */
const inWords = (reason: string): string =>
  reason.replace(/"(\w+)" transform/g, (said, type: string) => (isTransform(type) ? `"${definitionOf(type).title}" transform` : said));

function faultOf(field: CompiledField, misfit: Misfit): FieldFault {
  if (misfit.missing) {
    return {
      field: field.target,
      code: "record_invalid",
      message: `${field.target} is required, but ${field.origin} is empty in this record`,
    };
  }
  return { field: field.target, code: "mapping_failed", message: `${field.target} (from ${field.origin}) ${inWords(misfit.reason)}` };
}

type Bag = Record<string, unknown>;

const inside = (value: unknown, name: string): unknown => (value !== null && typeof value === "object" ? (value as Bag)[name] : undefined);

/** The field's value, its default when there is none; a {@link Misfit} when the record has to be held back for it. */
function fieldValue(field: CompiledField, raw: unknown, source: unknown, budget: Budget, notes: FieldFault[]): unknown {
  let value: unknown = null;
  if (raw instanceof Misfit) value = raw;
  else if (!isEmpty(raw)) value = work(field, raw, source);
  else if (field.onEmpty) value = work(field, null, source);
  if (!(value instanceof Misfit)) value = admit(value, budget);
  if (value instanceof Misfit) {
    const settled = field.onError === "default" ? field.fallback : null;
    if (field.onError === "quarantine" || (settled === null && field.required)) return value;
    notes.push(faultOf(field, value));
    return settled;
  }
  if (value === null || value === undefined) value = field.fallback;
  return value === null && field.required ? new Misfit("is missing", true) : value;
}

/** The value as it is in the source; `holder` is what lies at the field's first name. */
const rawOf = ({ first, second, read }: CompiledField, source: unknown, holder: unknown): unknown =>
  first === null ? read(source) : second === null ? holder : inside(holder, second);

/** Whether it is text that goes to its target as it is; takes its part of what is left of the limits then. */
function isPlain(field: CompiledField, raw: unknown, budget: Budget): raw is string {
  if (!field.isPlain || typeof raw !== "string" || raw === "" || raw.length > budget.text) return false;
  if (field.fit !== null && field.fit(raw) !== null) return false;
  budget.text -= raw.length;
  return true;
}

function put({ key, write }: CompiledField, value: unknown, data: Bag): null {
  if (key !== null) data[key] = value;
  else write(data, value);
  return null;
}

type Made = { data: Bag; budget: Budget; notes: FieldFault[] };

/** Works the value out and puts it in its place; the fault when the record has to be held back for it. */
function place(field: CompiledField, raw: unknown, source: unknown, { data, budget, notes }: Made): FieldFault | null {
  const value = fieldValue(field, raw, source, budget, notes);
  return value instanceof Misfit ? faultOf(field, value) : put(field, value, data);
}

/**
 * Compiles a mapping once into a pure function from source record to model record. Used by the worker and by the preview
 * in the browser, so that a preview cannot lie. `apply` never throws and never changes the source. What the model requires and
 * nothing fills holds every record back, as an empty value of it would.
 * Throws RangeError naming the field when a path, a setting or an expression cannot work; wait for `ensureExpressions(fields)`
 * first when fields may hold expressions.
 */
export function compileMapping(fields: readonly FieldMapping[], modelFields: readonly ModelField[]): CompiledMapping {
  const types = new Map(modelFields.map((field) => [field.key, field]));
  const made = fields.map((field) => compileField(field, types.get(field.target)));
  const all = made.map((field) => withoutList(field, made));
  const compiled = [...all.filter((field) => !field.spreads), ...all.filter((field) => field.spreads)];
  // Every record starts as a copy of the same shape, which costs half of adding name after name.
  const lacking = unfilled(fields, modelFields).map(unfilledFault);
  const shape: Record<string, unknown> = {};
  for (const field of compiled) shape[String(pathParts(field.target)[0])] = null;
  const begin = (): Made => ({ data: { ...shape }, budget: { text: LIMITS.text, values: LIMITS.values }, notes: [] });
  const run = (source: unknown, made: Made): FieldFault[] | null => {
    let faults: FieldFault[] | null = faultsOf(lacking);
    let holder: unknown;
    let held: string | null = null;
    for (const field of compiled) {
      // Fields that lie side by side, as most do, are read from what holds them, which is looked up once.
      if (field.first !== null && field.first !== held) {
        holder = inside(source, field.first);
        held = field.first;
      }
      const raw = rawOf(field, source, holder);
      const fault = isPlain(field, raw, made.budget) ? put(field, raw, made.data) : place(field, raw, source, made);
      if (fault === null) continue;
      faults ??= [];
      faults.push(fault);
    }
    return faults;
  };
  return {
    apply(source) {
      const made = begin();
      const faults = run(source, made);
      return faults ? { ok: false, faults } : { ok: true, data: made.data, notes: made.notes };
    },
    attempt(source) {
      const made = begin();
      const faults = run(source, made) ?? [];
      return { data: made.data, notes: made.notes, faults };
    },
  };
}
