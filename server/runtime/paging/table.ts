import { AppError } from "#server/lib/errors";
import type { ObjectSpec } from "../manifest";
import { at } from "../paths";

type Table = NonNullable<ObjectSpec["table"]>;

/** Names of columns as they are told apart: a name that comes again gets its count, one without text its place. */
function columnsOf(names: readonly unknown[]): string[] {
  const seen = new Map<string, number>();
  return names.map((given, n) => {
    const name = String(given ?? "").trim() || `Column ${n + 1}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

/**
 * Rows of cells as records. `from` is the number of the first one. Rows without any cell are left out; cells beyond the named
 * columns are called by their place. Throws `provider_invalid_response` when rows come without names.
 */
export function tableRecords(
  rows: readonly unknown[],
  { names, number }: Table,
  { name, json, from }: { name: string; json: unknown; from: number },
): Record<string, unknown>[] {
  const found = at(json, names);
  if (rows.length > 0 && !Array.isArray(found))
    throw new AppError("provider_invalid_response", `${name} sent rows without the names of their columns.`);
  const columns = columnsOf(Array.isArray(found) ? found : []);
  return rows.flatMap((row, n) => {
    if (!Array.isArray(row)) throw new AppError("provider_invalid_response", `${name} sent a row that is no list of cells.`);
    if (row.length === 0) return [];
    const width = Math.max(row.length, columns.length);
    const cells = Array.from({ length: width }, (_, c) => [columns[c] ?? `Column ${c + 1}`, row[c] ?? null] as const);
    return [{ [number]: from + n, cells: Object.fromEntries(cells) }];
  });
}
