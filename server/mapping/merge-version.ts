import { type Conflict, keeping, mergeOverrides, type Overrides, withOverrides } from "./overrides";
import type { FieldMapping } from "./schema";
import { type Writable, waysBack } from "./ways-back";

/** Another version of a mapping, as it comes to who runs the one before. */
export type NewVersion = {
  /** The template's fields until now. */
  before: readonly FieldMapping[];
  fields: readonly FieldMapping[];
  /** What the version before filled and this one leaves to the customer. */
  kept: readonly FieldMapping[];
  /** What of the third party is written; null where the stream only reads. */
  spec: Writable | null;
};

type Own = { overrides: Overrides; conflicts: readonly Conflict[] };

export type Merged = {
  overrides: Overrides;
  conflicts: Conflict[];
  /** Targets that are not written for this customer, because another field has their place: of theirs, and of the version's. */
  unwritten: string[];
};

const waysOf = (fields: readonly FieldMapping[], spec: Writable) =>
  new Map(waysBack({ fields, spec }).back.map(({ key, path }) => [key, path]));

/** The field that is written where this one would be, were it alone; null when it is written itself, or never can be. */
function holderOf(field: FieldMapping, ways: ReadonlyMap<string, string>, spec: Writable): string | null {
  if (ways.has(field.target)) return null;
  const place = waysOf([field], spec).get(field.target);
  for (const [key, path] of ways) if (path === place) return key;
  return null;
}

/**
 * Carries a customer's own over to another version, as {@link mergeOverrides} does, and tells as a conflict, too, which of their fields was written
 * at the third party until now and is not any more because a field of the version takes its place. One that was told before and is still so is
 * told again, one that they have settled is not. Pure.
 */
export function mergeVersion({ before, fields, kept, spec }: NewVersion, own: Own): Merged {
  const merged = mergeOverrides(fields, keeping(own.overrides, kept));
  if (spec === null || Object.keys(merged.overrides).length === 0) return { ...merged, unwritten: [] };
  const [was, is] = [waysOf(withOverrides(before, own.overrides), spec), waysOf(withOverrides(fields, merged.overrides), spec)];
  const open = new Set(own.conflicts.flatMap(({ target, takenBy }) => (takenBy === undefined ? [] : [target])));
  const taken = Object.entries(merged.overrides).flatMap(([target, { field, base }]): Conflict[] => {
    const takenBy = field && (was.has(target) || open.has(target)) ? holderOf(field, is, spec) : null;
    if (takenBy === null) return [];
    return [{ target, base, template: fields.find((one) => one.target === target) ?? null, customer: field, takenBy }];
  });
  const said = new Set(taken.map(({ target }) => target));
  const planned = waysOf(fields, spec);
  const ousted = withOverrides(fields, merged.overrides).filter(
    (field) => planned.has(field.target) && !said.has(field.target) && holderOf(field, is, spec) !== null,
  );
  return {
    overrides: merged.overrides,
    conflicts: [...merged.conflicts.filter(({ target }) => !said.has(target)), ...taken],
    unwritten: [...said, ...ousted.map(({ target }) => target)],
  };
}
