import { type Draft, sourceOf } from "#components/vendor/mapping/field-draft";
import type { ModelField } from "#server/domains/models/schema";
import { compileMapping } from "#server/mapping/compile";
import { compileReader } from "#server/mapping/paths";
import type { FieldMapping } from "#server/mapping/schema";
import { templateFault, templatePaths } from "#server/mapping/template-check";

/** What keeps a field from being saved or published. `blocks` "publish": a draft may hold it. */
export type Issue = { message: string; blocks: "save" | "publish" };

export type Known = { paths: ReadonlySet<string>; samples: readonly unknown[]; expressionsReady: boolean };

/** Whether the source has such a place: as a field, above fields, inside a list, or on one of the samples. */
function isKnown(path: string, { paths, samples }: Known): boolean {
  if (paths.has(path)) return true;
  const list = /^(.+?)\[/.exec(path)?.[1];
  if (list !== undefined && paths.has(list)) return true;
  for (const known of paths) if (known.startsWith(`${path}.`)) return true;
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

function unknownPath(text: string, known: Known): Issue | null {
  const stranger = templatePaths(text).find((path) => !isKnown(path, known));
  if (stranger === undefined) return null;
  const meant = nearest(stranger, known.paths);
  const remedy = meant ? `Did you mean {${meant}}?` : "Correct the path, or choose the field from the list above.";
  return { message: `No record has a field ${stranger}. ${remedy}`, blocks: "publish" };
}

function sourceIssue(field: FieldMapping, known: Known): Issue | null {
  const source = sourceOf(field);
  if (source.kind === "template") {
    if (source.text.trim() === "") return { message: "Write the text, with fields in braces.", blocks: "save" };
    const fault = templateFault(source.text);
    return fault ? { message: fault, blocks: "save" } : unknownPath(source.text, known);
  }
  if (source.kind === "expression" && source.text.trim() === "") return { message: "Write the expression.", blocks: "save" };
  return null;
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

/**
 * What is wrong with each field whatever the record, by the field's key. `accepted` is what is in use already: a path that was
 * published once is not held against it.
 */
export function issuesOf(draft: Draft, model: readonly ModelField[], known: Known, accepted: Draft): ReadonlyMap<string, Issue> {
  const issues = new Map<string, Issue>();
  for (const field of model) {
    const own = draft.get(field.key);
    if (!own) {
      if (field.required) issues.set(field.key, { message: "Required: choose where it comes from.", blocks: "publish" });
      continue;
    }
    const issue = sourceIssue(own, known) ?? compileIssue(own, field, known);
    const old = accepted.get(field.key);
    if (issue && !(issue.blocks === "publish" && old?.template === own.template)) issues.set(field.key, issue);
  }
  return issues;
}
