import type { ModelField } from "#server/domains/models/schema";
import { type Imported, isRecord, MAX_FIELDS, nameKey, parseJson, tidy } from "./model-import";

type Schema = Record<string, unknown>;
type Walk = { root: Schema; fields: ModelField[]; notes: string[] };

const MAX_DEPTH = 6;
const text = (value: unknown): string | null => (typeof value === "string" && value.trim() !== "" ? value.trim() : null);

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray % names nothing, which is told as such
  }
}

/** What a reference inside the document names. */
const namedBy = (root: Schema, ref: string): unknown =>
  ref
    .split("/")
    .slice(1)
    .map((part) => decoded(part).replace(/~1/g, "/").replace(/~0/g, "~"))
    .reduce<unknown>((at, part) => (isRecord(at) && Object.hasOwn(at, part) ? at[part] : undefined), root);

function resolveRef(walk: Walk, schema: Schema, ref: string, hops: number): Schema {
  const target = ref.startsWith("#") ? namedBy(walk.root, ref) : undefined;
  const { $ref: _ref, ...own } = schema;
  if (isRecord(target)) return resolve(walk, { ...target, ...own }, hops + 1);
  walk.notes.push(`${ref} is not in this document; its field is taken as an object.`);
  return { ...own, type: "object" };
}

/** Follows `$ref` inside the document and `allOf`; a choice of "this or null" is this. */
function resolve(walk: Walk, schema: Schema, hops = 0): Schema {
  const ref = text(schema["$ref"]);
  if (ref !== null && hops < 10) return resolveRef(walk, schema, ref, hops);
  const parts = Array.isArray(schema["allOf"]) ? schema["allOf"].filter(isRecord).map((part) => resolve(walk, part, hops + 1)) : [];
  const merged = parts.length === 0 ? schema : mergeAll([...parts, schema]);
  const ways = [merged["anyOf"], merged["oneOf"]]
    .find(Array.isArray)
    ?.filter(isRecord)
    .filter((way) => way["type"] !== "null");
  const { anyOf: _any, oneOf: _one, ...rest } = merged;
  return ways?.length === 1 && ways[0] && hops < 10 ? resolve(walk, { ...ways[0], ...rest }, hops + 1) : merged;
}

/** All parts of an `allOf` as one: later words win, properties and required names come together. */
function mergeAll(parts: readonly Schema[]): Schema {
  const properties = Object.assign({}, ...parts.map(propertiesOf)) as Schema;
  const required = parts.flatMap((part) => (Array.isArray(part["required"]) ? (part["required"] as unknown[]) : []));
  const all = Object.assign({}, ...parts) as Schema;
  return { ...all, ...(Object.keys(properties).length > 0 ? { properties } : {}), ...(required.length > 0 ? { required } : {}) };
}

const propertiesOf = (schema: Schema): Schema => (isRecord(schema["properties"]) ? schema["properties"] : {});

const typeOf = (schema: Schema): string | null => {
  const type = schema["type"];
  if (Array.isArray(type)) return text(type.find((one) => one !== "null"));
  return text(type) ?? (isRecord(schema["properties"]) ? "object" : null);
};

/** The choice's values, when they are all texts. */
function choicesOf(schema: Schema): string[] | null {
  const given = Array.isArray(schema["enum"]) ? schema["enum"] : schema["const"] === undefined ? [] : [schema["const"]];
  const values = given.filter((one) => one !== null);
  return values.length > 0 && values.every((one) => typeof one === "string" && one !== "") ? [...new Set(values as string[])] : null;
}

const FORMATS: Record<string, ModelField["type"]> = {
  date: "date",
  "date-time": "datetime",
  datetime: "datetime",
  decimal: "decimal",
  money: "decimal",
};

function leafType(schema: Schema, type: string | null): Pick<ModelField, "type" | "values"> {
  const values = choicesOf(schema);
  if (values) return { type: "enum", values };
  const format = FORMATS[text(schema["format"]) ?? ""];
  if (type === "string" && format) return { type: format };
  if (type === "integer" || type === "number") return { type: "number" };
  if (type === "boolean" || type === "array" || type === "object") return { type };
  return { type: "string" };
}

/** An amount with its currency and nothing else. */
const isMoney = (properties: Schema) => {
  const names = Object.keys(properties);
  return names.length === 2 && names.includes("amount") && names.includes("currency");
};

const wordsOf = (name: string) => {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[_\-.]+/g, " ")
    .trim();
  return words === "" ? name : words.charAt(0).toUpperCase() + words.slice(1);
};

type Place = { key: string; name: string; required: boolean; depth: number };

/** Where the fields of a schema that holds others lie; null = it is a field itself. */
function insideOf(
  walk: Walk,
  schema: Schema,
  type: string | null,
  { key, depth }: Place,
): { schema: Schema; prefix: string; list: boolean } | null {
  if (depth >= MAX_DEPTH) return null;
  const properties = propertiesOf(schema);
  if (type === "object" && Object.keys(properties).length > 0 && !isMoney(properties))
    return { schema, prefix: key === "" ? "" : `${key}.`, list: false };
  if (type !== "array" || !isRecord(schema["items"])) return null;
  const items = resolve(walk, schema["items"]);
  return isRecord(items["properties"]) ? { schema: items, prefix: `${key}[].`, list: true } : null;
}

function visit(walk: Walk, given: Schema, place: Place): void {
  const schema = resolve(walk, given);
  const type = typeOf(schema);
  const inside = insideOf(walk, schema, type, place);
  if (inside) {
    eachProperty(walk, inside.schema, inside.list ? { ...place, required: false } : place, inside.prefix);
    return;
  }
  if (place.key === "") return;
  if (Array.isArray(schema["anyOf"]) || Array.isArray(schema["oneOf"]))
    walk.notes.push(`${place.key} may be one of several types; it is taken as ${type === null ? "text" : type}. Change it below.`);
  if (Array.isArray(schema["enum"]) && choicesOf(schema) === null)
    walk.notes.push(`${place.key} has choices that are not all texts; they are not kept. Set them below, or map them to texts.`);
  const description = text(schema["description"])?.slice(0, 500);
  walk.fields.push({
    key: place.key,
    name: (text(schema["title"]) ?? wordsOf(place.name)).slice(0, 100),
    ...(type === "object" && isMoney(propertiesOf(schema)) ? { type: "money" as const } : leafType(schema, type)),
    required: place.required,
    ...(description === undefined ? {} : { description }),
  });
}

function eachProperty(walk: Walk, schema: Schema, place: Place, prefix: string): void {
  const required = new Set(Array.isArray(schema["required"]) ? (schema["required"] as unknown[]) : []);
  for (const [name, value] of Object.entries(propertiesOf(schema))) {
    if (walk.fields.length > MAX_FIELDS) return;
    if (!isRecord(value)) continue;
    // A field deep inside is only needed when all that lies around it is.
    const needed = required.has(name) && (place.key === "" || place.required);
    visit(walk, value, { key: `${prefix}${nameKey(name)}`, name, required: needed, depth: place.depth + 1 });
  }
}

/**
 * Fields of a JSON Schema (any draft): properties, nested ones and those of lists' entries, with required, enum, formats and
 * descriptions; references inside the document are followed. Throws RangeError when it describes no object.
 */
export function fieldsOfJsonSchema(source: string): Imported {
  const root = parseJson(source);
  if (!isRecord(root)) throw new RangeError("A JSON Schema is an object with properties.");
  const walk: Walk = { root, fields: [], notes: [] };
  visit(walk, root, { key: "", name: "", required: true, depth: 0 });
  if (walk.fields.length === 0) throw new RangeError('This schema describes no properties; paste one with "properties".');
  const { fields, notes } = tidy(walk.fields);
  return { fields, notes: [...walk.notes.slice(0, 20), ...notes] };
}
