import type { z } from "zod";
import { didYouMean } from "./did-you-mean";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];
/** What may stand at a place of the value, as far as it is known. */
type Shape = { properties?: Record<string, { const?: unknown; enum?: unknown[] }> };
type ShapesAt = (path: Path, root: unknown) => readonly Shape[];
/** Unknown names told of one place; whoever has more has another file in mind. */
const MAX_NAMES = 20;

type Worded = { path: PropertyKey[]; message: string };

const TYPES: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
};
const typeOf = (value: unknown): string => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);
const nameOf = (type: string): string => TYPES[type] ?? type;
const quoted = (values: readonly unknown[]): string =>
  values
    .slice(0, 12)
    .map((value) => JSON.stringify(value))
    .join(", ") + (values.length > 12 ? ", …" : "");

const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (here, step) => (typeof here === "object" && here !== null ? (here as Record<PropertyKey, unknown>)[step] : undefined),
    root,
  );

const guess = (given: unknown, known: readonly unknown[]): string => {
  const meant =
    typeof given === "string"
      ? didYouMean(
          given,
          known.filter((one) => typeof one === "string"),
        )
      : null;
  return meant === null ? "" : `; did you mean ${JSON.stringify(meant)}?`;
};

function unknownKeys(shapesAt: ShapesAt, root: unknown, path: PropertyKey[], keys: readonly string[]): Worded[] {
  const known = [...new Set(shapesAt(path, root).flatMap((shape) => Object.keys(shape.properties ?? {})))];
  const free = known.filter((name) => valueAt(root, [...path, name]) === undefined);
  return keys.slice(0, MAX_NAMES).map((key) => {
    const meant = didYouMean(key, free) ?? didYouMean(key, known);
    const hint =
      meant === null
        ? known.length > 0
          ? `; known here: ${known.slice(0, 15).join(", ")}${known.length > 15 ? ", …" : ""}`
          : ""
        : `; did you mean "${meant}"?`;
    return { path: [...path, key], message: `is not known here${hint}` };
  });
}

function sizeWords(issue: Extract<Issue, { code: "too_small" | "too_big" }>): string {
  const [most, limit] = issue.code === "too_big" ? ["at most", issue.maximum] : ["at least", issue.minimum];
  const unit = { string: " characters", array: " entries", set: " entries", map: " entries" }[issue.origin as string] ?? "";
  return issue.inclusive === false
    ? `must be ${issue.code === "too_big" ? "less" : "more"} than ${limit}${unit}`
    : `must be ${most} ${limit}${unit}`;
}

function formatWords(issue: Extract<Issue, { code: "invalid_format" }>): string {
  if (issue.format === "starts_with") return `must start with "${(issue as { prefix?: string }).prefix ?? ""}"`;
  if (issue.format === "date") return "must be a date like 2026-11-21";
  if (issue.format === "datetime") return "must be a moment like 2026-11-21T09:00:00Z";
  if (issue.format === "regex" && /must match pattern/.test(issue.message)) return `does not have the right form (${issue.pattern ?? ""})`;
  return issue.message.replace(/^Invalid string: /, "");
}

function unionWords(shapesAt: ShapesAt, issue: Extract<Issue, { code: "invalid_union" }>, root: unknown, path: PropertyKey[]): Worded[] {
  const given = valueAt(root, path);
  if (issue.errors.length === 0) {
    const [last] = path.slice(-1);
    const options = [
      ...new Set(
        shapesAt(path.slice(0, -1), root).flatMap(
          (shape) => shape.properties?.[String(last)]?.const ?? shape.properties?.[String(last)]?.enum ?? [],
        ),
      ),
    ];
    if (given === undefined) return [{ path, message: `is missing: one of ${quoted(options)}` }];
    return [{ path, message: `must be one of ${quoted(options)}${guess(given, options)}` }];
  }
  // The alternative that came furthest says what is wrong with it; one that is of another type altogether says nothing.
  const tries = issue.errors.filter((inner) => !inner.some((one) => one.code === "invalid_type" && one.path.length === 0));
  const [best] = [...tries].sort((a, b) => a.length - b.length);
  if (best && tries.length < issue.errors.length) return best.flatMap((one) => words(shapesAt, one, root, path));
  const kinds = issue.errors.flatMap((inner) =>
    inner.flatMap((one) => (one.code === "invalid_type" && one.path.length === 0 ? [nameOf(one.expected)] : [])),
  );
  if (best) return best.flatMap((one) => words(shapesAt, one, root, path));
  return [{ path, message: `must be ${[...new Set(kinds)].join(" or ") || "something else"}, not ${nameOf(typeOf(given))}` }];
}

/** One issue of the schema in words its author can act on; one for each unknown name. */
function words(shapesAt: ShapesAt, issue: Issue, root: unknown, before: PropertyKey[] = []): Worded[] {
  const path = [...before, ...issue.path];
  const given = valueAt(root, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return unknownKeys(shapesAt, root, path, issue.keys);
    case "invalid_type":
      if (given === undefined) return [{ path, message: `is missing: ${nameOf(issue.expected)}` }];
      return [{ path, message: `must be ${nameOf(issue.expected)}, not ${nameOf(typeOf(given))}` }];
    case "invalid_value":
      if (given === undefined) return [{ path, message: `is missing: one of ${quoted(issue.values)}` }];
      return [{ path, message: `must be ${issue.values.length > 1 ? "one of " : ""}${quoted(issue.values)}${guess(given, issue.values)}` }];
    case "invalid_union":
      return unionWords(shapesAt, issue, root, path);
    case "invalid_key":
      return [{ path, message: issue.issues[0]?.message ?? "is no name that can be used" }];
    case "too_small":
    case "too_big":
      return [{ path, message: sizeWords(issue) }];
    case "invalid_format":
      return [{ path, message: formatWords(issue) }];
    default:
      return [{ path, message: issue.message }];
  }
}

/** What a schema found wrong with `root`, in words; each fault once. `shapesAt` knows which names may stand at a place. */
export const issueWords = (issues: readonly Issue[], root: unknown, shapesAt: ShapesAt): Worded[] => {
  const all = issues.flatMap((issue) => words(shapesAt, issue, root));
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
};
