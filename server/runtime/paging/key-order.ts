import { AppError } from "#server/lib/errors";
import { at } from "../paths";
import { hasZone, parseMoment } from "./moments";
import type { Pagination } from "./schema";

const DATED = /^\d{4}-\d\d-\d\d/;
/** How far clocks without a zone may go back: as summer ends, and some more. */
const CLOCK_DOUBT_MS = 3 * 3_600_000;

/** Whether values go one way, up or down, by more than `doubt`; ties do. */
function oneWay<T extends number | string>(values: readonly T[], isBefore: (a: T, b: T) => boolean): boolean {
  const pairs = values.slice(1).map((value, n) => [values[n] as T, value] as const);
  return pairs.every(([before, after]) => !isBefore(after, before)) || pairs.every(([before, after]) => !isBefore(before, after));
}

const isLess = <T extends number | string>(a: T, b: T) => a < b;

/** Whether moments go back and forth, which of clocks of one kind only can be told. A tie is none: sources count finer than we do. */
function movesInTime(texts: readonly string[]): boolean {
  const zoned = texts.filter(hasZone).length;
  const moments = texts.map((text) => parseMoment(text));
  if (moments.some(Number.isNaN) || (zoned !== 0 && zoned !== texts.length)) return false;
  const doubt = zoned === 0 ? CLOCK_DOUBT_MS : 0;
  return !oneWay(moments, (a, b) => a + doubt < b);
}

/** Whether keys are surely in no order: of numbers, and of texts of digits and moments that are in no order as texts either. */
function inNoOrder(keys: readonly (number | string)[]): boolean {
  const numbers = keys.filter((key) => typeof key === "number");
  if (numbers.length === keys.length) return !oneWay(numbers, isLess);
  const texts = keys.map(String).filter((text) => text !== "");
  if (oneWay(texts, isLess)) return false;
  if (texts.every((text) => /^\d+$/.test(text))) return !oneWay(texts.map(Number), isLess);
  return texts.every((text) => DATED.test(text)) && movesInTime(texts);
}

/**
 * Throws for rows in no order of the key that leads on: it would lead past others. Only of numbers and moments can that be told; in what order a
 * source has its texts, nobody knows. In doubt it is in order.
 */
export function checkOrder(pagination: Pagination, rows: readonly unknown[], idPath: string): void {
  if (pagination.type !== "keyset" || pagination.json) return;
  const path = pagination.key ?? idPath;
  const keys = rows.map((row) => at(row, path)).filter((key) => typeof key === "number" || typeof key === "string");
  if (!inNoOrder(keys)) return;
  throw new AppError(
    "provider_invalid_response",
    `The page's way on cannot be used: rows come in no order of "${path}" (${keys.slice(0, 5).join(", ").slice(0, 100)}), so that the last one leads past others. Ask for them in that order (a sort in the request), or page otherwise.`,
  );
}
