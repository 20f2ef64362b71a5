import type { FieldMapping } from "./schema";
import { definitionOf } from "./transforms/registry";

/** Titles of source fields by path; a path that is not in it stands for itself. */
type Titles = ReadonlyMap<string, string>;

const titleOf = (titles: Titles, path: string) => titles.get(path) ?? path;
const short = (text: string, length = 60) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
const quoted = (value: unknown) => (value === null ? "nothing" : `“${short(typeof value === "string" ? value : JSON.stringify(value))}”`);

/** Where a field comes from, in words: a source field's title, a text with titles in its holes, a computation, a fixed value. */
export function originWords(field: FieldMapping, titles: Titles): string {
  if (field.from !== undefined) return titleOf(titles, field.from);
  if (field.template !== undefined)
    return field.template.replace(/\{([^{}]+)\}/g, (_all, path: string) => `{${titleOf(titles, path.trim())}}`);
  if (field.expression !== undefined) return `computed: ${short(field.expression, 200)}`;
  return `always ${quoted(field.constant)}`;
}

function settingWords(name: string, value: unknown): string[] {
  if (value === undefined || name === "type") return [];
  if (Array.isArray(value)) return [value.slice(0, 5).map(String).join(", ")];
  if (typeof value === "object" && value !== null) return [pairWords(value as Record<string, unknown>)];
  return [typeof value === "string" ? `“${short(value)}”` : String(value)];
}

function pairWords(values: Record<string, unknown>): string {
  const pairs = Object.entries(values);
  const shown = pairs.slice(0, 5).map(([from, to]) => `${short(from)} → ${to === null ? "nothing" : short(String(to))}`);
  return shown.join("; ") + (pairs.length > 5 ? ` and ${pairs.length - 5} more` : "");
}

/** How a value is changed on the way, step by step; “as it is” without one. */
export function stepWords(field: FieldMapping): string {
  const steps = field.transforms.map((step) => {
    const settings = Object.entries(step).flatMap(([name, value]) => settingWords(name, value));
    return definitionOf(step.type).title + (settings.length > 0 ? ` (${settings.join(", ")})` : "");
  });
  const values = field.values && Object.keys(field.values).length > 0 ? [`Values: ${pairWords(field.values)}`] : [];
  const all = [...steps, ...values];
  return all.length === 0 ? "as it is" : all.join(", then ");
}

/** What happens when there is no value. */
export function emptyWords(field: FieldMapping, isRequired: boolean): string {
  if (field.default !== undefined && field.default !== null) return `${quoted(field.default)} is taken`;
  return isRequired || field.required ? "the record is held back" : "left empty";
}

/** The whole of a field in one line; null = nothing is mapped. */
export function fieldWords(field: FieldMapping | null, titles: Titles): string {
  if (field === null) return "left out";
  const steps = stepWords(field);
  const fallback = field.default !== undefined && field.default !== null ? `, ${quoted(field.default)} when empty` : "";
  return originWords(field, titles) + (steps === "as it is" ? "" : `; ${steps}`) + fallback;
}
