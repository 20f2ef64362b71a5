import type { ModelField } from "#server/domains/models/schema";
import { compileReader, compileTemplate, compileWriter } from "./paths";
import type { FieldMapping } from "./schema";
import { compileTransform, describeValue, Misfit } from "./transforms";

/** Why one field of one record did not work out. `message` names the field and the remedy. */
export type FieldFault = { field: string; code: "mapping_failed" | "record_invalid"; message: string };

/** `notes` are faults that the field's own onError rule has settled. */
export type Mapped = { ok: true; data: Record<string, unknown>; notes: FieldFault[] } | { ok: false; faults: FieldFault[] };

export type CompiledMapping = { apply(source: unknown): Mapped };

type CompiledField = {
  target: string;
  read: (source: unknown) => unknown;
  steps: ((value: unknown) => unknown)[];
  values: ReadonlyMap<string, unknown> | null;
  fallback: unknown;
  required: boolean;
  onError: FieldMapping["onError"];
  misfit: (value: unknown) => string | null;
  write: (target: Record<string, unknown>, value: unknown) => void;
  origin: string;
};

const DATETIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Says what is wrong with a value for a type, or null when it fits. */
const FITS: Record<ModelField["type"], (value: unknown) => string | null> = {
  string: (v) => (typeof v === "string" ? null : `expected text, got ${describeValue(v)}; add the "string" transform`),
  number: (v) =>
    typeof v === "number" && Number.isFinite(v) ? null : `expected a number, got ${describeValue(v)}; add the "number" transform`,
  boolean: (v) => (typeof v === "boolean" ? null : `expected yes or no, got ${describeValue(v)}; add the "boolean" transform`),
  datetime: (v) =>
    typeof v === "string" && DATETIME.test(v) ? null : `expected a date and time, got ${describeValue(v)}; add the "datetime" transform`,
  date: (v) => (typeof v === "string" && DATE.test(v) ? null : `expected a date, got ${describeValue(v)}; add the "date" transform`),
  object: (v) => (v !== null && typeof v === "object" && !Array.isArray(v) ? null : `expected an object, got ${describeValue(v)}`),
  array: (v) => (Array.isArray(v) ? null : `expected a list, got ${describeValue(v)}; add the "split" transform`),
};

function compileField(field: FieldMapping, model: ModelField | undefined): CompiledField {
  let read: CompiledField["read"];
  if (field.from !== undefined) read = compileReader(field.from);
  else if (field.template !== undefined) read = compileTemplate(field.template);
  else read = () => field.constant;
  return {
    target: field.target,
    read,
    steps: field.transforms.map(compileTransform),
    values: field.values ? new Map(Object.entries(field.values)) : null,
    fallback: field.default ?? null,
    required: field.required || (model?.required ?? false),
    onError: field.onError,
    misfit: model ? FITS[model.type] : () => null,
    write: compileWriter(field.target),
    origin: field.from ?? (field.template !== undefined ? "its template" : "its constant"),
  };
}

/** Runs transforms, value map and type check; a {@link Misfit} when the value does not fit. */
function work(field: CompiledField, value: unknown): unknown {
  let result = value;
  for (const step of field.steps) {
    result = step(result);
    if (result instanceof Misfit) return result;
  }
  if (field.values && (typeof result === "string" || typeof result === "number" || typeof result === "boolean")) {
    const mapped = field.values.get(String(result));
    if (mapped !== undefined) result = mapped;
  }
  if (result === null || result === undefined) return result;
  const reason = field.misfit(result);
  return reason === null ? result : new Misfit(reason);
}

const isEmpty = (value: unknown) => value === undefined || value === null || value === "";

function faultOf(field: CompiledField, misfit: Misfit): FieldFault {
  if (misfit.missing) {
    return {
      field: field.target,
      code: "record_invalid",
      message: `${field.target} is required, but ${field.origin} is empty in this record`,
    };
  }
  return { field: field.target, code: "mapping_failed", message: `${field.target} (from ${field.origin}) ${misfit.reason}` };
}

/** The field's value, its default when there is none; a {@link Misfit} when the record has to be held back for it. */
function fieldValue(field: CompiledField, source: unknown, notes: FieldFault[]): unknown {
  const raw = field.read(source);
  let value = isEmpty(raw) ? null : work(field, raw);
  if (value instanceof Misfit) {
    if (field.onError === "quarantine") return value;
    notes.push(faultOf(field, value));
    value = field.onError === "default" ? field.fallback : null;
  }
  if (value === null || value === undefined) value = field.fallback;
  return value === null && field.required ? new Misfit("is missing", true) : value;
}

/**
 * Compiles a mapping once into a pure function from source record to model record. Used by the worker and by the preview
 * in the browser, so that a preview cannot lie. `apply` never throws and never changes the source.
 * Throws RangeError when a path names a prototype.
 */
export function compileMapping(fields: readonly FieldMapping[], modelFields: readonly ModelField[]): CompiledMapping {
  const types = new Map(modelFields.map((field) => [field.key, field]));
  const compiled = fields.map((field) => compileField(field, types.get(field.target)));
  return {
    apply(source) {
      const data: Record<string, unknown> = {};
      const notes: FieldFault[] = [];
      let faults: FieldFault[] | null = null;
      for (const field of compiled) {
        const value = fieldValue(field, source, notes);
        if (value instanceof Misfit) {
          faults ??= [];
          faults.push(faultOf(field, value));
        } else field.write(data, value);
      }
      return faults ? { ok: false, faults } : { ok: true, data, notes };
    },
  };
}
