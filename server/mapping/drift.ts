import type { SourceField } from "#server/lib/source-field";
import type { FieldMapping } from "./schema";
import { similarity } from "./suggest";

/** One thing that changed at the source and matters to the mapping. `targets`: the model's fields that it reaches. */
export type Drift = {
  kind: "removed" | "renamed" | "type" | "values" | "required";
  path: string;
  targets: string[];
  /** In plain words, for a person. */
  message: string;
  /** Where the field seems to have gone. */
  to?: string;
  /** Values that no value map knows. */
  values?: string[];
};

const HOLE = /\{([^{}]+)\}/g;
const NAME = /[A-Za-z_][\w]*(?:\.[A-Za-z_]\w*|\["[^"]+"\]|\[\])*/g;

/** Paths a field reads. Of an expression every name that a source could have: one too many is only looked at in vain. */
export function pathsOf(field: FieldMapping): string[] {
  if (field.from !== undefined) return [field.from];
  if (field.template !== undefined) return [...field.template.matchAll(HOLE)].map((match) => match[1] ?? "");
  if (field.expression !== undefined) return [...new Set(field.expression.replace(/"(?:[^"\\]|\\.)*"/g, '""').match(NAME) ?? [])];
  return [];
}

function readers(fields: readonly FieldMapping[]): Map<string, FieldMapping[]> {
  const map = new Map<string, FieldMapping[]>();
  for (const field of fields) for (const path of pathsOf(field)) map.set(path, [...(map.get(path) ?? []), field]);
  return map;
}

/** A value map that has to know a value before the record can be taken. */
const mapsValues = (field: FieldMapping) => field.values !== undefined && Object.keys(field.values).length > 0;

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

function changeOf(was: SourceField, is: SourceField, fields: readonly FieldMapping[]): Omit<Drift, "path" | "targets">[] {
  const changes: Omit<Drift, "path" | "targets">[] = [];
  if (was.type !== is.type) changes.push({ kind: "type", message: `“${is.title}” was ${was.type} and is now ${is.type}.` });
  const known = new Set(was.values ?? []);
  const added = (is.values ?? []).filter((value) => was.values !== undefined && !known.has(value));
  const unmapped = added.filter((value) => fields.some((field) => mapsValues(field) && !Object.hasOwn(field.values ?? {}, value)));
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
 * What has changed between two looks at a source, told only of fields that the mapping reads: what nobody reads may come and go.
 * Pure.
 */
export function driftOf(before: readonly SourceField[], after: readonly SourceField[], mapping: readonly FieldMapping[]): Drift[] {
  const [was, is] = [new Map(before.map((one) => [one.path, one])), new Map(after.map((one) => [one.path, one]))];
  return [...readers(mapping)].flatMap(([path, fields]): Drift[] => {
    const old = was.get(path);
    if (!old) return []; // it was not there before either: the mapping's own fault, told when it was saved
    const targets = fields.map((field) => field.target);
    const now = is.get(path);
    if (now) return changeOf(old, now, fields).map((change) => ({ ...change, path, targets }));
    const to = heir(old, was, after);
    return [
      to
        ? { kind: "renamed", path, targets, to: to.path, message: `“${old.title}” is gone; “${to.title}” looks like the same field.` }
        : { kind: "removed", path, targets, message: `“${old.title}” is gone.` },
    ];
  });
}
