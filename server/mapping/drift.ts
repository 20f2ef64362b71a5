import type { ModelField } from "#server/domains/models/schema";
import type { Direction } from "#server/domains/templates/schema";
import type { SeenType, SourceField } from "#server/lib/source-field";
import { stepsFor } from "./field-from";
import { reads } from "./field-paths";
import { invertMapping } from "./invert";
import { Misfit } from "./misfit";
import { similarity } from "./names";
import { filterPaths, pathsOf, type Reading } from "./reads";
import { keyOf } from "./same-value";
import type { FieldMapping, Transform } from "./schema";
import { sha256 } from "./sha256";
import { compileTransform } from "./transforms/registry";

/**
 * `values`: a choice has new ones. `required`: it may be empty from now on. Of what is written there: `values_gone`: a choice has lost some;
 * `must_fill`: it must be filled from now on.
 */
export const DRIFT_KINDS = ["removed", "renamed", "type", "values", "required", "values_gone", "must_fill"] as const;

/** One thing that changed at the source and matters to the mapping. `targets`: the model's fields that it reaches. */
export type Drift = {
  kind: (typeof DRIFT_KINDS)[number];
  path: string;
  targets: string[];
  /** The mapping's filter reads it, or the customer takes records by its values: by it depends which records are taken. */
  filter?: true;
  /** Of `filter`: by the customer's own choice alone, which is theirs to change. */
  own?: true;
  /** In plain words, for a person. */
  message: string;
  /** Where the field seems to have gone. */
  to?: string;
  /** Values that no value map knows; of `values_gone` those that the mapping still writes. */
  values?: string[];
  /** What the field held before. */
  was?: SeenType;
  /** The fields that read it as they were when it was found: what cannot be judged stands until somebody changes them. */
  basis?: string;
};

/** A mapping as drift is held against it. `direction` not given = it reads only. */
export type Mapped = Reading & { model?: readonly ModelField[]; direction?: Direction };

/** Who reads a field of the source: the model's fields, and whether the filter does. */
export type Readers = { fields: FieldMapping[]; filter: boolean };

/** How it depends on a field which records are taken: by the template's filter, by the customer's own choice, or not at all. */
export function takenBy({ filter, only }: Pick<Reading, "filter" | "only">, path: string): Pick<Drift, "filter" | "own"> {
  if (filterPaths(filter).some((one) => reads(one, path))) return { filter: true };
  return Object.keys(only ?? {}).some((one) => reads(one, path)) ? { filter: true, own: true } : {};
}

/** The known field that a path reads: itself, the entries it takes one of, or else the nearest that holds it. */
function fieldRead(path: string, known: ReadonlyMap<string, SourceField>): string | null {
  if (known.has(path)) return path;
  let nearest: string | null = null;
  for (const field of known.keys()) if (reads(path, field) && field.length > (nearest?.length ?? 0)) nearest = field;
  return nearest;
}

function readersOf({ fields, filter, only }: Reading, known: ReadonlyMap<string, SourceField>): Map<string, Readers> {
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
  for (const path of [...filterPaths(filter), ...Object.keys(only ?? {})]) note(path, null);
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

const modelOf = (model: Mapped["model"], { target }: FieldMapping) => model?.find(({ key }) => key === target);

/** Values of the source that one of these fields has no place for. */
export const strangersTo = (values: readonly string[], { fields }: Pick<Readers, "fields">, model: Mapped["model"]): string[] =>
  values.filter((value) => fields.some((field) => isStranger(field, modelOf(model, field), value)));

/**
 * What another type of the source asks of a field: nothing, some steps before its own, or (null) what only a person can tell. A text
 * takes anything.
 */
export function missingSteps(field: FieldMapping, model: ModelField | undefined, source: SourceField): FieldMapping["transforms"] | null {
  if (field.template !== undefined) return [];
  const steps = model && field.from !== undefined ? stepsFor(model, source) : null;
  return steps?.filter((step) => !field.transforms.some((one) => one.type === step.type || doesAs(one, step))) ?? null;
}

/** Numbers come out of text, or out of numbers, by either. */
const doesAs = ({ type }: Transform, step: Transform): boolean =>
  type === "parseNumber" && (step.type === "number" || step.type === "decimal");

/** How a source's type stands with those that read it: it `fits`, it `misfits`, or nobody but a person can tell. */
export function typeFits(source: SourceField, { fields, filter }: Readers, model: Mapped["model"]): "fits" | "misfits" | "unknown" {
  const missing = fields.map((field) => missingSteps(field, modelOf(model, field), source));
  if (missing.some((steps) => steps !== null && steps.length > 0)) return "misfits";
  return filter || missing.includes(null) ? "unknown" : "fits";
}

/** Whether one of the fields has to hold something, and has nothing to take when the source is empty. */
export const needsValue = ({ fields }: Pick<Readers, "fields">, model: Mapped["model"]): boolean =>
  fields.some((field) => (field.required || modelOf(model, field)?.required === true) && (field.default ?? null) === null);

/** Those of the fields that are written at the third party. */
function writersOf({ fields }: { fields: readonly FieldMapping[] }, mapping: Mapped): FieldMapping[] {
  if ((mapping.direction ?? "pull") === "pull") return [];
  const back = new Set(invertMapping(mapping.fields).fields.map(({ from }) => from));
  return fields.filter(({ target }) => back.has(target));
}

/** Choices that one of these fields still writes. */
export const stillWritten = (values: readonly string[], readers: Pick<Readers, "fields">, mapping: Mapped): string[] =>
  values.filter((value) => writersOf(readers, mapping).some((field) => !isStranger(field, modelOf(mapping.model, field), value)));

/** Whether a field that is written there may be empty on our side. */
export const mayBeEmpty = (readers: Pick<Readers, "fields">, mapping: Mapped): boolean =>
  writersOf(readers, mapping).some((field) => modelOf(mapping.model, field)?.required !== true);

/** A value of each type, to see what becomes of it on the way back. */
const PROBES: Record<ModelField["type"], unknown> = {
  ...{
    string: "a",
    enum: "a",
    reference: "a",
    number: 1,
    decimal: "1",
    boolean: true,
    date: "2026-01-02",
    datetime: "2026-01-02T03:04:05Z",
  },
  ...{ money: { amount: "1", currency: "EUR" }, object: {}, array: [] },
};
type Fit = "fits" | "misfits" | "unknown";

/** What a field writes, by the example of one value; null = that cannot be told. */
function writtenBy(field: FieldMapping, model: ModelField): unknown {
  const [back] = field.target.includes("[") ? [] : invertMapping([field]).fields;
  if (!back) return null;
  let value: unknown = Object.values(field.values ?? {}).find((one) => one !== null) ?? model.values?.[0] ?? PROBES[model.type];
  for (const step of back.transforms) value = compileTransform(step)(value, {});
  return value instanceof Misfit ? null : value;
}

const TEXTS: readonly SeenType[] = ["string", "date", "datetime"];

const shapeOf = (value: unknown): "array" | "object" | "text" | "plain" => {
  if (typeof value === "string") return "text";
  return Array.isArray(value) ? "array" : typeof value === "object" ? "object" : "plain";
};

/** Whether what a field writes fits a field there of this type. Many take a number as text, few take any text as a number. */
function fitsThere(field: FieldMapping, model: ModelField | undefined, { type }: SourceField): Fit {
  const value = model ? writtenBy(field, model) : null;
  if (value === null) return "unknown";
  const [shape, isText] = [shapeOf(value), TEXTS.includes(type)];
  if (shape === "text") return isText || (type === "number" && model?.type === "decimal") ? "fits" : "misfits";
  if (type === shape || type === typeof value) return "fits";
  return shape === "plain" && isText ? "unknown" : "misfits";
}

/** How a source's type stands with what the mapping reads of it and writes there. */
export function typeStands(source: SourceField, readers: Readers, mapping: Mapped): Fit {
  const read = mapping.direction === "push" ? "fits" : typeFits(source, readers, mapping.model);
  const written = writersOf(readers, mapping).map((field) => fitsThere(field, modelOf(mapping.model, field), source));
  return (["misfits", "unknown"] as const).find((fit) => fit === read || written.includes(fit)) ?? "fits";
}

/** What of a mapping depends on the source: one that only writes asks for no record, and is reached where it writes. */
export function dependent(mapping: Mapped): Mapped {
  if (mapping.direction !== "push") return mapping;
  return { ...mapping, fields: writersOf(mapping, mapping), filter: null, only: {} };
}

/** A short text that changes with the fields. */
export const basisOf = (readers: Readers): string => sha256(keyOf(readers)).slice(0, 16);

const listed = (values: readonly string[]) => `${values.slice(0, 5).join(", ")}${values.length > 5 ? " and more" : ""}`;
export const valuesMessage = (title: string, values: readonly string[]): string =>
  `“${title}” can now be ${listed(values)}, which the mapping does not know.`;
export const goneMessage = (title: string, values: readonly string[]): string =>
  `“${title}” can no longer be ${listed(values)}, which is still written there.`;
export const typeMessage = (title: string, was: SeenType, is: SeenType): string => `“${title}” was ${was} and is now ${is}.`;
export const renamedMessage = (old: string, title: string): string => `“${old}” is gone; “${title}” looks like the same field.`;
export const removedMessage = (old: string): string => `“${old}” is gone.`;

const LIKELY = 0.6;

/** A new field of the same type that is so like the lost one that it may be the same. */
export function heir(lost: SourceField, before: ReadonlyMap<string, SourceField>, after: readonly SourceField[]): SourceField | null {
  const candidates = after
    .filter((field) => !before.has(field.path) && field.type === lost.type)
    .map((field) => ({ field, score: Math.max(similarity(lost.title, field.title), similarity(lost.path, field.path)) }))
    .filter(({ score }) => score >= LIKELY)
    .sort((a, b) => b.score - a.score);
  return candidates[0]?.field ?? null;
}

type Change = Omit<Drift, "path" | "targets">;

/** What reaches those who read it. */
function changeOf(was: SourceField, is: SourceField, readers: Readers, mapping: Mapped): Change[] {
  const { model } = mapping;
  const changes: Change[] = [];
  if (was.type !== is.type && typeStands(is, readers, mapping) !== "fits")
    changes.push({ kind: "type", was: was.type, basis: basisOf(readers), message: typeMessage(is.title, was.type, is.type) });
  if (mapping.direction === "push") return changes;
  const known = new Set(was.values ?? []);
  const added = (is.values ?? []).filter((value) => was.values !== undefined && !known.has(value));
  const values = strangersTo(added, readers, model);
  if (values.length > 0) changes.push({ kind: "values", values, message: valuesMessage(is.title, values) });
  if (was.required === true && is.required === false && needsValue(readers, model))
    changes.push({ kind: "required", message: `“${is.title}” may now be empty, and is needed here.` });
  return changes;
}

/** What reaches those who write it. */
function writtenChangeOf(was: SourceField, is: SourceField, readers: Readers, mapping: Mapped): Change[] {
  const changes: Change[] = [];
  const lost = (was.values ?? []).filter((value) => is.values !== undefined && !is.values.includes(value));
  const values = stillWritten(lost, readers, mapping);
  if (values.length > 0) changes.push({ kind: "values_gone", values, message: goneMessage(is.title, values) });
  if (was.required === false && is.required === true && mayBeEmpty(readers, mapping))
    changes.push({ kind: "must_fill", message: `“${is.title}” must now be filled there, and may be empty here.` });
  return changes;
}

/**
 * What has changed between two looks at a source, told only of fields that the mapping reads, its filter included: what nobody reads may
 * come and go. `complete`: what the last look does not tell of is not there; samples prove nothing of what may be written. Pure.
 */
export function driftOf(before: readonly SourceField[], after: readonly SourceField[], whole: Mapped, complete = true): Drift[] {
  const mapping = dependent(whole);
  const [was, is] = [new Map(before.map((one) => [one.path, one])), new Map(after.map((one) => [one.path, one]))];
  return [...readersOf(mapping, was)].flatMap(([path, readers]): Drift[] => {
    const old = was.get(path);
    if (!old) return [];
    const reached = {
      path,
      targets: readers.fields.map((field) => field.target),
      ...(readers.filter ? { filter: true as const, ...takenBy(mapping, path) } : {}),
    };
    const now = is.get(path);
    if (now) {
      const written = complete ? writtenChangeOf(old, now, readers, mapping) : [];
      return [...changeOf(old, now, readers, mapping), ...written].map((change) => ({ ...change, ...reached }));
    }
    const to = heir(old, was, after);
    return [
      to
        ? { kind: "renamed", ...reached, to: to.path, message: renamedMessage(old.title, to.title) }
        : { kind: "removed", ...reached, message: removedMessage(old.title) },
    ];
  });
}
