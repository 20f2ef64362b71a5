import { type DraftField, titleOf } from "./draft";

export type Json = Record<string, unknown>;

export const objectIn = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
export const textIn = (value: unknown): string => (typeof value === "string" ? value : "");
export const listIn = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const MAX_REFS = 20;
const MAX_DEPTH = 3;

/** What a `$ref` of this file points to; anything else is itself. A reference to elsewhere is nothing. */
export function resolved(root: Json, value: unknown): Json {
  let here: unknown = value;
  for (let n = 0; n < MAX_REFS; n++) {
    const ref = objectIn(here)["$ref"];
    if (typeof ref !== "string") return objectIn(here);
    if (!ref.startsWith("#/")) return {};
    here = ref
      .slice(2)
      .split("/")
      .reduce<unknown>((node, step) => objectIn(node)[decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~")], root);
  }
  return {};
}

/** What was put together before; a schema that holds itself is nothing inside itself. */
const known = new WeakMap<Json, Json>();

/** A schema with its `allOf` put together; of alternatives the first that is something. */
export function merged(root: Json, value: unknown): Json {
  const schema = resolved(root, value);
  const before = known.get(schema);
  if (before) return before;
  known.set(schema, {});
  const alternatives = [...listIn(schema["oneOf"]), ...listIn(schema["anyOf"])]
    .map((one) => resolved(root, one))
    .filter((one) => one["type"] !== "null");
  const parts = [...listIn(schema["allOf"]), ...alternatives.slice(0, 1)].map((one) => merged(root, one));
  const properties = Object.assign({}, ...parts.map((one) => objectIn(one["properties"])), objectIn(schema["properties"])) as Json;
  const { allOf: _all, oneOf: _one, anyOf: _any, ...own } = schema;
  const whole =
    parts.length === 0 ? schema : { ...Object.assign({}, ...parts), ...own, ...(Object.keys(properties).length > 0 ? { properties } : {}) };
  known.set(schema, whole);
  return whole;
}

/** Properties looked at on one level: files may point at large schemas from everywhere. */
const WIDTH = [200, 40, 20];
const propertiesOf = (root: Json, schema: Json, depth: number) =>
  Object.entries(objectIn(schema["properties"]))
    .slice(0, WIDTH[depth] ?? 0)
    .map(([name, one]) => [name, merged(root, one)] as const);

const typeIn = (schema: Json): string => {
  const types = [schema["type"] ?? []].flat().filter((one) => one !== "null");
  return textIn(types[0]) || (schema["properties"] ? "object" : schema["items"] ? "array" : "string");
};

function fieldType(schema: Json): DraftField["type"] {
  const type = typeIn(schema);
  const format = schema["format"];
  if (type === "integer" || type === "number") return "number";
  if (type === "boolean" || type === "array" || type === "object") return type;
  return format === "date-time" ? "datetime" : format === "date" ? "date" : "string";
}

/** The paths of a schema's properties, down to what has none of its own. */
export function fieldsOf(root: Json, value: unknown, most: number, depth = 0, above: readonly string[] = []): DraftField[] {
  const fields: DraftField[] = [];
  for (const [name, one] of Object.entries(objectIn(merged(root, value)["properties"]))) {
    if (fields.length >= most) break;
    const schema = merged(root, one);
    const way = [...above, name.replaceAll(".", "\\.")];
    if (typeIn(schema) === "object" && schema["properties"] && depth < MAX_DEPTH - 1)
      fields.push(...fieldsOf(root, schema, most - fields.length, depth + 1, way));
    else if (/^\S+$/.test(name)) fields.push({ path: way.join("."), type: fieldType(schema), title: titleOf(way.join(" ")) });
  }
  return fields;
}

const bareName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** Names that lists go by, best first. */
const LISTS = ["data", "items", "results", "records", "values", "value", "entries", "rows", "list", "content"];

/** Names of lists that go with an answer and are not what it is about. */
const BESIDE = /^(?:_?links|warnings|errors|messages|meta|facets|aggregations|included)$/i;

/** Where in an answer a list of objects stands, and what is in it; one by the `name` of what is asked for comes first. */
export function listAt(
  root: Json,
  value: unknown,
  name: string,
  depth = 0,
  above: readonly string[] = [],
): { path: string; item: Json } | null {
  const schema = merged(root, value);
  if (typeIn(schema) === "array") {
    const item = merged(root, schema["items"]);
    return typeIn(item) === "object" ? { path: above.length === 0 ? "$" : above.join("."), item } : null;
  }
  if (depth >= MAX_DEPTH) return null;
  const properties = propertiesOf(root, schema, depth);
  const rank = (one: string) => (bareName(one) === bareName(name) ? -1 : LISTS.includes(one) ? LISTS.indexOf(one) : LISTS.length);
  const arrays = properties.filter(([own, one]) => typeIn(one) === "array" && !BESIDE.test(own)).sort(([a], [b]) => rank(a) - rank(b));
  const below = properties.filter(([, one]) => typeIn(one) === "object");
  for (const [own, one] of [...arrays, ...below]) {
    const found = listAt(root, one, name, depth + 1, [...above, own.replaceAll(".", "\\.")]);
    if (found) return found;
  }
  return null;
}

/** The path of the first property beside the list whose name fits. */
export function propertyAt(
  root: Json,
  value: unknown,
  pattern: RegExp,
  depth = 0,
  above: readonly string[] = [],
): { path: string; schema: Json } | null {
  if (depth >= MAX_DEPTH) return null;
  const properties = propertiesOf(root, merged(root, value), depth);
  for (const [name, schema] of properties) {
    const way = [...above, name.replaceAll(".", "\\.")];
    const type = typeIn(schema);
    if (type !== "array" && type !== "object" && pattern.test(way.join("."))) return { path: way.join("."), schema };
  }
  for (const [name, schema] of properties) {
    if (typeIn(schema) !== "object") continue;
    const found = propertyAt(root, schema, pattern, depth + 1, [...above, name.replaceAll(".", "\\.")]);
    if (found) return found;
  }
  return null;
}
