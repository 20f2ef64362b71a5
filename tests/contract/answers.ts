import type { Description } from "./description";
import { answerOf, type Published, type Sent } from "./openapi";
import { partsOf, resolved } from "./schemas";

type Json = Record<string, unknown>;
const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** What a schema says stands under a name: a schema, `open` where it does not list its names, null where it lists others. */
function below(description: Description, schema: unknown, name: string): unknown | "open" | null {
  const here = resolved(description, schema);
  if (!isJson(here)) return "open";
  const parts = partsOf(description, here);
  const items = parts.find((one) => one["items"] !== undefined)?.["items"];
  if (items !== undefined && (/^\d+$/.test(name) || name === "*" || name.startsWith("["))) return items;
  const known: Json = Object.assign({}, ...parts.map((one) => one["properties"] ?? {}));
  if (Object.hasOwn(known, name)) return known[name];
  const listed =
    Object.keys(known).length > 0 && !parts.some((one) => isJson(one["additionalProperties"]) || one["additionalProperties"] === true);
  return listed ? null : "open";
}

/** The schema at a path of another, `open` from where names are not listed, null where there is no such name. */
function schemaAt(description: Description, schema: unknown, path: string): unknown | "open" | null {
  if (path === "$") return schema;
  return path.split(/(?<!\\)\./).reduce<unknown>((here, step) => {
    return here === null || here === "open" ? here : below(description, here, step.replaceAll("\\.", "."));
  }, schema);
}

/** Paths of a record that the description of a list's answer does not have. Null when it describes no answer. */
export function strangePaths(all: readonly Published[], asked: Sent, records: string, paths: readonly string[]): string[] | null {
  const found = answerOf(all, asked);
  if (!found) return null;
  const { description, schema } = found;
  const list = schemaAt(description, schema, records);
  if (list === null) return [records];
  if (list === "open") return null;
  const row = below(description, list, "0");
  if (row === null || row === "open") return null;
  return paths.filter((path) => schemaAt(description, row, path) === null);
}
