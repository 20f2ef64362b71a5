import type { ModelField } from "#server/domains/models/schema";

/** A field being edited. `id` keeps its row while the key is typed. */
export type FieldRow = { id: number; field: ModelField };

let next = 0;
export const rowOf = (field: ModelField): FieldRow => ({ id: next++, field });
export const rowsOf = (fields: readonly ModelField[]): FieldRow[] => fields.map(rowOf);
export const fieldsOf = (rows: readonly FieldRow[]): ModelField[] => rows.map(({ field }) => field);

/** `Order number` → `orderNumber`: what a field of this name is called until somebody says otherwise. */
export function keyFromName(name: string): string {
  const words = name
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "");
  const joined = words.map((word, n) => (n === 0 ? word.toLowerCase() : word.charAt(0).toUpperCase() + word.slice(1))).join("");
  return joined.replace(/^[^a-z]+/, "").slice(0, 60);
}

/** `Purchase order` → `purchase_order`. */
export const modelKeyFromName = (name: string): string =>
  keyFromName(name)
    .replace(/([A-Z])/g, "_$1")
    .toLowerCase();

/** The field with another type; what only the old type had is left behind. */
export function withType({ values, references, ...field }: ModelField, type: ModelField["type"]): ModelField {
  return {
    ...field,
    type,
    ...(type === "enum" && values ? { values } : {}),
    ...(type === "reference" && references ? { references } : {}),
  };
}

export const moved = (rows: readonly FieldRow[], from: number, to: number): FieldRow[] => {
  const rest = rows.filter((_, index) => index !== from);
  const row = rows[from];
  return row && to >= 0 && to < rows.length ? [...rest.slice(0, to), row, ...rest.slice(to)] : [...rows];
};

/** What was imported, behind what is there; a key that is there already stays as it is. */
export const withMissing = (rows: readonly FieldRow[], fields: readonly ModelField[]): FieldRow[] => {
  const known = new Set(rows.map(({ field }) => field.key));
  return [...rows, ...rowsOf(fields.filter(({ key }) => !known.has(key)))];
};

const KEY = /^[a-z][a-zA-Z0-9_]*(?:(?:\[\])?\.[a-z][a-zA-Z0-9_]*)*$/;

function problemOf(field: ModelField, twice: ReadonlySet<string>): string | null {
  if (field.name.trim() === "") return "Give the field a name.";
  if (!KEY.test(field.key)) return "A key is letters, digits and _, starting with a small letter; parts are joined by dots.";
  if (twice.has(field.key)) return `“${field.key}” is there twice; rename or remove one.`;
  if (field.type === "enum" && (field.values ?? []).length === 0)
    return "A choice needs its values; open the field's details and list them.";
  return null;
}

/** What is wrong with each field, by the id of its row; the server looks once more. */
export function problemsOf(rows: readonly FieldRow[]): ReadonlyMap<number, string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { field } of rows) {
    if (seen.has(field.key)) twice.add(field.key);
    seen.add(field.key);
  }
  return new Map(
    rows.flatMap(({ id, field }) => {
      const problem = problemOf(field, twice);
      return problem === null ? [] : [[id, problem] as const];
    }),
  );
}
