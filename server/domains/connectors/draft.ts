import { Document } from "yaml";
import { PRIVATE_PREFIX } from "#server/connectors/index";
import { put } from "#server/runtime/paths";
import { SOURCE_LIMIT_BYTES } from "./schema";

/** A manifest as far as a description of the service tells it, and what somebody still has to look at. */
export type Draft = { manifest: Record<string, unknown>; notes: string[] };

/** `ListOrders`, `list-orders` → words, all small. */
const wordsIn = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");

/** A name for machines: `list_orders`. */
export function keyOf(name: string, otherwise: string): string {
  const key = wordsIn(name).join("_").slice(0, 60);
  return /^[a-z]/.test(key) ? key : otherwise;
}

/** A name for people: `List orders`. */
export function titleOf(name: string): string {
  const title = wordsIn(name).join(" ");
  return title === "" ? name.slice(0, 60) : title.replace(/^./, (first) => first.toUpperCase()).slice(0, 80);
}

/** The name, or the name with a number where it is taken. */
export function freeKey(taken: ReadonlySet<string> | Readonly<Record<string, unknown>>, key: string): string {
  const has = (one: string) => (taken instanceof Set ? taken.has(one) : Object.hasOwn(taken, one));
  for (let n = 1; ; n++) if (!has(n === 1 ? key : `${key}_${n}`)) return n === 1 ? key : `${key}_${n}`;
}

export const privateKey = (name: string): string => `${PRIVATE_PREFIX}${keyOf(name, "service").replace(/_/g, "-").slice(0, 50)}`;

export type DraftField = { path: string; type: "string" | "number" | "boolean" | "datetime" | "date" | "array" | "object"; title: string };

const SAMPLES: Record<DraftField["type"], unknown> = {
  string: "sample",
  number: 1,
  boolean: true,
  datetime: "2026-01-05T09:00:00Z",
  date: "2026-01-05",
  array: [],
  object: {},
};

/** A value of each field's type, at its path. */
export function sampleOf(fields: readonly DraftField[]): Record<string, unknown> {
  const sample: Record<string, unknown> = {};
  for (const { path, type } of fields) if (path !== "$") put(sample, path, SAMPLES[type]);
  return sample;
}

/** What tells a record apart, by its name; else the first field there is. */
export function idAmong(fields: readonly DraftField[], record: string): { path: string; sure: boolean } | null {
  const plain = fields.filter(({ path, type }) => (type === "string" || type === "number") && ABOUT_ITSELF.test(path));
  const named = (pattern: RegExp) => plain.find(({ path }) => pattern.test(path));
  const own = wordsIn(record).join("");
  const found =
    named(/^@?(?:id|guid|uuid)$/i) ??
    plain.find(({ path }) => path.toLowerCase().replace(/[^a-z0-9]/g, "") === `${own}id`) ??
    named(/^@?[\w-]*(?:id|guid|uuid|key)$/i) ??
    named(/^@?(?:code|number|no|sku|name)$/i);
  return found ? { path: found.path, sure: true } : plain[0] ? { path: plain[0].path, sure: false } : null;
}

const CHANGED =
  /(?:modified|updated|changed|modification|systemmodstamp|(?:change|update|modify)_?(?:d|date|time|at|on))(?:_?(?:at|on|date|time|utc))*$/i;

/** A path that stays with the record: of `contact.updated_at` nobody knows whose change it tells. */
const ABOUT_ITSELF = /^(?:(?:meta|meta_?data|audit\w*|sys(?:tem)?|attributes|properties|details?|info|node)\.)*[^.]+$/i;

/** What says when a record changed, by its name. */
export const changedAmong = (fields: readonly DraftField[]): string | null =>
  fields.find(({ path, type }) => ["datetime", "date", "string"].includes(type) && CHANGED.test(path) && ABOUT_ITSELF.test(path))?.path ??
  null;

/** The file somebody goes on with: YAML, what is to be looked at above it. Null = it would be too large. */
export function draftText({ manifest, notes }: Draft): string | null {
  const document = new Document(manifest, { aliasDuplicateObjects: false });
  document.commentBefore = [
    " A draft. Look at this, then check and try it:",
    ...notes.map((note) => ` - ${note.replace(/\s+/g, " ")}`),
  ].join("\n");
  const text = document.toString({ lineWidth: 140 });
  return Buffer.byteLength(text) > SOURCE_LIMIT_BYTES ? null : text;
}
