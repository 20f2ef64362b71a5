import type { Misfit } from "./misfit";

/** A computed value of one record: undefined when it reads a field that is empty, a Misfit when it does not work out. Never throws. */
export type Evaluate = (source: unknown) => unknown | Misfit | undefined;

type Compile = (expression: string) => Evaluate;

let compile: Compile | null = null;

/** Loads the expression language, once. Mappings without expressions never pay for it. */
export async function loadExpressions(): Promise<void> {
  compile ??= (await import("./expressions")).compileExpression;
}

/** Whether expressions can be compiled already. */
export const expressionsLoaded = (): boolean => compile !== null;

/** Loads the expression language if one of the fields, or the filter, is written in it. Call it before compileMapping or compileFilter. */
export async function ensureExpressions(fields: readonly { expression?: string | undefined }[], filter?: string | null): Promise<void> {
  if (filter || fields.some((field) => field.expression !== undefined)) await loadExpressions();
}

/** Throws RangeError for an expression that is not one, or when the language was not loaded. */
export function compileLoaded(expression: string): Evaluate {
  if (!compile) throw new RangeError("expressions are not loaded yet; wait for loadExpressions first");
  return compile(expression);
}
