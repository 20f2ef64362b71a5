import { AppError } from "#server/lib/errors";
import { parseMoment } from "../paging/moments";
import { at } from "../paths";

type Scalar = string | number | boolean;
/** A field that is written, or of an action's input. */
export type Field = {
  path: string;
  type: "string" | "number" | "boolean" | "datetime" | "date" | "array" | "object";
  required: boolean;
  createOnly?: boolean;
  updateOnly?: boolean;
  values?: readonly Scalar[] | undefined;
  maxLength?: number | undefined;
};
export type Issue = { path: string; message: string };

const isTree = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const NUMBER = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;

const FITS: Record<Field["type"], { is: (value: unknown) => boolean; wanted: string }> = {
  string: { is: (value) => typeof value === "string", wanted: "a text" },
  number: {
    is: (value) => (typeof value === "number" ? Number.isFinite(value) : typeof value === "string" && NUMBER.test(value)),
    wanted: "a number (or one as text, to keep every digit)",
  },
  boolean: { is: (value) => typeof value === "boolean", wanted: "true or false" },
  datetime: {
    is: (value) => ((typeof value === "string" && value !== "") || typeof value === "number" ? Number.isFinite(parseMoment(value)) : false),
    wanted: "a moment, such as 2026-11-21T12:00:00Z",
  },
  date: {
    is: (value) => typeof value === "string" && DATE.test(value) && Number.isFinite(Date.parse(value)),
    wanted: "a date, such as 2026-11-21",
  },
  array: { is: Array.isArray, wanted: "a list" },
  object: { is: isTree, wanted: "an object" },
};

function faultOf(field: Field, value: unknown): string | null {
  const { is, wanted } = FITS[field.type];
  if (!is(value)) return `must be ${wanted}`;
  if (field.values && !field.values.includes(value as Scalar))
    return `must be one of ${field.values.map((one) => JSON.stringify(one)).join(", ")}`;
  if (field.maxLength !== undefined && typeof value === "string" && [...value].length > field.maxLength)
    return `must not be longer than ${field.maxLength} characters`;
  return null;
}

function timeFault({ createOnly, updateOnly }: Field, creating: boolean): string | null {
  if (createOnly && !creating) return "can be given when the record is created, and not changed later";
  return updateOnly && creating ? "can be given once the record is there, and not when it is created" : null;
}

const NAMED_MOST = 12;

/** What is given that no field is: paths of the outermost such values. */
function strangers(data: Record<string, unknown>, fields: readonly Field[], under = ""): string[] {
  return Object.entries(data).flatMap(([name, value]) => {
    const path = `${under}${name.replaceAll(".", "\\.")}`;
    if (fields.some((field) => field.path === path)) return [];
    const above = fields.some((field) => field.path.startsWith(`${path}.`));
    return above && isTree(value) ? strangers(value, fields, `${path}.`) : [path];
  });
}

/**
 * What is wrong with data to be written, by field; nothing when all is well. `creating`: required fields must be there; else those
 * of the creation alone must not. Null empties a field. `open`: further names pass.
 */
export function issuesOf(
  fields: readonly Field[],
  data: Record<string, unknown>,
  { creating, open = false }: { creating: boolean; open?: boolean },
): Issue[] {
  const issues: Issue[] = [];
  for (const field of fields) {
    const value = at(data, field.path);
    if (value === undefined || value === null || value === "") {
      if (creating && field.required) issues.push({ path: field.path, message: "is required" });
      continue;
    }
    const message = timeFault(field, creating) ?? faultOf(field, value);
    if (message) issues.push({ path: field.path, message });
  }
  if (open) return issues;
  const known = fields.slice(0, NAMED_MOST).map((field) => field.path);
  const more = fields.length > known.length ? ", …" : "";
  const message = `is not a field that can be sent; there are ${known.join(", ")}${more}`;
  return [...issues, ...strangers(data, fields).map((path) => ({ path, message }))];
}

/** `invalid` with every fault by its field, or null. */
export function invalidData(issues: readonly Issue[]): AppError | null {
  if (issues.length === 0) return null;
  return new AppError("invalid", issues.map(({ path, message }) => `${path}: ${message}`).join("; "), { details: { issues } });
}
