import { Ajv } from "ajv";
import type { Description } from "./description";

type Json = Record<string, unknown>;
const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, coerceTypes: false, logger: false });

/** What a reference leads to. */
export function resolved(description: Description, value: unknown): unknown {
  let here = value;
  for (let n = 0; n < 20 && isJson(here) && typeof here["$ref"] === "string"; n++)
    here = description.at(
      here["$ref"]
        .replace(/^#\//, "")
        .split("/")
        .map((one) => decodeURIComponent(one.replaceAll("~1", "/").replaceAll("~0", "~"))),
    );
  return here;
}

/** Regular expressions of descriptions that JavaScript cannot read are left out. */
function fits(pattern: unknown): boolean {
  try {
    new RegExp(String(pattern), "u");
    return true;
  } catch {
    return false;
  }
}

const DROPPED = new Set([
  "$ref",
  "example",
  "examples",
  "description",
  "title",
  "discriminator",
  "xml",
  "externalDocs",
  "nullable",
  "deprecated",
  "default",
]);

/** Whether a part of a schema says something that JSON Schema knows by the same name. */
function isKept(name: string, value: unknown): boolean {
  if (DROPPED.has(name) || name.startsWith("x-") || name === "required") return false;
  if (name === "pattern") return fits(value);
  return !(name.startsWith("exclusive") && typeof value === "boolean");
}

/** Names that must be there; one that the schema itself does not know is the description's own slip. */
function requiredOf({ required, properties }: Json): string[] | null {
  if (!Array.isArray(required)) return null;
  return isJson(properties) ? required.filter((name) => Object.hasOwn(properties, name)) : required;
}

/** A schema of OpenAPI 2, 3.0 or 3.1 as JSON Schema, with everything it refers to; references become local ones. */
export function schemaOf(description: Description, given: unknown): Json {
  const definitions: Record<string, unknown> = {};
  const names = new Map<string, string>();
  const convert = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(convert);
    if (!isJson(value)) return value;
    const ref = value["$ref"];
    if (typeof ref === "string") {
      const known = names.get(ref);
      if (known !== undefined) return { $ref: `#/definitions/${known}` };
      const name = `d${names.size}`;
      names.set(ref, name);
      // Some descriptions refer to what they do not hold.
      definitions[name] = convert(resolved(description, value)) ?? {};
      return { $ref: `#/definitions/${name}` };
    }
    return converted(value);
  };
  const converted = (value: Json): Json => {
    const kept = Object.entries(value).filter(([name, one]) => isKept(name, one));
    const schema: Json = Object.fromEntries(kept.map(([name, one]) => [name, part(name, one)]));
    const required = requiredOf(value);
    if (required) schema["required"] = required;
    if (schema["type"] === "file") delete schema["type"];
    return value["nullable"] === true ? { anyOf: [schema, { type: "null" }] } : schema;
  };
  const part = (name: string, one: unknown): unknown => {
    if (name === "enum" || name === "const") return one;
    return name === "properties"
      ? Object.fromEntries(Object.entries(one as Json).map(([key, inner]) => [key, convert(inner)]))
      : convert(one);
  };
  const top = convert(given);
  return { ...(isJson(top) ? top : {}), definitions };
}

/** Why a value is not what a schema says; empty when it is. */
export function faultsOf(description: Description, schema: unknown, value: unknown): string[] {
  const check = ajv.compile(schemaOf(description, schema));
  if (check(value)) return [];
  return (check.errors ?? [])
    .slice(0, 4)
    .map(
      (one) =>
        `${one.instancePath || "body"} ${one.message}${one.params["allowedValues"] ? ` (${String(one.params["allowedValues"]).slice(0, 120)})` : ""}`,
    );
}

/** Names in a value that its schema does not know, where it lists what there is. */
export function unknownNames(description: Description, schema: unknown, value: unknown, at = ""): string[] {
  const here = resolved(description, schema);
  if (Array.isArray(value) && isJson(here))
    return value.slice(0, 2).flatMap((one) => unknownNames(description, here["items"], one, `${at}[]`));
  if (!isJson(value) || !isJson(here)) return [];
  const parts = partsOf(description, here);
  const open = parts.some((one) => one["additionalProperties"] !== undefined && one["additionalProperties"] !== false);
  const known: Json = Object.assign({}, ...parts.map((one) => one["properties"] ?? {}));
  if (Object.keys(known).length === 0) return [];
  return Object.entries(value).flatMap(([name, one]) => {
    if (Object.hasOwn(known, name)) return unknownNames(description, known[name], one, `${at}.${name}`);
    return open ? [] : [`${at}.${name} is unknown`];
  });
}

/** A schema and all it is made of. */
export function partsOf(description: Description, schema: Json, depth = 0): Json[] {
  if (depth > 6) return [];
  const inner = ["allOf", "anyOf", "oneOf"].flatMap((name) => (Array.isArray(schema[name]) ? (schema[name] as unknown[]) : []));
  return [
    schema,
    ...inner
      .map((one) => resolved(description, one))
      .filter(isJson)
      .flatMap((one) => partsOf(description, one, depth + 1)),
  ];
}
