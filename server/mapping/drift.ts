import type { ModelField } from "#server/domains/models/schema";
import type { SourceField } from "#server/lib/source-field";
import { reads } from "./field-paths";
import { Misfit } from "./misfit";
import { filterPaths, pathsOf, type Reading } from "./reads";
import type { FieldMapping } from "./schema";
import { similarity } from "./suggest";
import { compileTransform } from "./transforms/registry";

/** One thing that changed at the source and matters to the mapping. `targets`: the model's fields that it reaches. */
export type Drift = {
  kind: "removed" | "renamed" | "type" | "values" | "required";
  path: string;
  targets: string[];
  /** The mapping's filter reads it: by it depends which records are taken. */
  filter?: true;
  /** In plain words, for a person. */
  message: string;
  /** Where the field seems to have gone. */
  to?: string;
  /** Values that no value map knows. */
  values?: string[];
};

/** A mapping as drift is held against it. */
export type Mapped = Reading & { model?: readonly ModelField[] };

/** Who reads a field of the source: the model's fields, and whether the filter does. */
type Readers = { fields: FieldMapping[]; filter: boolean };

/** The known field that a path reads: itself, the entries it takes one of, or else the nearest that holds it. */
function fieldRead(path: string, known: ReadonlyMap<string, SourceField>): string | null {
  if (known.has(path)) return path;
  let nearest: string | null = null;
  for (const field of known.keys()) if (reads(path, field) && field.length > (nearest?.length ?? 0)) nearest = field;
  return nearest;
}

function readersOf({ fields, filter }: Reading, known: ReadonlyMap<string, SourceField>): Map<string, Readers> {
  const map = new Map<string, Readers>();
  const note = (path: string, field: FieldMapping | null) => {
    const read = fieldRead(path, known);
    if (read === null) return; // it was not there before either: the mapping's own fault, told when it was saved
    const readers = map.get(read) ?? { fields: [], filter: false };
    map.set(read, readers);
    if (field === null) readers.filter = true;
    else if (!readers.fields.includes(field)) readers.fields.push(field);
  };
  for (const field of fields) for (const path of pathsOf(field)) note(path, field);
  for (const path of filterPaths(filter)) note(path, null);
  return map;
}

/** A value of the source as it comes to the field's value map; null when it does not come so far. */
export function valueAtMap(field: FieldMapping, value: string): string | null {
  let result: unknown = value;
  for (const transform of field.transforms) {
    result = compileTransform(transform)(result, {});
    if (result instanceof Misfit) return null;
  }
  return typeof result === "string" ? result : null;
}

/** Whether a field takes one of a few values only, and this is none of them. */
function isStranger(field: FieldMapping, model: ModelField | undefined, value: string): boolean {
  const choices = model?.type === "enum" && field.from !== undefined ? (model.values ?? []) : [];
  const maps = field.values !== undefined && Object.keys(field.values).length > 0;
  if (!maps && choices.length === 0) return false;
  const arrives = valueAtMap(field, value);
  if (arrives === null) return choices.length > 0;
  return !(maps && Object.hasOwn(field.values ?? {}, arrives)) && !choices.includes(arrives);
}

const LIKELY = 0.6;

/** A new field of the same type that is so like the lost one that it may be the same. */
function heir(lost: SourceField, before: ReadonlyMap<string, SourceField>, after: readonly SourceField[]): SourceField | null {
  const candidates = after
    .filter((field) => !before.has(field.path) && field.type === lost.type)
    .map((field) => ({ field, score: Math.max(similarity(lost.title, field.title), similarity(lost.path, field.path)) }))
    .filter(({ score }) => score >= LIKELY)
    .sort((a, b) => b.score - a.score);
  return candidates[0]?.field ?? null;
}

function changeOf(was: SourceField, is: SourceField, { fields }: Readers, model: Mapped["model"]): Omit<Drift, "path" | "targets">[] {
  const changes: Omit<Drift, "path" | "targets">[] = [];
  if (was.type !== is.type) changes.push({ kind: "type", message: `“${is.title}” was ${was.type} and is now ${is.type}.` });
  const known = new Set(was.values ?? []);
  const added = (is.values ?? []).filter((value) => was.values !== undefined && !known.has(value));
  const strange = (value: string) =>
    fields.some((field) =>
      isStranger(
        field,
        model?.find(({ key }) => key === field.target),
        value,
      ),
    );
  const unmapped = added.filter(strange);
  if (unmapped.length > 0)
    changes.push({
      kind: "values",
      values: unmapped,
      message: `“${is.title}” can now be ${unmapped.slice(0, 5).join(", ")}${unmapped.length > 5 ? " and more" : ""}, which the mapping does not know.`,
    });
  if (was.required === true && is.required === false && fields.some((field) => field.required))
    changes.push({ kind: "required", message: `“${is.title}” may now be empty, and is needed here.` });
  return changes;
}

/**
 * What has changed between two looks at a source, told only of fields that the mapping reads, its filter included: what nobody reads may
 * come and go. Pure.
 */
export function driftOf(before: readonly SourceField[], after: readonly SourceField[], mapping: Mapped): Drift[] {
  const [was, is] = [new Map(before.map((one) => [one.path, one])), new Map(after.map((one) => [one.path, one]))];
  return [...readersOf(mapping, was)].flatMap(([path, readers]): Drift[] => {
    const old = was.get(path);
    if (!old) return [];
    const reached = { path, targets: readers.fields.map((field) => field.target), ...(readers.filter ? { filter: true as const } : {}) };
    const now = is.get(path);
    if (now) return changeOf(old, now, readers, mapping.model).map((change) => ({ ...change, ...reached }));
    const to = heir(old, was, after);
    return [
      to
        ? { kind: "renamed", ...reached, to: to.path, message: `“${old.title}” is gone; “${to.title}” looks like the same field.` }
        : { kind: "removed", ...reached, message: `“${old.title}” is gone.` },
    ];
  });
}
