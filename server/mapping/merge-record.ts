import { sameSpelling } from "./same-spelling";
import { keyOf } from "./same-value";

type Data = Readonly<Record<string, unknown>>;

/**
 * Whose word counts for a field. `ours`: what the other side makes of it is put back. `theirs`: what we make of it is. `newest`: both
 * may change it, the later change counts. `manual`: both may change it, and when both have, a person decides.
 */
export type Owner = "ours" | "theirs" | "newest" | "manual";

/**
 * What each side said of each field when they last agreed. A field that is not there was never agreed on. `unseen`: fields of which `theirs` is
 * what we wrote, and nobody has seen yet what they made of it.
 */
export type Base = { ours: Data; theirs: Data; unseen?: readonly string[] };

/** A field of the model that the mapping fills. `back`: its value can also be written at the third party. */
export type SharedField = { key: string; owner: Owner; back: boolean };

export type TwoSides = {
  base: Base | null;
  ours: Data;
  theirs: Data;
  fields: readonly SharedField[];
  /** When each side changed last, epoch ms; null = nobody knows. */
  oursAt: number | null;
  theirsAt: number | null;
};

export type Clash = { field: string; base: unknown; ours: unknown; theirs: unknown };

export type Merged = {
  /** Our record with what it takes from the other side. */
  merged: Record<string, unknown>;
  /** Fields that we take, and fields that are to be written at the third party. */
  take: string[];
  push: string[];
  clashes: Clash[];
  /** What is agreed on after the taking. What is still to be written is not. */
  base: Base;
};

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === "";
const same = (one: unknown, other: unknown): boolean => keyOf(one ?? null) === keyOf(other ?? null);

type Verdict = "agree" | "rest" | "take" | "push" | "clash";

const wordOf = (data: Data | undefined, key: string): unknown => data?.[key] ?? null;

function judge(field: SharedField, { base, ours, theirs, oursAt, theirsAt }: TwoSides): Verdict {
  const { key, back } = field;
  const [mine, its] = [ours[key], theirs[key]];
  if (same(mine, its)) return "agree";
  const known = base !== null && Object.hasOwn(base.ours, key) && Object.hasOwn(base.theirs, key);
  const changed = { mine: !known || !same(mine, base.ours[key]), its: !known || !same(its, base.theirs[key]) };
  if (!changed.mine && !changed.its) return "rest"; // each side spells it in its own way
  if (!back) return changed.its ? "take" : "rest";
  if (!known && isEmpty(mine)) return "take";
  if (!known && isEmpty(its)) return "push";
  return byOwner(field.owner, changed, oursAt, theirsAt);
}

function byOwner(owner: Owner, changed: { mine: boolean; its: boolean }, oursAt: number | null, theirsAt: number | null): Verdict {
  if (owner === "ours") return "push";
  if (owner === "theirs") return "take";
  if (changed.mine !== changed.its) return changed.mine ? "push" : "take";
  if (owner === "manual" || oursAt === null || theirsAt === null || oursAt === theirsAt) return "clash";
  return oursAt > theirsAt ? "push" : "take";
}

/**
 * What they say now of fields that we wrote and nobody had seen since is what was agreed on, when it is our value in their own way. Of a field
 * whose owner we are anything is: else it would be written again and again where they cannot keep it as it is.
 */
function seen({ base, ours, theirs, fields }: TwoSides): Base | null {
  if (!base?.unseen?.length) return base;
  const echoes = fields.filter(({ key, owner }) => {
    if (!base.unseen?.includes(key) || !Object.hasOwn(base.theirs, key)) return false;
    return sameSpelling(theirs[key], base.theirs[key]) || (owner === "ours" && same(ours[key], base.ours[key]));
  });
  return { ours: base.ours, theirs: { ...base.theirs, ...Object.fromEntries(echoes.map(({ key }) => [key, wordOf(theirs, key)])) } };
}

/**
 * Brings two states of one record together, field by field, by what both said when they last agreed. Nothing that a side has changed
 * is dropped unless the field's owner is the other side, or the other change is later. Fields of ours that are not shared stay. Pure.
 */
export function mergeRecord(given: TwoSides): Merged {
  const sides = { ...given, base: seen(given) };
  const { base, ours, theirs } = sides;
  const agreed = { ours: { ...base?.ours } as Record<string, unknown>, theirs: { ...base?.theirs } as Record<string, unknown> };
  const result: Merged = { merged: { ...ours }, take: [], push: [], clashes: [], base: agreed };
  for (const field of sides.fields) {
    const { key } = field;
    const verdict = judge(field, sides);
    if (verdict === "push") result.push.push(key);
    if (verdict === "clash")
      result.clashes.push({ field: key, base: wordOf(base?.ours, key), ours: wordOf(ours, key), theirs: wordOf(theirs, key) });
    if (verdict !== "take" && verdict !== "agree") continue;
    if (verdict === "take") {
      result.take.push(key);
      result.merged[key] = wordOf(theirs, key);
    }
    agreed.ours[key] = wordOf(result.merged, key);
    agreed.theirs[key] = wordOf(theirs, key);
  }
  return result;
}
