import type { Misfit } from "./misfit";

/** A computed value of one record: undefined when it reads a field that is empty, a Misfit when it does not work out. Never throws. */
export type Evaluate = (source: unknown) => unknown | Misfit | undefined;

type Language = typeof import("./expressions");

let language: Language | null = null;

/** Loads the expression language, once. Mappings without expressions never pay for it. */
export async function loadExpressions(): Promise<void> {
  language ??= await import("./expressions");
}

/** Whether expressions can be compiled already. */
export const expressionsLoaded = (): boolean => language !== null;

/** Loads the expression language if one of the fields, or the filter, is written in it. Call it before compileMapping or compileFilter. */
export async function ensureExpressions(fields: readonly { expression?: string | undefined }[], filter?: string | null): Promise<void> {
  if (filter || fields.some((field) => field.expression !== undefined)) await loadExpressions();
}

/** Throws RangeError for an expression that is not one, or when the language was not loaded. */
export function compileLoaded(expression: string): Evaluate {
  if (!language) throw new RangeError("expressions are not loaded yet; wait for loadExpressions first");
  return language.compileExpression(expression);
}

/** Paths of the record that an expression reads; none while the language is not loaded. */
export const loadedPaths = (expression: string): string[] => language?.expressionPaths(expression) ?? [];
