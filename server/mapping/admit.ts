import { LIMITS } from "./limits";
import { Misfit, tooLong } from "./misfit";

/** What is left of a result's limits. */
export type Budget = { text: number; values: number };

const FORBIDDEN = new Set(["__proto__", "prototype", "constructor"]);

const tooMany = () =>
  new Misfit(
    `makes the record greater than it may be (${LIMITS.values} values, ${LIMITS.text} characters); choose the fields you need inside it`,
  );

function copy(value: unknown, budget: Budget, depth: number): unknown {
  if (typeof value === "string") {
    budget.text -= value.length;
    return budget.text < 0 ? tooMany() : value;
  }
  if (value === null || typeof value !== "object") return typeof value === "number" && !Number.isFinite(value) ? null : (value ?? null);
  if (depth > LIMITS.depth) return new Misfit(`lies more than ${LIMITS.depth} levels deep; choose a field inside it`);
  const list = Array.isArray(value);
  const keys = list ? null : Object.keys(value);
  budget.values -= keys ? keys.length : (value as unknown[]).length;
  if (budget.values < 0) return tooMany();
  return keys ? copyObject(value as Record<string, unknown>, keys, budget, depth) : copyList(value as unknown[], budget, depth);
}

function copyList(list: readonly unknown[], budget: Budget, depth: number): unknown {
  const made: unknown[] = [];
  for (const item of list) {
    const inner = copy(item, budget, depth + 1);
    if (inner instanceof Misfit) return inner;
    made.push(inner);
  }
  return made;
}

function copyObject(object: Record<string, unknown>, keys: readonly string[], budget: Budget, depth: number): unknown {
  const made: Record<string, unknown> = {};
  for (const key of keys) {
    if (FORBIDDEN.has(key)) continue;
    const inner = copy(object[key], budget, depth + 1);
    if (inner instanceof Misfit) return inner;
    budget.text -= key.length;
    made[key] = inner;
  }
  return made;
}

/** A value as part of a result: lists and objects as copies of their own, so that nothing written later reaches the source; a fault beyond the limits. */
export function admit(value: unknown, budget: Budget): unknown {
  if (typeof value === "string") {
    budget.text -= value.length;
    return budget.text >= 0 ? value : value.length > LIMITS.text ? tooLong() : tooMany();
  }
  return value !== null && typeof value === "object" ? copy(value, budget, 1) : value;
}
