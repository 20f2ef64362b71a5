import { put } from "#server/runtime/paths";

const TYPES = ["string", "number", "boolean", "datetime", "date", "array", "object"] as const;
type FieldType = (typeof TYPES)[number];
type Field = { path: string; type: FieldType; title: string };
type Writable = Field & { required: boolean; createOnly: boolean; updateOnly: boolean };
type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

const LINE = /^(\S+?)(?::([a-z]+))?([*!+^]*) ([^=]+?)(?: = (.+))?$/;

const isText = (type: FieldType, shown: string): boolean =>
  type === "string" || ((type === "date" || type === "datetime") && !/^\d+$/.test(shown));

/**
 * The fields of an object as one text, a field a line or several between bars: `path:type Title = sample`. No type means text.
 * `*` behind it: may be written; `!` must be given at a creation; `+` only then, `^` only later. What has a sample stands in the object's sample;
 * texts and moments are written as they are, all else, and moments that are numbers, as JSON. Throws for a line that cannot be read.
 */
export function fieldList(text: string): { fields: Field[]; sample: Record<string, Json>; writable: Writable[] } {
  const [fields, writable]: [Field[], Writable[]] = [[], []];
  const sample: Record<string, Json> = {};
  for (const line of text.split(/\n| \| /).map((one) => one.trim())) {
    if (line === "") continue;
    const [, path = "", given = "string", flags = "", title = "", shown] = LINE.exec(line) ?? [];
    const type = TYPES.find((one) => one === given);
    if (path === "" || !type) throw new Error(`"${line}" is no field.`);
    fields.push({ path, type, title });
    if (flags !== "")
      writable.push({ path, type, title, required: flags.includes("!"), createOnly: flags.includes("+"), updateOnly: flags.includes("^") });
    if (shown !== undefined) put(sample, path, isText(type, shown) ? shown : (JSON.parse(shown) as Json));
  }
  return { fields, sample, writable };
}
