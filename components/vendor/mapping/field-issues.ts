import { type Draft, sourceOf } from "#components/vendor/mapping/field-draft";
import type { ModelField } from "#server/domains/models/schema";
import { compileMapping } from "#server/mapping/compile";
import { loadedPaths } from "#server/mapping/expression-slot";
import { compileReader } from "#server/mapping/paths";
import type { FieldMapping } from "#server/mapping/schema";
import { templateFault, templatePaths } from "#server/mapping/template-check";
import { toFill } from "#server/mapping/unfilled";

/** What is wrong with a field. `blocks` "publish": a draft may hold it; "nothing": it is only doubtful, and said. */
export type Issue = { message: string; blocks: "save" | "publish" | "nothing" };

/** Whether it stands in the way of publishing. */
export const isError = (issue: Issue): boolean => issue.blocks !== "nothing";

export type Known = { paths: ReadonlySet<string>; samples: readonly unknown[]; expressionsReady: boolean };

/** Whether the source has such a place: as a field, above fields, inside a list, or on one of the samples. */
function isKnown(path: string, { paths, samples }: Known): boolean {
  if (paths.has(path)) return true;
  const entries = path.replace(/\[(?:\*|-?\d{1,5})\]/g, "[]");
  if (paths.has(entries)) return true;
  const list = /^(.+?)\[/.exec(path)?.[1];
  let isOpaque = list !== undefined && paths.has(list);
  for (const known of paths) {
    if (known.startsWith(`${entries}.`)) return true;
    if (isOpaque && known.startsWith(`${list}[]`)) isOpaque = false;
  }
  if (isOpaque) return true; // nobody has listed what its entries hold
  return samples.some((sample) => compileReader(path)(sample) !== undefined);
}

/** How many single-letter edits lie between two short texts; enough to find a slip of the pen. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The field somebody probably meant, or null. */
export function nearest(path: string, paths: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Math.max(2, Math.floor(path.length / 4)) + 1;
  for (const candidate of paths) {
    const away = candidate.endsWith(`.${path}`) ? 0 : distance(path.toLowerCase(), candidate.toLowerCase());
    if (away < least) [best, least] = [candidate, away];
  }
  return best;
}

/** What is said of the first path that no record and no known field has, with the one that was meant; null when all are known. */
export function strangerAmong(paths: readonly string[], known: Known, written: (path: string) => string = (path) => path): string | null {
  const stranger = paths.find((path) => !isKnown(path, known));
  if (stranger === undefined) return null;
  const meant = nearest(stranger, known.paths);
  const remedy = meant ? `Did you mean ${written(meant)}?` : "Correct the path, or choose the field from the list above.";
  return `No record has a field ${stranger}. ${remedy}`;
}

function sourceIssue(field: FieldMapping, known: Known): Issue | null {
  const source = sourceOf(field);
  if (source.kind === "template") {
    if (source.text.trim() === "") return { message: "Write the text, with fields in braces.", blocks: "save" };
    const fault = templateFault(source.text);
    if (fault) return { message: fault, blocks: "save" };
    const stranger = strangerAmong(templatePaths(source.text), known, (path) => `{${path}}`);
    return stranger === null ? null : { message: stranger, blocks: "publish" };
  }
  if (source.kind === "expression" && source.text.trim() === "") return { message: "Write the expression.", blocks: "save" };
  return null;
}

/** A computed field may ask whether there is a field: what no record has is doubtful there, no error. So is a path typed by hand. */
function doubt(field: FieldMapping, known: Known): Issue | null {
  if (field.from === undefined && field.expression === undefined) return null;
  const paths = field.expression === undefined ? [field.from].filter((path) => path !== undefined) : loadedPaths(field.expression);
  const stranger = strangerAmong(paths, known);
  return stranger === null ? null : { message: stranger, blocks: "nothing" };
}

function compileIssue(field: FieldMapping, model: ModelField, known: Known): Issue | null {
  if (field.expression !== undefined && !known.expressionsReady) return null;
  try {
    compileMapping([field], [model]);
    return null;
  } catch (error) {
    const text = error instanceof RangeError ? error.message : "This cannot be used.";
    return { message: text.startsWith(`${field.target}: `) ? text.slice(field.target.length + 2) : text, blocks: "save" };
  }
}

type Seen = { model: ModelField; issue: Issue | null };
// By identity, as results are: at a key in one field the others are not looked at anew.
const looked = new WeakMap<Known, WeakMap<FieldMapping, Seen>>();

function issueOf(own: FieldMapping, model: ModelField, known: Known): Issue | null {
  const byField = looked.get(known) ?? new WeakMap<FieldMapping, Seen>();
  looked.set(known, byField);
  const before = byField.get(own);
  if (before?.model === model) return before.issue;
  const issue = sourceIssue(own, known) ?? compileIssue(own, model, known) ?? doubt(own, known);
  byField.set(own, { model, issue });
  return issue;
}

const sameSource = (own: FieldMapping, old: FieldMapping | undefined) =>
  old !== undefined && own.template === old.template && own.expression === old.expression && own.from === old.from;

/**
 * What is wrong with each field whatever the record, by the field's key. `accepted` is what is in use already: a path that was
 * published once is not held against it. `asked`: which way the records go, and what customers choose.
 */
export function issuesOf(
  draft: Draft,
  model: readonly ModelField[],
  known: Known,
  accepted: Draft,
  asked: Parameters<typeof toFill>[2],
): ReadonlyMap<string, Issue> {
  const issues = new Map<string, Issue>();
  const empty = new Set(toFill([...draft.values()], model, asked).map(({ key }) => key));
  for (const field of model) {
    const own = draft.get(field.key);
    if (!own) {
      if (empty.has(field.key)) issues.set(field.key, { message: "Required: choose where it comes from.", blocks: "publish" });
      continue;
    }
    const issue = issueOf(own, field, known);
    if (issue && !(issue.blocks !== "save" && sameSource(own, accepted.get(field.key)))) issues.set(field.key, issue);
  }
  return issues;
}
