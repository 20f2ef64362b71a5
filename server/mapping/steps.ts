import { isEmpty, Misfit } from "./misfit";
import type { Step } from "./transforms/define";

/** A step on each value of a list (of lists); empty entries stay empty. The first that does not fit is the fault of all. */
export function lift(step: Step, depth: number, onEmpty: boolean): Step {
  if (depth === 0) return step;
  const inner = lift(step, depth - 1, onEmpty);
  return (value, source) => {
    if (!Array.isArray(value)) return inner(value, source);
    const made: unknown[] = [];
    for (let index = 0; index < value.length; index++) {
      const item = value[index];
      const next = isEmpty(item) && !onEmpty ? null : inner(item, source);
      if (next instanceof Misfit) return new Misfit(`${next.reason} (entry ${index + 1})`);
      made.push(next ?? null);
    }
    return made;
  };
}

/** What the values of a value map become; any other stays as it is. */
export const valueMap = (values: Record<string, unknown>): Step => {
  const table = new Map(Object.entries(values));
  return (value) => {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return value;
    const mapped = table.get(String(value));
    return mapped === undefined ? value : mapped;
  };
};

/** Brings lists of lists down to what the target has room for. */
export const flatten =
  (by: number): Step =>
  (value) =>
    Array.isArray(value) ? value.flat(by) : value;
