import { leavesOf } from "#server/domains/templates/source-fields";
import type { ObjectSpec } from "#server/runtime/manifest";
import { at } from "#server/runtime/paths";
import type { TrialField } from "./trial";

const EXAMPLE = 80;
const MOST = 300;
const ISO_MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value !== "string") return typeof value;
  return ISO_MOMENT.test(value) ? "datetime" : ISO_DATE.test(value) ? "date" : "string";
}

const isEmpty = (value: unknown) => value === null || value === undefined || value === "";
const exampleOf = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value)).slice(0, EXAMPLE);

/** Whether a value of the type found can be what was declared: moments come as text or as numbers, numbers also as text. */
function fits(declared: string, found: string): boolean {
  if (declared === found) return true;
  if (declared === "datetime" || declared === "date") return ["string", "number", "date", "datetime"].includes(found);
  if (declared === "string") return ["date", "datetime", "number"].includes(found);
  return declared === "number" && found === "string";
}

/** The declared fields in their order, each with what the records hold of it, then what they hold besides. */
export function fieldsSeen({ fields }: Pick<ObjectSpec, "fields">, records: readonly unknown[]): TrialField[] {
  const seen = (path: string, declared: string | null): TrialField => {
    const values = records.map((record) => at(record, path)).filter((value) => !isEmpty(value));
    const [first] = values;
    return {
      path,
      declared,
      found: first === undefined ? null : typeOf(first),
      example: first === undefined ? null : exampleOf(first),
      filled: values.length,
    };
  };
  const known = new Set(fields.map((field) => field.path));
  const covered = (path: string) => [...known].some((one) => path === one || path.startsWith(`${one}.`));
  const besides = [...new Set(records.flatMap((record) => leavesOf(record).map(([path]) => path)))].filter((path) => !covered(path)).sort();
  return [...fields.map(({ path, type }) => seen(path, type)), ...besides.slice(0, MOST).map((path) => seen(path, null))];
}

/** Declared fields that were found and are of another type than declared. */
export const misfits = (fields: readonly TrialField[]): TrialField[] =>
  fields.filter(({ declared, found }) => declared !== null && found !== null && !fits(declared, found));
