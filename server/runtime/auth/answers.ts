import { textAt } from "../paths";
import { matchPattern } from "../pattern";
import type { ConnectFieldSpec } from "./parts";
import { publicGroups } from "./pattern-parts";
import type { Found } from "./schema";

type Texts = Record<string, string>;

/** The named groups of a whole-value match; null when the value does not look like that. */
export function groupsOf(pattern: string, value: string): Texts | null {
  return matchPattern(pattern, value)?.groups ?? null;
}

/** Whether the groups of a secret that may be used like any other value are the better part of it. */
function givesAway(pattern: string, groups: Texts, answer: string): boolean {
  const taken = [...publicGroups(pattern)].reduce((sum, name) => sum + (groups[name]?.length ?? 0), 0);
  return taken * 2 > answer.length;
}

/** What one answer comes to: itself, its pattern's groups, and what its JSON holds. Null when the JSON lacks something. */
export function partsOf(field: ConnectFieldSpec, answer: string): Texts | null {
  if (field.options && !field.options.some(({ value }) => value === answer)) return null;
  const groups = field.pattern === undefined ? {} : groupsOf(field.pattern, answer);
  if (groups === null) return null;
  if (field.secret && field.pattern !== undefined && givesAway(field.pattern, groups, answer)) return null;
  const parts: Texts = { ...groups, [field.key]: answer };
  if (!field.json) return parts;
  let json: unknown;
  try {
    json = JSON.parse(answer);
  } catch {
    return null;
  }
  for (const [key, path] of Object.entries(field.json)) {
    const value = textAt(json, path);
    if (value === null) return null;
    parts[key] = value;
  }
  return parts;
}

/** Checked answers taken apart: all values for the credential, and those that are no secret for the connection's config. */
export function takeApart(fields: readonly ConnectFieldSpec[], answers: Readonly<Texts>): { values: Texts; config: Texts } {
  const [values, config]: [Texts, Texts] = [{}, {}];
  for (const field of fields) {
    const answer = answers[field.key];
    if (answer === undefined) continue;
    const parts = partsOf(field, answer) ?? { [field.key]: answer };
    Object.assign(values, parts);
    if (!field.secret) Object.assign(config, parts);
  }
  return { values, config };
}

/** A value found in an answer, under its name and with its groups. Null when it is not there or looks wrong. */
export function foundIn(json: unknown, key: string, found: Found): Texts | null {
  const value = textAt(json, typeof found === "string" ? found : found.path);
  if (value === null) return null;
  const groups = typeof found === "string" || found.pattern === undefined ? {} : groupsOf(found.pattern, value);
  return groups && { [key]: value, ...groups };
}
