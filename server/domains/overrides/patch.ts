import type { ModelField } from "#server/domains/models/schema";
import type { SourceField } from "#server/lib/source-field";
import { neverFits, stepsFor } from "#server/mapping/field-from";
import { reads } from "#server/mapping/field-paths";
import { type Conflict, type FieldChoice, type FieldChoices, type Overrides, withOverrides } from "#server/mapping/overrides";
import { pathsOf } from "#server/mapping/reads";
import type { FieldMapping } from "#server/mapping/schema";
import { neededOf } from "#server/mapping/unfilled";
import { isMessageKey, sayIn } from "#server/words/messages";
import type { Say } from "#server/words/say";
import type { Wishes } from "./schema";
import { notWritten, type Writing } from "./written-back";

/** What a wish is held against: the template's fields, what is open, the model, and what is known of the account's fields. */
export type Ground = {
  fields: readonly FieldMapping[];
  choices: FieldChoices;
  model: readonly ModelField[];
  /** Null = nobody has looked at the account yet. */
  sources: readonly SourceField[] | null;
  /** What of the third party is written, where the stream writes: what is chosen has to have a way back. */
  writing?: Writing | null;
  /** Whoever made the wish is answered in their language. */
  say?: Say;
};

/** The ground without what the vendor has taken out of the model since: such a field is written nowhere, and holds nobody up. */
export function groundOf(ground: Ground): Ground {
  const known = new Set(ground.model.map((field) => field.key));
  return {
    ...ground,
    fields: ground.fields.filter((field) => known.has(field.target)),
    choices: Object.fromEntries(Object.entries(ground.choices).filter(([target]) => known.has(target))),
  };
}

const sayOn = (ground: Pick<Ground, "say">): Say => ground.say ?? sayIn("en");

export type Issue = { target: string; message: string };
export type Patched = { overrides: Overrides; refused: Issue[]; warnings: Issue[] };

export const choiceOf = (choices: FieldChoices, target: string): FieldChoice =>
  (Object.hasOwn(choices, target) ? choices[target] : undefined) ?? { customer: "fixed" };

/** A field that each record has to have. */
export const isNeeded = (ground: Pick<Ground, "fields" | "model" | "writing">, target: string): boolean =>
  (ground.fields.find((field) => field.target === target)?.required ?? false) ||
  (neededOf(ground.model, ground.writing?.direction ?? "pull").find((field) => field.key === target)?.required ?? false);

/** Why nothing may stand for the field. */
export function emptyRefusal(ground: Ground, target: string): string | null {
  if (isNeeded(ground, target)) return sayOn(ground)("refused.needed");
  return choiceOf(ground.choices, target).customer === "must_choose" ? sayOn(ground)("refused.choose") : null;
}

/** Why the customer may not do this with the field, with the remedy; null when they may. */
function refusalOf(ground: Ground, target: string, wish: FieldMapping | null): string | null {
  const say = sayOn(ground);
  const base = ground.fields.find((field) => field.target === target) ?? null;
  const may = choiceOf(ground.choices, target).customer;
  if (may === "hidden" || !ground.model.some((field) => field.key === target) || (may === "fixed" && base === null))
    return say("refused.not_offered");
  if (may === "fixed") return say("refused.fixed");
  const empty = wish === null ? emptyRefusal(ground, target) : null;
  if (empty) return empty;
  if (may === "optional" && wish !== null) return say("refused.optional");
  return null;
}

/** What a type holds, in words. */
export function typeWords(type: string, say: Say): string {
  const key = `type.${type}`;
  return isMessageKey(key) ? say(key) : type;
}

/** Why values of this source field can never fit, with the remedy. */
function misfitOf(field: FieldMapping, target: ModelField, source: SourceField, say: Say): string | null {
  if (!neverFits(field, target, source)) return null;
  const steps = stepsFor(target, source);
  const remedy =
    steps && steps.length > 0 ? say("refused.add_step", { step: say(`step.${steps[0]?.type ?? "string"}`) }) : say("outcome.remedy");
  return say("refused.misfit", { type: typeWords(target.type, say), field: source.title, holds: typeWords(source.type, say), remedy });
}

function judge(ground: Ground, target: string, wish: FieldMapping): { refused: string | null; warning: string | null } {
  const say = sayOn(ground);
  if (wish.target !== target) return { refused: say("refused.other_name", { field: wish.target }), warning: null };
  const { sources } = ground;
  if (sources === null) return { refused: null, warning: null };
  const model = ground.model.find((field) => field.key === target);
  const known = new Map(sources.map((source) => [source.path, source]));
  const source = wish.from === undefined ? undefined : known.get(wish.from);
  const refused = model && source ? misfitOf(wish, model, source, say) : null;
  const strange = pathsOf(wish).find((path) => !known.has(path) && !reaches(known, path));
  return {
    refused,
    warning: strange === undefined ? null : say("refused.unseen", { path: strange }),
  };
}

/** A path to a part of a known field, or to something that holds known ones. */
function reaches(known: ReadonlyMap<string, unknown>, path: string): boolean {
  for (const one of known.keys()) if (reads(path, one) || reads(one, path)) return true;
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
  const said = new Set(refused.map(({ target }) => target));
  refused.push(...notWritten(ground, before, overrides).filter(({ target }) => !said.has(target)));
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
