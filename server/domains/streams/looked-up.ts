import { hash } from "node:crypto";
import { keyOf } from "#server/mapping/same-value";
import type { Lookup } from "../templates/schema";

/** Where the answers of lookups stand in a record: `lookups.<key>`. */
export const LOOKUPS = "lookups";

export type Tree = Record<string, unknown>;
/** What was answered, by the keys of the lookups; `$` tells under which lookups. */
export type Answers = Tree & { $: string };

export const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

/** Tells whether lookups are the same ones, word for word. */
export const digestOf = (lookups: readonly Lookup[]): string => hash("sha1", keyOf(lookups)).slice(0, 12);

/** What was looked up for a record; null when nothing was, or what stands there is its own. */
export function answersOf(value: unknown): Answers | null {
  const found = isTree(value) && Object.hasOwn(value, LOOKUPS) ? value[LOOKUPS] : null;
  return isTree(found) && typeof found["$"] === "string" ? (found as Answers) : null;
}

/** A record as it came. */
export function withoutAnswers(value: unknown): unknown {
  if (answersOf(value) === null) return value;
  const { [LOOKUPS]: _answers, ...base } = value as Tree;
  return base;
}

export const withAnswers = (base: Tree, answers: Answers): Tree => ({ ...base, [LOOKUPS]: answers });

/** What a source is asked for, of what a mapping reads: without answers, and with what lookups are given. */
export function readsWith(lookups: readonly Lookup[], reads: readonly string[]): string[] {
  if (lookups.length === 0) return [...reads];
  const given = lookups.flatMap(({ input }) => Object.values(input).flatMap((one) => ("from" in one ? [one.from] : [])));
  return [...new Set([...reads, ...given])].filter((path) => path !== LOOKUPS && !/^lookups[.[]/.test(path));
}
