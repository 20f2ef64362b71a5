import type { ModelField } from "#server/domains/models/schema";
import { resultOf } from "#server/mapping/field-result";
import type { FieldMapping } from "#server/mapping/schema";

type Scalar = string | number | boolean | null;

/** A line of the value map being edited. */
export type Entry = { from: string; to: Scalar };

const SUGGESTED = 20;

export const entriesOf = (values: FieldMapping["values"]): Entry[] => Object.entries(values ?? {}).map(([from, to]) => ({ from, to }));

/** The value map of the lines; one that is still without a value of theirs is left out. Undefined when none is left. */
export function valuesOf(entries: readonly Entry[]): FieldMapping["values"] {
  const named = entries.filter(({ from }) => from !== "");
  // fromEntries, because an assignment to "__proto__" would not make an entry.
  return named.length === 0 ? undefined : Object.fromEntries(named.map(({ from, to }) => [from, to]));
}

/** Places of the lines that a later one with the same value overrides. */
export function twice(entries: readonly Entry[]): ReadonlySet<number> {
  const last = new Map(entries.map(({ from }, index) => [from, index]));
  return new Set(entries.flatMap(({ from }, index) => (from !== "" && last.get(from) !== index ? [index] : [])));
}

/** Values the samples hold, after the transforms, that the map does not list. */
export function unmapped(field: FieldMapping, model: ModelField, samples: readonly unknown[]): string[] {
  const { values, default: _default, ...bare } = field;
  const text: ModelField = { ...model, type: "string", required: false };
  const seen = samples.flatMap((sample) => {
    const result = resultOf({ ...bare, required: false, onError: "null" }, text, sample);
    return result.state === "ok" && typeof result.after === "string" && result.after !== "" ? [result.after] : [];
  });
  return [...new Set(seen)].filter((value) => value.length <= 200 && !Object.hasOwn(values ?? {}, value)).slice(0, SUGGESTED);
}

export const addedEntries = (entries: readonly Entry[], from: readonly string[]): Entry[] => [
  ...entries,
  ...from.filter((value) => !entries.some((entry) => entry.from === value)).map((value) => ({ from: value, to: null })),
];
