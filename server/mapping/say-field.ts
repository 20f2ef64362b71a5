import type { Say } from "#server/words/say";
import type { FieldMapping, Transform } from "./schema";

/** Titles of source fields by path. */
type Titles = ReadonlyMap<string, string>;

/** What a field is called; one that is not known (any more) by the end of its path, as a person would write it. */
export const titleOf = (titles: Titles, path: string): string =>
  titles.get(path) ??
  (path.split(".").at(-1) ?? path)
    .replaceAll(/["[\]*]+/g, " ")
    .replaceAll("_", " ")
    .trim();

/** The known fields that an expression names, by their titles, the longest paths first so that no part of one counts as another. */
function namedIn(expression: string, titles: Titles): string[] {
  let left = expression;
  const paths = [...titles.keys()].sort((a, b) => b.length - a.length);
  return paths.flatMap((path) => {
    const at = left.indexOf(path);
    if (at === -1 || /[\w$.]/.test(left[at - 1] ?? " ") || /[\w$]/.test(left[at + path.length] ?? " ")) return [];
    left = left.replaceAll(path, "");
    return [titleOf(titles, path)];
  });
}
const short = (text: string, length = 60) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
const quoted = (value: unknown, say: Say) =>
  value === null
    ? say("common.nothing")
    : say("origin.quoted", { value: short(typeof value === "string" ? value : JSON.stringify(value)) });

/** Where a field comes from, in words: a source field's title, a text with titles in its holes, what it is worked out from, a fixed value. */
export function sayOrigin(field: FieldMapping, titles: Titles, say: Say): string {
  if (field.from !== undefined) return titleOf(titles, field.from);
  if (field.template !== undefined)
    return field.template.replace(/\{([^{}]+)\}/g, (_all, path: string) => `{${titleOf(titles, path.trim())}}`);
  if (field.expression !== undefined) {
    const fields = namedIn(field.expression, titles);
    return fields.length > 0 ? say("origin.computed_from", { fields: say.list(fields) }) : say("origin.computed_plain");
  }
  return say("origin.always", { value: quoted(field.constant, say) });
}

function settingWords(name: string, value: unknown, titles: Titles, say: Say): string[] {
  if (value === undefined || name === "type") return [];
  if (name === "currencyFrom" && typeof value === "string") return [titleOf(titles, value)];
  if (Array.isArray(value)) return [value.slice(0, 5).map(String).join(", ")];
  if (typeof value === "object" && value !== null) return [pairWords(value as Record<string, unknown>, say)];
  return [typeof value === "string" ? say("origin.quoted", { value: short(value) }) : String(value)];
}

function pairWords(values: Record<string, unknown>, say: Say): string {
  const all = Object.entries(values);
  const shown = all.slice(0, 5).map(([from, to]) => `${short(from)} → ${to === null ? say("common.nothing") : short(String(to))}`);
  const pairs = shown.join("; ");
  return all.length > 5 ? say("how.more", { pairs, count: all.length - 5 }) : pairs;
}

function stepWords(step: Transform, titles: Titles, say: Say): string {
  const settings = Object.entries(step).flatMap(([name, value]) => settingWords(name, value, titles, say));
  return say(`step.${step.type}`) + (settings.length > 0 ? ` (${settings.join(", ")})` : "");
}

/** How a value is changed on the way, step by step; “as it is” without one. */
export function saySteps(field: FieldMapping, titles: Titles, say: Say): string {
  const values = field.values && Object.keys(field.values).length > 0 ? [say("how.values", { pairs: pairWords(field.values, say) })] : [];
  const all = [...field.transforms.map((step) => stepWords(step, titles, say)), ...values];
  return all.length === 0 ? say("how.as_it_is") : all.join(say("how.then"));
}

/** What happens when there is no value. */
export function sayEmpty(field: FieldMapping, isRequired: boolean, say: Say): string {
  if (field.default !== undefined && field.default !== null) return say("empty.taken", { value: quoted(field.default, say) });
  return say(isRequired || field.required ? "empty.held" : "empty.left");
}

/** The whole of a field in one line; null = nothing is mapped. */
export function sayField(field: FieldMapping | null, titles: Titles, say: Say): string {
  if (field === null) return say("origin.left_out");
  const changed = field.transforms.length > 0 || Object.keys(field.values ?? {}).length > 0;
  const fallback = field.default !== undefined && field.default !== null;
  return (
    sayOrigin(field, titles, say) +
    (changed ? `; ${saySteps(field, titles, say)}` : "") +
    (fallback ? `, ${say("origin.when_empty", { value: quoted(field.default, say) })}` : "")
  );
}
