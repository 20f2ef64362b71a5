import type { ModelField } from "#server/domains/models/schema";
import { fitOf } from "#server/mapping/fits";
import { compileReader, eachCount } from "#server/mapping/paths";

/** What is wrong with a record, by field of the model. */
export type OwnIssue = { path: string; message: string };

type Data = Record<string, unknown>;
type CheckedField = { field: ModelField; read: (data: unknown) => unknown; misfit: (value: unknown) => string | null; depth: number };

/** Bytes of one record as JSON. */
const MOST_BYTES = 256_000;
// What JSON may say and the database may not: NUL and half of a surrogate pair.
const UNSTORABLE = /\\u0000|\\ud[89a-f]/i;
const MOST_ISSUES = 20;

const isTree = (value: unknown): value is Data => typeof value === "object" && value !== null && !Array.isArray(value);
const isEmpty = (value: unknown) => value === undefined || value === null || value === "";
const plain = (key: string) => key.replaceAll("[]", "");

/** Names that no field of the model has, the outermost of each. */
function strangers(data: Data, keys: readonly string[], under = ""): string[] {
  return Object.entries(data).flatMap(([name, value]) => {
    const path = `${under}${name}`;
    if (keys.includes(path)) return [];
    if (!keys.some((key) => key.startsWith(`${path}.`))) return [path];
    const inner = Array.isArray(value) ? value : [value];
    return inner.flatMap((one) => (isTree(one) ? strangers(one, keys, `${path}.`) : one === null || one === undefined ? [] : [path]));
  });
}

/** What is wrong with the values of one field, of which there may be a list (of lists). */
function faultOf({ field, misfit }: CheckedField, value: unknown, depth: number): string | null {
  if (depth > 0) {
    for (const one of Array.isArray(value) ? value : []) {
      const fault = faultOf({ field, misfit } as CheckedField, one, depth - 1);
      if (fault) return fault;
    }
    return null;
  }
  if (isEmpty(value)) return field.required ? "is required" : null;
  // The rest of the sentence is a remedy for mappings.
  return misfit(value)?.split("; add ")[0] ?? null;
}

/**
 * A check of own records against their model: what each field may be, which are required, and that there is nothing the model does not
 * know. Compiled once for many records; an empty list means that all is well.
 */
export function ownCheck(model: readonly ModelField[]): (data: Data) => OwnIssue[] {
  const keys = [...new Set(model.map((field) => plain(field.key)))];
  const fields = model.map((field): CheckedField => {
    return { field, read: compileReader(field.key), misfit: fitOf(field), depth: eachCount(field.key) };
  });
  return (data) => {
    const text = JSON.stringify(data);
    if (Buffer.byteLength(text) > MOST_BYTES) return [{ path: "data", message: `is larger than ${MOST_BYTES / 1_000} kB` }];
    if (UNSTORABLE.test(text)) return [{ path: "data", message: "holds NUL, or half of a surrogate pair, which is no text" }];
    const issues = fields.flatMap((one) => {
      const message = faultOf(one, one.read(data), one.depth);
      return message === null ? [] : [{ path: one.field.key, message }];
    });
    const unknown = strangers(data, keys).map((path) => ({ path, message: "is not a field of the model" }));
    return [...issues, ...unknown].slice(0, MOST_ISSUES);
  };
}
