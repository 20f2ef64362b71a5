import type { ModelField } from "#server/domains/models/schema";

/** One difference between two versions of a model. `breaking`: what was right before may be wrong, or gone, after it. */
export type ModelChange = {
  field: string;
  kind: "added" | "removed" | "type" | "required" | "values" | "references" | "words" | "unique";
  breaking: boolean;
  /** For a person: what changes and what it does. */
  message: string;
};

const TYPE_WORDS: Record<ModelField["type"], string> = {
  string: "text",
  number: "a number",
  decimal: "an exact decimal",
  boolean: "yes or no",
  date: "a date",
  datetime: "a date and time",
  enum: "a choice",
  reference: "a reference",
  money: "money",
  object: "an object",
  array: "a list",
};

const some = (values: readonly string[]) => values.slice(0, 5).join(", ") + (values.length > 5 ? ` and ${values.length - 5} more` : "");

type Told = Omit<ModelChange, "field">;

function typeChanges(was: ModelField, is: ModelField): Told[] {
  if (was.type !== is.type) {
    const message = `was ${TYPE_WORDS[was.type]} and is now ${TYPE_WORDS[is.type]}; records whose value does not fit are held back`;
    return [{ kind: "type", breaking: true, message }];
  }
  if (is.type === "reference" && was.references !== is.references)
    return [{ kind: "references", breaking: true, message: `now points to ${is.references ?? "any model"}` }];
  if (is.type !== "enum") return [];
  const [before, after] = [new Set(was.values), new Set(is.values)];
  const gone = [...before].filter((value) => !after.has(value));
  const come = [...after].filter((value) => !before.has(value));
  return [
    ...(gone.length > 0
      ? [{ kind: "values" as const, breaking: true, message: `no longer takes ${some(gone)}; records with it are held back` }]
      : []),
    ...(come.length > 0 ? [{ kind: "values" as const, breaking: false, message: `also takes ${some(come)}` }] : []),
  ];
}

function requiredChanges(was: ModelField, is: ModelField): Told[] {
  if (was.required === is.required) return [];
  return is.required
    ? [{ kind: "required", breaking: true, message: "is now required; records without it are held back" }]
    : [{ kind: "required", breaking: false, message: "is no longer required" }];
}

function changesOf(was: ModelField, is: ModelField): ModelChange[] {
  const told: Told[] = [...typeChanges(was, is), ...requiredChanges(was, is)];
  if ((was.unique ?? false) !== (is.unique ?? false))
    told.push({ kind: "unique", breaking: false, message: is.unique ? "is declared unique" : "is no longer declared unique" });
  if (was.name !== is.name) told.push({ kind: "words", breaking: false, message: `is called “${is.name}”, was “${was.name}”` });
  if ((was.description ?? "") !== (is.description ?? "")) told.push({ kind: "words", breaking: false, message: "has another description" });
  return told.map((one) => ({ ...one, field: is.key }));
}

/**
 * What one version of a model changes against another, breaking changes first: a field removed, a type changed, a field newly
 * required, a value of a choice removed. Pure.
 */
export function compareModels(before: readonly ModelField[], after: readonly ModelField[]): ModelChange[] {
  const [was, is] = [new Map(before.map((one) => [one.key, one])), new Map(after.map((one) => [one.key, one]))];
  const removed = before
    .filter(({ key }) => !is.has(key))
    .map(
      ({ key }): ModelChange => ({
        field: key,
        kind: "removed",
        breaking: true,
        message: "is removed; records no longer have it, and mappings that fill it leave it out",
      }),
    );
  const rest = after.flatMap((field): ModelChange[] => {
    const old = was.get(field.key);
    if (old) return changesOf(old, field);
    const message = field.required ? "is new and required; records of mappings that do not fill it are held back" : "is new";
    return [{ field: field.key, kind: "added", breaking: field.required, message }];
  });
  return [...removed, ...rest].sort((a, b) => Number(b.breaking) - Number(a.breaking));
}

const REACHING: ReadonlySet<ModelChange["kind"]> = new Set(["removed", "type", "required", "values"]);

/** Whether what is stored has to be mapped anew: names and descriptions say nothing of records. */
export const reachesRecords = (changes: readonly ModelChange[]): boolean =>
  changes.some(({ kind, breaking }) => (kind === "added" ? breaking : REACHING.has(kind)));
