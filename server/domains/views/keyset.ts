import { AppError } from "#server/lib/errors";

const refusal = () => new AppError("invalid", "the cursor is not one of ours; start again without it");

/** Where a page ended, opaque to readers. */
export const writeCursor = (...parts: string[]): string => Buffer.from(JSON.stringify(parts)).toString("base64url");

/** The parts of a cursor of `count` parts, or null without one. Anything else is `invalid`. */
export function readCursor(cursor: string | undefined, count: number): string[] | null {
  if (cursor === undefined) return null;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(parts) && parts.length === count && parts.every((part) => typeof part === "string")) return parts;
  } catch {
    // not ours: the one refusal below
  }
  throw refusal();
}

/** The cursor of a list sorted by moment and id. The moment stays text: a `Date` would lose its microseconds. */
export function readMomentCursor(cursor: string | undefined): { at: string; id: string } | null {
  const [at, id] = readCursor(cursor, 2) ?? [];
  if (at === undefined || id === undefined) return null;
  if (Number.isNaN(Date.parse(at))) throw refusal();
  return { at, id };
}

/** `rows` holds one more than asked for when there is another page. */
export function pageOf<T>(rows: readonly T[], limit: number, cursorOf: (last: T) => string): { items: T[]; next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}

/** For `ilike`: the text anywhere, its wildcards taken as they are. */
export const anywhere = (text: string): string => `%${text.replace(/[\\%_]/g, "\\$&")}%`;
