import type { FieldFault } from "./compile";
import { compileLoaded } from "./expression-slot";
import { describeValue, Misfit } from "./misfit";

/** Whether a record passes; a fault when the filter does not work out on it. */
export type Filtered = { ok: true; passes: boolean } | { ok: false; fault: FieldFault };

const fault = (reason: string): Filtered => ({
  ok: false,
  fault: { field: "filter", code: "mapping_failed", message: `the filter ${reason}` },
});

/**
 * Compiles the filter of a mapping: an expression that is true for the records to take. One that reads an empty field does
 * not pass, unless it asks first (`has(a.b)`) or compares it, where what is absent is null (`a == null`, `a != "x"`). Wait for `loadExpressions()` first. Throws RangeError.
 */
export function compileFilter(expression: string): (source: unknown) => Filtered {
  let evaluate: ReturnType<typeof compileLoaded>;
  try {
    evaluate = compileLoaded(expression);
  } catch (error) {
    throw error instanceof RangeError ? new RangeError(`filter: ${error.message}`) : error;
  }
  return (source) => {
    const value = evaluate(source);
    if (value instanceof Misfit) return fault(value.reason);
    if (value === undefined || value === null) return { ok: true, passes: false };
    if (typeof value === "boolean") return { ok: true, passes: value };
    return fault(
      `must say true or false, but gives ${describeValue(value)}; compare it with something, for example ${expression.slice(0, 40)} == "…"`,
    );
  };
}
