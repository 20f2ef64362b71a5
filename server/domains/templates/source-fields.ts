import { pathUnder } from "#server/mapping/paths";
import type { MappingEditorView } from "#server/trpc/views";

type SourceField = MappingEditorView["sourceFields"][number];
type Known = { path: string; type: string; title: string };

const DEPTH = 6;
const EXAMPLE_LENGTH = 80;
const FIELDS_LIMIT = 1_000;
/** Names no mapping may use. */
const FORBIDDEN = new Set(["", "__proto__", "prototype", "constructor"]);
const ISO_MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "string") return ISO_MOMENT.test(value) ? "datetime" : "string";
  return typeof value;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Every leaf of a record with its dotted path; lists count as leaves. Names with a dot in them have no path. */
export function leavesOf(value: unknown, prefix = "", depth = 0): [path: string, value: unknown][] {
  if (!isObject(value) || depth >= DEPTH) return prefix === "" ? [] : [[prefix, value]];
  return Object.entries(value).flatMap(([key, child]) => {
    if (FORBIDDEN.has(key) || key.includes(".") || key.trim() !== key) return [];
    return leavesOf(child, prefix === "" ? key : `${prefix}.${key}`, depth + 1);
  });
}

const ENTRIES = 5;

/** Every leaf by the path a mapping reads it by, and behind a list what its first entries hold: `lines`, `lines[].sku`. */
function placesOf(value: unknown, prefix = "", depth = 0): [path: string, value: unknown][] {
  if (Array.isArray(value)) {
    const inside = depth >= DEPTH ? [] : value.slice(0, ENTRIES).filter(isObject);
    return [[prefix, value], ...inside.flatMap((entry) => placesOf(entry, `${prefix}[]`, depth))];
  }
  if (!isObject(value) || depth >= DEPTH) return prefix === "" ? [] : [[prefix, value]];
  return Object.entries(value).flatMap(([key, child]) => {
    if (FORBIDDEN.has(key) || key.trim() !== key) return [];
    return placesOf(child, pathUnder(prefix, key), depth + 1);
  });
}

export const isEmpty = (value: unknown): boolean => value === null || value === undefined || value === "";

function exampleOf(value: unknown): string {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length > EXAMPLE_LENGTH ? `${text.slice(0, EXAMPLE_LENGTH - 1)}…` : text;
}

/** The connector's own fields first, in their order, then whatever else the records hold (custom fields), by path. */
export function sourceFields(known: readonly Known[], records: readonly unknown[]): SourceField[] {
  const fields = new Map<string, SourceField>(known.map((field) => [field.path, { ...field, example: null }]));
  const found = new Map<string, SourceField>();
  for (const [path, value] of records.flatMap((record) => placesOf(record))) {
    if (path === "lookups.$") continue; // by which lookups the others were answered
    const field = fields.get(path) ?? found.get(path) ?? { path, type: "string", title: null, example: null };
    if (field.example === null && !isEmpty(value)) {
      field.example = exampleOf(value);
      if (!fields.has(path)) field.type = typeOf(value);
    }
    if (!fields.has(path) && found.size < FIELDS_LIMIT) found.set(path, field);
  }
  return [...fields.values(), ...[...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))];
}
