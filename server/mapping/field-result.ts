import type { ModelField } from "#server/domains/models/schema";
import { compileMapping, type FieldFault } from "./compile";
import { expressionsLoaded } from "./expression-slot";
import { compileReader } from "./paths";
import type { FieldMapping } from "./schema";

/** What one field becomes on one record. */
export type Result =
  | { state: "unmapped" }
  | { state: "ok"; before: unknown; after: unknown; notes: FieldFault[] }
  /** `code`: null = the field cannot be used on any record. */
  | { state: "fault"; before: unknown; message: string; code: FieldFault["code"] | null };

const read = (record: Record<string, unknown>, path: string) => compileReader(path)(record);

type Tried = { run: (source: unknown) => Result; known: WeakMap<object, Result> };

// By identity, for what is edited is never changed in place: at a key in one of a thousand fields the others are not worked out anew.
const tried = new WeakMap<FieldMapping, WeakMap<ModelField, Tried>>();

const faultOf = (before: unknown, error: unknown): Result => ({
  state: "fault",
  before,
  message: error instanceof Error ? error.message : "cannot be used",
  code: null,
});

function runnerOf(field: FieldMapping, model: ModelField): Tried["run"] {
  try {
    const readFrom = field.from === undefined ? () => undefined : compileReader(field.from);
    const mapping = compileMapping([field], [model]);
    return (source) => {
      const before = readFrom(source);
      const mapped = mapping.apply(source);
      if (!mapped.ok) {
        const [fault] = mapped.faults;
        return { state: "fault", before, message: fault?.message ?? "does not fit", code: fault?.code ?? "mapping_failed" };
      }
      return { state: "ok", before, after: read(mapped.data, field.target), notes: mapped.notes };
    };
  } catch (error) {
    return () => faultOf(undefined, error);
  }
}

function triedOf(field: FieldMapping, model: ModelField): Tried {
  const byModel = tried.get(field) ?? new WeakMap<ModelField, Tried>();
  tried.set(field, byModel);
  const held = byModel.get(model) ?? { run: runnerOf(field, model), known: new WeakMap() };
  byModel.set(model, held);
  return held;
}

const UNFILLED: Result = { state: "fault", before: undefined, message: "Required: choose where it comes from.", code: "record_invalid" };

/**
 * What one field becomes on one record, by the very code that production runs, with no other field beside it. Within a mapping,
 * `resultWithin` of ./whole tells.
 */
export function resultOf(field: FieldMapping | undefined, model: ModelField, source: unknown): Result {
  if (!field) return model.required ? UNFILLED : { state: "unmapped" };
  if (field.expression !== undefined && !expressionsLoaded()) return { state: "unmapped" }; // in a moment
  const { run, known } = triedOf(field, model);
  if (typeof source !== "object" || source === null) return run(source);
  const result = known.get(source) ?? run(source);
  known.set(source, result);
  return result;
}
