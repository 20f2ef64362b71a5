import { z } from "zod";
import { keyOf } from "./same-value";
import { FieldMapping } from "./schema";

/**
 * What the customer may do with one field of a mapping. `fixed`: see it. `optional`: leave it out. `choose`: map it otherwise.
 * `must_choose`: has to map it before the sync is turned on. `hidden`: not even see it.
 */
export const FieldChoice = z.strictObject({
  customer: z.enum(["fixed", "optional", "choose", "must_choose", "hidden"]),
  /** What the customer is asked, in the vendor's words. */
  prompt: z.string().min(1).max(300).optional(),
});
export type FieldChoice = z.infer<typeof FieldChoice>;

/** By target. A field that is not here is `fixed`. */
export const FieldChoices = z.record(z.string().max(500), FieldChoice);
export type FieldChoices = z.infer<typeof FieldChoices>;

/**
 * What one customer has made of a mapping, as patches by target. `field` null = left out. `base` is the template's field at the
 * time, null when it had none: by it one sees later whether the template has changed underneath.
 */
export const Overrides = z
  .record(z.string().max(500), z.strictObject({ field: FieldMapping.nullable(), base: FieldMapping.nullable() }))
  .refine((all) => Object.entries(all).every(([target, { field }]) => field === null || field.target === target), {
    message: "a patch stands under the target of its field",
  });
export type Overrides = z.infer<typeof Overrides>;

/**
 * Both the template and the customer have changed a field since they last agreed. The customer's stands until decided. `takenBy`: the field
 * of the template that is now written where the customer's was.
 */
export type Conflict = {
  target: string;
  base: FieldMapping | null;
  template: FieldMapping | null;
  customer: FieldMapping | null;
  takenBy?: string;
};

const same = (one: FieldMapping | null, other: FieldMapping | null): boolean => keyOf(one) === keyOf(other);
const byTarget = (fields: readonly FieldMapping[]) => new Map(fields.map((field) => [field.target, field]));

/** The mapping in force: the template's fields in their order, with the customer's patches, and behind them the customer's own fields. */
export function withOverrides(template: readonly FieldMapping[], overrides: Overrides): FieldMapping[] {
  const targets = new Set(template.map((field) => field.target));
  const kept = template.flatMap((field) => {
    const patch = Object.hasOwn(overrides, field.target) ? overrides[field.target] : undefined;
    if (!patch) return [field];
    return patch.field === null ? [] : [patch.field];
  });
  const own = Object.entries(overrides).flatMap(([target, { field }]) => (targets.has(target) || field === null ? [] : [field]));
  return [...kept, ...own];
}

/**
 * Carries a customer's patches over to a new version of the template. A patch that says what the template now says is dropped;
 * one on a field that the template has not touched stays; where both have changed it, the patch stays and is told as a conflict.
 */
export function mergeOverrides(template: readonly FieldMapping[], overrides: Overrides): { overrides: Overrides; conflicts: Conflict[] } {
  const theirs = byTarget(template);
  const merged: Overrides = {};
  const conflicts: Conflict[] = [];
  for (const [target, patch] of Object.entries(overrides)) {
    const now = theirs.get(target) ?? null;
    if (same(patch.field, now)) continue;
    merged[target] = patch;
    if (!same(patch.base, now)) conflicts.push({ target, base: patch.base, template: now, customer: patch.field });
  }
  return { overrides: merged, conflicts };
}

/** Settles a conflict: `template` gives the patch up, `customer` keeps it and takes the template's field of today as its base. */
export function settle(
  template: readonly FieldMapping[],
  overrides: Overrides,
  decisions: Readonly<Record<string, "template" | "customer">>,
): Overrides {
  const theirs = byTarget(template);
  return Object.fromEntries(
    Object.entries(overrides).flatMap(([target, patch]) => {
      const decision = Object.hasOwn(decisions, target) ? decisions[target] : undefined;
      if (decision === "template") return [];
      return [[target, decision === "customer" ? { ...patch, base: theirs.get(target) ?? null } : patch]];
    }),
  );
}

export type Refusal = { target: string; message: string };

/** Turns the fields a customer wants into patches on the template, or says which of them they may not touch. */
export function overridesFrom(
  template: readonly FieldMapping[],
  wanted: readonly FieldMapping[],
  choices: FieldChoices,
  /** Targets under which the customer may add fields of their own. */
  ownTargets: readonly string[],
): { overrides: Overrides; refused: Refusal[] } {
  const theirs = byTarget(template);
  const mine = byTarget(wanted);
  const overrides: Overrides = {};
  const refused: Refusal[] = [];
  for (const target of new Set([...theirs.keys(), ...mine.keys()])) {
    const [base, field] = [theirs.get(target) ?? null, mine.get(target) ?? null];
    if (same(base, field)) continue;
    const may = Object.hasOwn(choices, target) ? choices[target]?.customer : undefined;
    const reason = refusalOf(base, field, may ?? "fixed", ownTargets.includes(target));
    if (reason) refused.push({ target, message: reason });
    else overrides[target] = { field, base };
  }
  return { overrides, refused };
}

function refusalOf(base: FieldMapping | null, field: FieldMapping | null, may: FieldChoice["customer"], own: boolean): string | null {
  if (base === null && own) return null;
  if (may === "choose" || may === "must_choose") return null;
  if (may === "optional" && field === null && !base?.required) return null;
  if (base === null) return "is not a field you can fill";
  return may === "optional" ? "can be left out, but not changed" : "cannot be changed";
}

/** Of a stream that runs, the targets that the customer was to map and nothing fills: what is filled in another way is enough then. */
export function leftOpen(template: readonly FieldMapping[], overrides: Overrides, choices: FieldChoices): string[] {
  const filled = new Set(withOverrides(template, overrides).map((field) => field.target));
  return stillToChoose(template, overrides, choices).filter((target) => !filled.has(target));
}

/**
 * What a version leaves to the customer to map and its predecessor still filled: who runs the stream keeps it as their own, so that
 * nothing goes empty under them.
 */
export const keptBy = (before: readonly FieldMapping[], after: readonly FieldMapping[], choices: FieldChoices): FieldMapping[] => {
  const open = new Set(stillToChoose(after, {}, choices));
  for (const { target } of after) open.delete(target);
  return before.filter(({ target }) => open.has(target));
};

/** The patches with `kept` among them, where there is no other. */
export const keeping = (overrides: Overrides, kept: readonly FieldMapping[]): Overrides => ({
  ...Object.fromEntries(kept.map((field) => [field.target, { field, base: null }])),
  ...overrides,
});

/** Targets that the customer has yet to map before anything can be turned on. */
export function stillToChoose(template: readonly FieldMapping[], overrides: Overrides, choices: FieldChoices): string[] {
  const mapped = new Set(withOverrides(template, overrides).map((field) => field.target));
  return Object.entries(choices).flatMap(([target, { customer }]) =>
    customer === "must_choose" && !(Object.hasOwn(overrides, target) && mapped.has(target)) ? [target] : [],
  );
}
