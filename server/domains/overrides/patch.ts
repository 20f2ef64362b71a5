import type { ModelField } from "#server/domains/models/schema";
import type { SourceField } from "#server/lib/source-field";
import { pathsOf } from "#server/mapping/drift";
import { neverFits, stepsFor } from "#server/mapping/field-from";
import { type Conflict, type FieldChoice, type FieldChoices, type Overrides, withOverrides } from "#server/mapping/overrides";
import type { FieldMapping } from "#server/mapping/schema";
import { definitionOf } from "#server/mapping/transforms/registry";
import type { Wishes } from "./schema";

/** What a wish is held against: the template's fields, what is open, the model, and what is known of the account's fields. */
export type Ground = {
  fields: readonly FieldMapping[];
  choices: FieldChoices;
  model: readonly ModelField[];
  /** Null = nobody has looked at the account yet. */
  sources: readonly SourceField[] | null;
};

export type Issue = { target: string; message: string };
export type Patched = { overrides: Overrides; refused: Issue[]; warnings: Issue[] };

const CHOOSE = "has to be chosen. Pick the field it comes from.";

export const choiceOf = (choices: FieldChoices, target: string): FieldChoice =>
  (Object.hasOwn(choices, target) ? choices[target] : undefined) ?? { customer: "fixed" };

/** A field that each record has to have. */
export const isNeeded = (ground: Pick<Ground, "fields" | "model">, target: string): boolean =>
  (ground.fields.find((field) => field.target === target)?.required ?? false) ||
  (ground.model.find((field) => field.key === target)?.required ?? false);

/** Why nothing may stand for the field. */
export function emptyRefusal(ground: Ground, target: string): string | null {
  if (isNeeded(ground, target)) return "is needed for every record and cannot be left out. Choose where it comes from.";
  return choiceOf(ground.choices, target).customer === "must_choose" ? CHOOSE : null;
}

/** Why the customer may not do this with the field, with the remedy; null when they may. */
function refusalOf(ground: Ground, target: string, wish: FieldMapping | null): string | null {
  const base = ground.fields.find((field) => field.target === target) ?? null;
  const may = choiceOf(ground.choices, target).customer;
  if (may === "hidden" || !ground.model.some((field) => field.key === target) || (may === "fixed" && base === null))
    return "is not a field you can fill. Choose one of the fields that are offered.";
  if (may === "fixed") return "is the same for everybody and cannot be changed. Leave it as it is.";
  const empty = wish === null ? emptyRefusal(ground, target) : null;
  if (empty) return empty;
  if (may === "optional" && wish !== null) return "can be left out, but not changed. Leave it as it is, or leave it out.";
  return null;
}

const TYPE_WORDS: Record<string, string> = {
  string: "text",
  number: "numbers",
  decimal: "exact numbers",
  boolean: "yes or no",
  date: "dates",
  datetime: "dates with a time",
  array: "lists",
  object: "groups of fields",
  enum: "one of a few values",
  reference: "ids of other records",
  money: "amounts of money",
};
export const typeWords = (type: string): string => TYPE_WORDS[type] ?? type;

/** Why values of this source field can never fit, with the remedy. */
function misfitOf(field: FieldMapping, target: ModelField, source: SourceField): string | null {
  if (!neverFits(field, target, source)) return null;
  const steps = stepsFor(target, source);
  const remedy =
    steps && steps.length > 0
      ? `Add the step “${definitionOf(steps[0]?.type ?? "").title}”, or choose another field.`
      : "Choose another field.";
  return `takes ${typeWords(target.type)}, but “${source.title}” holds ${typeWords(source.type)}. ${remedy}`;
}

function judge(ground: Ground, target: string, wish: FieldMapping): { refused: string | null; warning: string | null } {
  if (wish.target !== target)
    return { refused: `is sent with the mapping of “${wish.target}”. Send each under its own name.`, warning: null };
  const { sources } = ground;
  if (sources === null) return { refused: null, warning: null };
  const model = ground.model.find((field) => field.key === target);
  const known = new Map(sources.map((source) => [source.path, source]));
  const source = wish.from === undefined ? undefined : known.get(wish.from);
  const refused = model && source ? misfitOf(wish, model, source) : null;
  // An expression's names are a guess, so only what is surely a path is told.
  const strange =
    wish.expression === undefined ? pathsOf(wish).find((path) => !known.has(path.trim()) && !reaches(known, path.trim())) : undefined;
  return {
    refused,
    warning: strange === undefined ? null : `reads “${strange}”, which we have not seen in this account. It stays empty until it is there.`,
  };
}

/** A path to a part of a known field, or to something that holds known ones. */
function reaches(known: ReadonlyMap<string, unknown>, path: string): boolean {
  for (const one of known.keys())
    if (path.startsWith(`${one}.`) || path.startsWith(`${one}[`) || one.startsWith(`${path}.`) || one.startsWith(`${path}[`)) return true;
  return false;
}

/** The patches whose field is still there: one that the vendor has taken out of the model holds nobody up. */
export const stillKnown = (ground: Pick<Ground, "model">, overrides: Overrides): Overrides =>
  Object.fromEntries(Object.entries(overrides).filter(([target]) => ground.model.some((field) => field.key === target)));

type Verdict = { patch: Overrides[string] | null; refused: string | null; warning: string | null };

function verdictOn(ground: Ground, target: string, wish: Wishes[string]): Verdict {
  const base = ground.fields.find((field) => field.target === target) ?? null;
  if (wish === "template") return { patch: null, refused: base === null ? emptyRefusal(ground, target) : null, warning: null };
  const reason = refusalOf(ground, target, wish);
  if (wish === null) return { patch: { field: null, base }, refused: reason, warning: null };
  const { refused, warning } = judge(ground, target, wish);
  return { patch: { field: { ...wish, required: wish.required || (base?.required ?? false) }, base }, refused: reason ?? refused, warning };
}

/**
 * A customer's patches with their wishes for single fields worked in, and by field what they may not do. A wish is taken with the
 * template's field of today as its base. A field that is needed stays needed whatever the wish says. Pure.
 */
export function patched(ground: Ground, before: Overrides, wishes: Wishes): Patched {
  const overrides = stillKnown(ground, before);
  const [refused, warnings]: [Issue[], Issue[]] = [[], []];
  for (const [target, wish] of Object.entries(wishes)) {
    const verdict = verdictOn(ground, target, wish);
    if (verdict.refused) refused.push({ target, message: verdict.refused });
    if (verdict.warning) warnings.push({ target, message: verdict.warning });
    if (verdict.patch) overrides[target] = verdict.patch;
    else delete overrides[target];
  }
  return { overrides, refused, warnings };
}

/** Fields that were filled, would not be any more, and have to be. */
export function emptied(ground: Ground, before: Overrides, after: Overrides): Issue[] {
  const left = new Set(withOverrides(ground.fields, after).map((field) => field.target));
  return withOverrides(ground.fields, before).flatMap(({ target }) => {
    const message = left.has(target) ? null : emptyRefusal(ground, target);
    return message === null ? [] : [{ target, message }];
  });
}

/** Conflicts that a change has not decided. */
export const openConflicts = (conflicts: readonly Conflict[], decided: Iterable<string>): Conflict[] => {
  const targets = new Set(decided);
  return conflicts.filter((conflict) => !targets.has(conflict.target));
};
