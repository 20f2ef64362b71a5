import type { SeenType, SourceField } from "#server/lib/source-field";
import { pathUnder } from "./paths";

const MAX_FIELDS = 2_000;
const MAX_DEPTH = 6;
const MAX_VALUES = 24;
const MIN_FOR_VALUES = 20;

const DATETIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

type Tally = { seen: number; types: Map<SeenType, number>; values: Set<string> | null; example: string | null };

function typeOf(value: unknown): SeenType {
  if (Array.isArray(value)) return "array";
  if (typeof value === "object") return "object";
  if (typeof value === "number" || typeof value === "bigint") return "number";
  if (typeof value === "boolean") return "boolean";
  const text = String(value);
  if (DATE.test(text)) return "date";
  return DATETIME.test(text) && !Number.isNaN(Date.parse(text)) ? "datetime" : "string";
}

const isEmpty = (value: unknown) => value === null || value === undefined || value === "";
const FORBIDDEN = new Set(["__proto__", "prototype", "constructor", ""]);

function note(tallies: Map<string, Tally>, path: string, value: unknown): void {
  let tally = tallies.get(path);
  if (!tally) {
    if (tallies.size >= MAX_FIELDS) return;
    tally = { seen: 0, types: new Map(), values: new Set(), example: null };
    tallies.set(path, tally);
  }
  if (isEmpty(value)) return;
  const type = typeOf(value);
  tally.seen++;
  tally.types.set(type, (tally.types.get(type) ?? 0) + 1);
  if (type === "array" || type === "object") return;
  const text = String(value).slice(0, 200);
  tally.example ??= text;
  if (tally.values) tally.values.add(text);
  if ((tally.values?.size ?? 0) > MAX_VALUES) tally.values = null;
}

function walk(tallies: Map<string, Tally>, value: unknown, prefix: string, depth: number): void {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return;
  for (const [name, inner] of Object.entries(value)) {
    if (FORBIDDEN.has(name)) continue;
    const path = pathUnder(prefix, name);
    note(tallies, path, inner);
    if (!Array.isArray(inner)) walk(tallies, inner, path, depth + 1);
    else for (const one of inner.slice(0, 5)) if (!Array.isArray(one)) walk(tallies, one, `${path}[]`, depth + 1);
  }
}

/** Of several types the one that holds them all: dates of both kinds are moments, anything else mixed is text. */
function commonType(types: ReadonlyMap<SeenType, number>): SeenType {
  const [only, ...more] = types.keys();
  if (only === undefined) return "string";
  if (more.length === 0) return only;
  const all = new Set(types.keys());
  if (all.size === 2 && all.has("date") && all.has("datetime")) return "datetime";
  return all.has("array") ? "array" : all.has("object") ? "object" : "string";
}

/** A path as a title: its last name in words. */
export const titleOf = (path: string): string => {
  const last = path.split(".").at(-1) ?? path;
  const words = last
    .replace(/\[\]/g, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[_\-["\]]+/g, " ")
    .trim();
  return words === "" ? path : words.charAt(0).toUpperCase() + words.slice(1);
};

/** A short text that comes again and again is one of a few: told from at least {@link MIN_FOR_VALUES} values. */
function valuesOf({ seen, values, types }: Tally): string[] | null {
  if (!values || seen < MIN_FOR_VALUES || values.size < 2 || !types.has("string") || types.size > 1) return null;
  return values.size * 4 <= seen && [...values].every((one) => one.length <= 60) ? [...values].sort() : null;
}

/**
 * Fields of records, told from samples: paths, types, values, how often nothing is there. Objects that hold fields are not fields
 * themselves. Total on any JSON, bounded in fields and depth; pure.
 */
export function inferFields(samples: readonly unknown[]): SourceField[] {
  const tallies = new Map<string, Tally>();
  for (const sample of samples) walk(tallies, sample, "", 0);
  const paths = [...tallies.keys()];
  const holders = new Set(paths.flatMap((path) => path.split(/(?=\.|\[)/).map((_, n, parts) => parts.slice(0, n).join(""))));
  return [...tallies].flatMap(([path, tally]): SourceField[] => {
    const type = commonType(tally.types);
    if (holders.has(path) && type === "object") return [];
    const values = valuesOf(tally);
    const records = path.includes("[]") ? null : samples.length;
    return [
      {
        path,
        title: titleOf(path),
        type,
        ...(values ? { values } : {}),
        ...(records ? { emptyShare: 1 - Math.min(1, tally.seen / records) } : {}),
        ...(tally.example === null ? {} : { example: tally.example }),
      },
    ];
  });
}

/** What is declared, made whole by what samples show: declared titles and types stand; fields only seen are the account's own. */
export function joinFields(declared: readonly SourceField[], seen: readonly SourceField[]): SourceField[] {
  const shown = new Map(seen.map((field) => [field.path, field]));
  const known = new Set(declared.map((field) => field.path));
  const whole = declared.map((field) => {
    const { emptyShare, example, values } = shown.get(field.path) ?? {};
    return {
      ...(values === undefined ? {} : { values }),
      ...field,
      ...(emptyShare === undefined ? {} : { emptyShare }),
      ...(example === undefined ? {} : { example }),
    };
  });
  return [...whole, ...seen.filter((field) => !known.has(field.path)).map((field) => ({ ...field, custom: true }))];
}
