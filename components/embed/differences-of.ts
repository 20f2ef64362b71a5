import type { ConflictView } from "#server/domains/conflicts/schema";

/** A value as people read it; null = there is none. Pure. */
export function shownValue(value: unknown): string | null {
  if (value === null || value === undefined || value === "") return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const TYPABLE = new Set(["string", "number", "decimal", "boolean", "date", "datetime", "enum", "reference"]);
/** Whether a value of the model's type can be typed into a line. */
export const isTypable = (type: string): boolean => TYPABLE.has(type);

type Alike = { streamId: ConflictView["streamId"]; field: string; label: string; count: number };

/** Fields that differ in more than one of these records. Pure. */
export function alikeOf(items: readonly ConflictView[]): Alike[] {
  const found = new Map<string, Alike>();
  for (const { streamId, fields } of items) {
    for (const { field, name } of fields) {
      const known = found.get(`${streamId} ${field}`) ?? { streamId, field, label: name, count: 0 };
      found.set(`${streamId} ${field}`, { ...known, count: known.count + 1 });
    }
  }
  return [...found.values()].filter(({ count }) => count > 1);
}
