import type { Traits } from "#server/domains/integrations/gate";

export type TraitKind = "text" | "number" | "flag" | "list";
/** One line of the form: what is typed, whatever it is worth. */
export type TraitRow = { key: string; kind: TraitKind; value: string };

const kindOf = (value: Traits[string]): TraitKind =>
  Array.isArray(value) ? "list" : typeof value === "number" ? "number" : typeof value === "boolean" ? "flag" : "text";

/** What is known of a customer as lines of a form. */
export const rowsOf = (traits: Traits): TraitRow[] =>
  Object.entries(traits).map(([key, value]) => ({
    key,
    kind: kindOf(value),
    value: Array.isArray(value) ? value.join(", ") : typeof value === "boolean" ? (value ? "yes" : "no") : String(value),
  }));

const KEY = /^[a-z][A-Za-z0-9_]{0,39}$/;

/** Why a line cannot be taken, or null. */
export function rowFault({ key, kind, value }: TraitRow, others: readonly TraitRow[]): string | null {
  if (!KEY.test(key)) return "Begins with a small letter; letters, digits and _ only.";
  if (others.some((other) => other.key === key)) return "This name stands there already.";
  if (kind === "number" && (value.trim() === "" || !Number.isFinite(Number(value)))) return "Not a number.";
  return null;
}

function worthOf({ kind, value }: TraitRow): Traits[string] {
  if (kind === "number") return Number(value);
  if (kind === "flag") return value === "yes";
  if (kind === "text") return value;
  return value
    .split(",")
    .map((item) => item.trim())
    .filter(Boolean);
}

/** The lines as they are kept; null while one of them cannot be taken. */
export function traitsOf(rows: readonly TraitRow[]): Traits | null {
  const faults = rows.filter((row, at) => rowFault(row, rows.slice(0, at)) !== null);
  return faults.length > 0 ? null : Object.fromEntries(rows.map((row) => [row.key, worthOf(row)]));
}
