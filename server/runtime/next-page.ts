import { AppError } from "#server/lib/errors";
import type { Cursor } from "./cursor";
import { linkIn } from "./link-header";
import type { Pagination, Reading } from "./paging/schema";
import { at } from "./paths";
import { matchPattern } from "./pattern";
import { writeExactJson } from "./protocols/exact-json";
import type { Reply } from "./send";
import type { SourceRecord } from "./source";

type Of<T extends Pagination["type"]> = Extract<Pagination, { type: T }>;
/** What a page brought: how many rows that are new (`count`) of how many altogether, after how many known ones; and the ids of its first and last. */
export type PageRows = {
  count: number;
  all: number;
  known: number;
  first: string | undefined;
  last: string | undefined;
  lastValue: unknown;
};
/** The same of a list's rows, and of the records that were taken from them. */
export const rowsOf = (list: readonly unknown[], records: readonly SourceRecord[], known = 0): PageRows => ({
  count: list.length,
  all: list.length + known,
  known,
  first: records[0]?.id,
  last: records.at(-1)?.id,
  lastValue: list.at(-1),
});

type Place = { reply: Reply; cursor: Cursor; rows: PageRows; base: string; idPath: string };

export const readingAt = (reply: Reply, where: Reading): unknown =>
  typeof where === "string" ? at(reply.json, where) : reply.headers[where.header];

/** A count in an answer, also at the end of a header (`items 0-24/66`). Null when there is none. */
export function countAt(reply: Reply, where: Reading | undefined): number | null {
  const found = where === undefined ? undefined : readingAt(reply, where);
  const count = typeof found === "string" ? Number(/(\d+)\s*$/.exec(found)?.[1] ?? Number.NaN) : found;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

function yesNo(reply: Reply, where: Reading | undefined): boolean | null {
  const found = where === undefined ? undefined : readingAt(reply, where);
  if (typeof found === "boolean") return found;
  const text = String(found).toLowerCase();
  return text === "true" || text === "1" ? true : text === "false" || text === "0" ? false : null;
}

const broken = (what: string) => new AppError("provider_invalid_response", `The page's way on cannot be used: ${what}.`);

/** Text or number at the place of the next token or address; null when the source says there is none. Anything else is an error. */
export function tokenAt(reply: Reply, where: Reading): string | null {
  const token = readingAt(reply, where);
  if (token === undefined || token === null || token === "" || token === false) return null;
  if (typeof token === "string" || (typeof token === "number" && Number.isFinite(token))) return String(token);
  throw broken("it is neither text nor number");
}

/** A token or key of any shape, as JSON text; null for nothing, and for a list or an object with nothing in it. */
function jsonMark(found: unknown): string | null {
  if (found === undefined || found === null || found === "" || found === false) return null;
  return typeof found === "object" && Object.keys(found).length === 0 ? null : writeExactJson(found);
}

function nextToken({ next, pattern, none, json }: Of<"cursor">, { reply }: Place): string | null {
  const raw = readingAt(reply, next);
  if (none !== undefined && raw !== undefined && raw !== null && String(raw) === none) return null;
  if (json) return jsonMark(raw);
  const token = tokenAt(reply, next);
  if (token === null || pattern === undefined) return token;
  const found = matchPattern(pattern, token, { whole: false })?.first ?? null;
  if (found === null) throw broken("the token is not in it");
  try {
    return decodeURIComponent(found);
  } catch {
    return found;
  }
}

function nextNumber({ first, last, more }: Of<"page">, { reply, cursor, rows }: Place): string | null {
  const now = Number(cursor.page ?? first);
  const says = yesNo(reply, more);
  const pages = countAt(reply, last);
  if (says === false || (pages !== null && now - first + 1 >= pages)) return null;
  return rows.count === 0 && says !== true && pages === null ? null : String(now + 1);
}

function nextAddress({ next, against }: Of<"link">, { reply, base }: Place): string | null {
  const given = next === undefined ? linkIn(reply.headers["link"] ?? "", "next") : tokenAt(reply, next);
  if (given === null || given === "") return null;
  try {
    const start = against === "base" ? new URL(`${(reply.base ?? base).replace(/\/+$/, "")}/`, reply.url) : reply.url;
    const url = new URL(given, start);
    return against === "own_host" ? new URL(`${url.pathname}${url.search}`, reply.url).href : url.href;
  } catch {
    throw broken("it is no address");
  }
}

function nextKey({ key, json }: Of<"keyset">, { rows, idPath }: Place): string | null {
  if (rows.count === 0) return null;
  const found = at(rows.lastValue, key ?? idPath);
  const mark = json ? jsonMark(found) : null;
  if (mark !== null) return mark;
  if (typeof found === "string" || typeof found === "number") return String(found);
  throw broken(`the last row has no "${key ?? idPath}"`);
}

/**
 * Rows of a list up to the end of a page. Of one that is counted it is the place: rows that have gone since they were seen count no more. Known rows
 * that came later than asked for are no reason to go further: some sources round down what they are asked for.
 */
export function rowsUntil(
  pagination: Pagination,
  cursor: Cursor,
  { count, all, known }: Pick<PageRows, "count" | "all" | "known">,
): number {
  if (pagination.type !== "offset" && pagination.type !== "range") return cursor.rows + count;
  return Number(cursor.page ?? pagination.first) - pagination.first - Math.max(0, known - 1) + all;
}

function onward(pagination: Pagination, place: Place): string | null {
  const { rows, cursor } = place;
  switch (pagination.type) {
    case "none":
      return null;
    case "cursor":
      return nextToken(pagination, place);
    case "page":
      return nextNumber(pagination, place);
    case "link":
      return nextAddress(pagination, place);
    case "keyset":
      return nextKey(pagination, place);
    case "offset":
    case "range":
      // By what came, not by what was asked: a source may give fewer than asked at any time.
      return rows.all === 0 ? null : String(pagination.first + rowsUntil(pagination, cursor, rows));
  }
}

/** True when one of the declared signs says that this page was the last; false when one says that it was not. */
export function declaredEnd(pagination: Pagination, { reply, cursor, rows }: Pick<Place, "reply" | "cursor" | "rows">): boolean | null {
  const { stop } = pagination;
  const more = yesNo(reply, stop.more);
  const done = yesNo(reply, stop.done);
  if (more === false || done === true) return true;
  if (more === true || done === false) return false;
  const total = countAt(reply, stop.total);
  if (total !== null && rowsUntil(pagination, cursor, rows) >= total) return true;
  const pages = countAt(reply, stop.pages);
  if (pages !== null && pagination.type === "page" && Number(cursor.page ?? pagination.first) - pagination.first + 1 >= pages) return true;
  if (stop.short && cursor.size !== undefined && rows.all < cursor.size) return true;
  return stop.repeated && rows.first !== undefined && rows.first === cursor.begin ? true : null;
}

/**
 * Token, number, key or address of the page after the one the cursor stands at; null at the end. Only the source's own
 * signs end a pass: a short page in the middle is a page like others. A source that says there is more and gives no way
 * to it is in error: `provider_invalid_response`.
 */
export function nextPage(pagination: Pagination, place: Place): string | null {
  const end = declaredEnd(pagination, place);
  if (end === true) return null;
  const next = onward(pagination, place);
  if (next === null && end === false && pagination.type !== "none") throw broken("there is said to be more, and none is given");
  return next;
}
