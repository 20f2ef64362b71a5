import type { ModelField } from "#server/domains/models/schema";
import type { SourceField } from "#server/lib/source-field";
import { inferFields, titleOf } from "./infer";

/** Fields for a model, and what of the original could not be taken over, in words. */
export type Imported = { fields: ModelField[]; notes: string[] };

export const MAX_FIELDS = 1_000;

/** `First Name` → `firstName`; a name that begins with a digit gets a letter. */
export function nameKey(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const joined = words
    .map((word, n) => {
      if (n > 0) return word.charAt(0).toUpperCase() + word.slice(1);
      return word === word.toUpperCase() ? word.toLowerCase() : word.charAt(0).toLowerCase() + word.slice(1);
    })
    .join("");
  return (/^[a-z]/.test(joined) ? joined : `f${joined}`).slice(0, 60);
}

/** The segments of a path as inference writes it: `a.b`, `lines[].sku`, `["odd.name"]`. */
function segmentsOf(path: string): { name: string; each: boolean }[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\](\[\])?|([^.[\]]+)(\[\])?/g)].map((match) => ({
    name: (match[1] ?? match[3] ?? "").replace(/\\(.)/g, "$1"),
    each: (match[2] ?? match[4]) !== undefined,
  }));
}

/** A key of the model for a path of a record: each part in the model's spelling. */
function keyOfPath(path: string): string {
  return segmentsOf(path)
    .map(({ name, each }) => nameKey(name) + (each ? "[]" : ""))
    .join(".");
}

/** Keys once each, and no field that only holds others. */
export function tidy(fields: readonly ModelField[]): Imported {
  const notes: string[] = [];
  const holders = new Set(
    fields.flatMap(({ key }) => key.split(".").map((_, n, parts) => parts.slice(0, n).join(".").replace(/\[\]$/, ""))),
  );
  const taken = new Set<string>();
  const kept = fields.flatMap((field) => {
    if (holders.has(field.key)) return [];
    let key = field.key;
    for (let n = 2; taken.has(key) || holders.has(key); n++) key = `${field.key}${n}`;
    taken.add(key);
    return [{ ...field, key }];
  });
  if (kept.length > MAX_FIELDS) notes.push(`Only the first ${MAX_FIELDS} of ${kept.length} fields were taken.`);
  return { fields: kept.slice(0, MAX_FIELDS), notes };
}

const seenField = ({ path, title, type, values }: SourceField): ModelField => ({
  key: keyOfPath(path),
  name: title.slice(0, 100),
  ...(values ? { type: "enum" as const, values } : { type }),
  required: false,
});

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An amount with its currency and nothing else is money: one field, as a JSON Schema of it would make. */
function withMoney(fields: readonly SourceField[]): ModelField[] {
  const paths = new Set(fields.map(({ path }) => path));
  const inside = new Map<string, number>();
  for (const { path } of fields) {
    const holder = path.slice(0, Math.max(0, path.lastIndexOf(".")));
    inside.set(holder, (inside.get(holder) ?? 0) + 1);
  }
  const isMoney = (holder: string) =>
    holder !== "" && inside.get(holder) === 2 && paths.has(`${holder}.amount`) && paths.has(`${holder}.currency`);
  return fields.flatMap((field) => {
    const holder = field.path.slice(0, Math.max(0, field.path.lastIndexOf(".")));
    if (!isMoney(holder)) return [seenField(field)];
    if (field.path.endsWith(".currency")) return [];
    return [{ key: keyOfPath(holder), name: titleOf(holder).slice(0, 100), type: "money" as const, required: false }];
  });
}

/** Fields told from one record, or better from a list of them. Throws RangeError when the text is no JSON or holds no object. */
export function fieldsOfSample(text: string): Imported {
  const parsed = parseJson(text);
  const samples = (Array.isArray(parsed) ? parsed : [parsed]).filter(isRecord);
  if (samples.length === 0) throw new RangeError(`Paste a JSON object, or a list of objects: { "email": "ada@example.com" }.`);
  const imported = tidy(withMoney(inferFields(samples)));
  if (imported.fields.length === 0) throw new RangeError("The sample holds no field; paste a record with values in it.");
  const few =
    samples.length < 20 ? ["Choices are only recognised from about twenty records; set them below where a field has few values."] : [];
  return { fields: imported.fields, notes: [...imported.notes, ...few] };
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new RangeError(`This is not JSON: ${error instanceof Error ? error.message : "it cannot be read"}.`);
  }
}
