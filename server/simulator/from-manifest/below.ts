import type { Stage } from "./listing";
import type { Told } from "./template";
import { type Kind, keyOf, type Row } from "./world";

/** A value as a text: one of several parts as JSON. */
export const textOf = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

/** What a request told in a hole, as a text; null where it did not. */
export const holeOf = (told: Told, name: string): string | null => {
  const found = told.get(name);
  return found === undefined || found === null ? null : textOf(found);
};

/** The objects that a list hangs on, the nearest first. */
export function ancestorsOf({ world }: Stage, { spec }: Kind): Kind[] {
  const above = spec.each === undefined ? undefined : world.kinds[spec.each];
  return above ? [above, ...ancestorsOf({ world } as Stage, above)] : [];
}

/** The rows that a list is asked below, by what they are known by: null where it hangs on none; none where those named do not belong together. */
export function ownersTold(stage: Stage, kind: Kind, told: Told): Set<string> | null {
  let owners: Set<string> | null = null;
  for (const above of ancestorsOf(stage, kind).reverse()) {
    const nearest = above.key === kind.spec.each;
    const named = [holeOf(told, `parent_${above.key}`), nearest ? holeOf(told, "parent") : null].filter((one) => one !== null);
    const found: Row[] = above.rows.filter((row) => (owners?.has(row.parent ?? "") ?? true) && named.every((one) => row.id === one));
    owners = new Set(found.map((row) => keyOf(above, row)));
  }
  return owners;
}

/** Why the records that a list is asked below do not belong together, or null. */
export const strangerIn = (stage: Stage, kind: Kind, told: Told): string | null =>
  ownersTold(stage, kind, told)?.size === 0 ? "those named are not below one another" : null;

/** What a list holds: what is there, and what says of itself that it is not. */
export function rowsBelow({ spec, rows }: Kind, owners: Set<string> | null): Row[] {
  const marked = spec.deletes?.by === "mark" || spec.table !== undefined;
  return rows.filter((row) => (owners?.has(row.parent ?? "") ?? true) && (marked || row.deletedMs === null));
}
