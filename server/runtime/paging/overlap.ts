import { createHash } from "node:crypto";
import { isAppError } from "#server/lib/errors";
import type { Cursor } from "../cursor";
import type { ObjectSpec } from "../manifest";
import { idOf } from "../record-id";
import type { Query } from "./request";

/** So many rows of the page before are remembered: the last one may itself be gone, or have changed. */
const TAIL = 8;
const MARK_CHARS = 8;
/** How often known rows are asked what comes behind them, and a list is begun anew, before its numbers are taken as they are. */
const MOST_STUCK = 3;
/** How far back is gone at once where the source does not say how many rows it gives. */
const STEP = 50;

/**
 * Whether rows are counted, and what they are does not go by their number. Such a list is asked from the last row that is known: where that one does
 * not come first again, rows before it came or went, and the count alone would lead past others.
 */
export const overlaps = ({ pagination: { type } }: Query, { table }: ObjectSpec): boolean =>
  (type === "offset" || type === "range") && table === undefined;

/** What a row is known by for the time of one reading: its id where it is a record, so that one that changes is still the same. */
function markOf(row: unknown, { nested, changes }: Query, { id }: ObjectSpec): string {
  const own = nested || changes?.record !== undefined ? null : idOf(row, id);
  return createHash("sha256")
    .update(own ?? JSON.stringify(row) ?? "")
    .digest("base64url")
    .slice(0, MARK_CHARS);
}

/** Where the newest of the known rows stands on a page; null when none came again. */
function knownAt(list: readonly unknown[], tail: readonly string[], query: Query, spec: ObjectSpec): number | null {
  const marks = list.map((row) => markOf(row, query, spec));
  for (const mark of tail.toReversed()) {
    const found = marks.indexOf(mark);
    if (found !== -1) return found;
  }
  return null;
}

const sizeOf = ({ pagination }: Query): number | undefined => (pagination.type === "range" ? pagination.size : pagination.limit?.value);

const firstOf = ({ pagination }: Query): number => ("first" in pagination ? pagination.first : 0);

type Step = Pick<Cursor, "page"> & Partial<Cursor>;
type Brought = { list: readonly unknown[]; fresh: number; next: string };

/**
 * The step after a page, where `next` is the place of the first row that has not come yet. A page that was not full is most likely the last, so
 * what comes after it is asked for as it is; whatever comes then is asked for again from the row that is known.
 */
export function stepOn(query: Query, spec: ObjectSpec, cursor: Cursor, { list, fresh, next }: Brought): Step {
  if (cursor.bare === "off") return { page: next };
  // Nothing came but what is known. One row is the end, unless more comes behind it; several were moved on by others before them. Time and again, it
  // is a source of pages of one row, or one that rounds the numbers it is asked for: from there on rows are taken as they come.
  const stuck = (cursor.stuck ?? 0) + 1;
  const stays = { rows: cursor.rows, back: undefined, stuck };
  if (fresh === 0 && stuck > MOST_STUCK)
    return { ...stays, page: String(firstOf(query) + cursor.rows), tail: undefined, bare: "off", moving: true };
  if (fresh === 0 && list.length === 1) return { ...stays, page: next, bare: "end" };
  if (fresh === 0) return { ...stays, page: String(Number(next) + list.length - 2), bare: undefined };
  // A page with nothing that is known is the first one again.
  const again = (cursor.again ?? 0) + (cursor.tail && fresh === list.length ? 1 : 0);
  if (again > MOST_STUCK) return { page: next, tail: undefined, bare: "off", moving: true };
  const kept = { back: undefined, stuck: undefined, ...(again > 0 ? { again } : {}) };
  const size = sizeOf(query);
  const tail = [...(cursor.tail ?? []), ...list.slice(-TAIL).map((row) => markOf(row, query, spec))].slice(-TAIL);
  if (size !== undefined && list.length < size) return { ...kept, page: next, tail, bare: "end" };
  return { ...kept, page: String(Number(next) - 1), tail, bare: undefined };
}

/** Where to look for the known rows when they did not come: from the place they had, further and further back. Null at the first row. */
function stepBack(query: Query, cursor: Cursor, count: number): Step | null {
  const first = firstOf(query);
  const here = Number(cursor.page ?? first);
  if (here <= first) return null;
  // What seemed to be the end was none: the same is asked with the row before it.
  if (cursor.bare === "end") return { page: String(here - 1), bare: undefined };
  const back = cursor.back ?? sizeOf(query) ?? Math.max(count, STEP);
  return { page: String(Math.max(first, here - back)), back: back * 2 };
}

/** The rows of a page that are new, after so many known ones; or `from` where they have to be asked for, since rows have moved. */
export function placeRows(
  query: Query,
  spec: ObjectSpec,
  cursor: Cursor,
  list: readonly unknown[],
): { fresh: readonly unknown[]; known: number; from?: Step } {
  const all = { fresh: list, known: 0 };
  const { tail, bare } = cursor;
  if (tail === undefined || bare === "off" || (bare === "end" && list.length === 0) || !overlaps(query, spec)) return all;
  const found = bare === "end" ? null : knownAt(list, tail, query, spec);
  if (found !== null) return { fresh: list.slice(found + 1), known: found + 1 };
  const from = stepBack(query, cursor, list.length);
  return from === null ? all : { ...all, from };
}

/** Answers that refuse the place that was asked for. */
const REFUSALS = new Set<unknown>([400, 404, 409, 416, 422]);

/**
 * Where the next rows are asked for when going back to the known one was refused: some sources take only multiples of their page's size. From there on
 * rows are taken as they come. Null: it is an error like others.
 */
export function asItIs(query: Query, spec: ObjectSpec, cursor: Cursor, error: unknown): Cursor | null {
  const wentBack = overlaps(query, spec) && cursor.tail !== undefined && cursor.bare === undefined && cursor.page !== null;
  if (!wentBack || !isAppError(error) || !REFUSALS.has(error.details?.["status"])) return null;
  const { tail: _tail, back: _back, stuck: _stuck, ...kept } = cursor;
  return { ...kept, page: String(firstOf(query) + cursor.rows), bare: "off", moving: true };
}

/** Names under which addresses have the number of a page or of a row. */
const COUNT =
  /[?&](?:%24|\$)?(?:page|p|page_?(?:no|num|number|index)|page(?:\[|%5B)(?:number|offset)(?:\]|%5D)|offset|skip|start|start_?(?:at|index)|from)=\d+(?:&|$)/i;

/** Whether a way on is more than a guess: the source tells whether there is one. */
const tellsMore = (pagination: Query["pagination"]): boolean =>
  [pagination.stop.more, pagination.stop.done, pagination.stop.total, pagination.stop.pages].some((sign) => sign !== undefined) ||
  (pagination.type === "page" && (pagination.more !== undefined || pagination.last !== undefined));

/** Whether a token is the number of a row or of a page: it grew by as many as came, or were asked for, or by one. */
function grewByCount(query: Query, page: string | null, next: string, came: number): boolean {
  if (![page ?? "0", next].every((token) => /^\d{1,15}$/.test(token))) return false;
  const steps = [1, came, sizeOf(query) ?? 1];
  // What the first page would have been asked for with, nobody says: counts begin at 0 or at 1.
  const before = page === null ? [0, 1] : [Number(page)];
  return before.some((one) => steps.includes(Number(next) - one));
}

/** Whether a list is counted, so that rows that move between two pages lead past others without a sign. */
export function isCounted(query: Query, { page }: Cursor, next: string, came: number): boolean {
  const { pagination, changes } = query;
  // Of a first numbered page that was not full nothing comes after it to be passed over, unless the source itself says that there is more: a token or
  // an address does.
  const shortFirst = pagination.type === "page" && page === null && came < (sizeOf(query) ?? 0) && !tellsMore(pagination);
  if (changes?.order === "updated_ascending" || shortFirst || (page !== null && came === 0)) return false;
  if (pagination.type === "cursor") return grewByCount(query, page, next, came);
  return pagination.type === "page" || (pagination.type === "link" && COUNT.test(next));
}
