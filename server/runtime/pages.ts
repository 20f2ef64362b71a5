import {
  advance,
  begunAnew,
  type Cursor,
  changesAfterDeletes,
  changesPass,
  fullPass,
  nextWindow,
  onceMore,
  parseCursor,
  tokenPass,
  windowAfter,
} from "./cursor";
import type { Changes, ObjectSpec } from "./manifest";
import { countAt, nextPage, type PageRows, rowsOf, rowsUntil } from "./next-page";
import { deletedAmong, feedOf, listOf, valuesOf } from "./page-list";
import { type Taken, takeRecords } from "./page-records";
import { firstToken, tokenOn } from "./page-token";
import { checkOrder } from "./paging/key-order";
import { parseMoment } from "./paging/moments";
import { asItIs, isCounted, overlaps, placeRows, stepOn } from "./paging/overlap";
import { proveEnd } from "./paging/prove-end";
import { type Query, requestFor } from "./paging/request";
import { scanOf, totalSaid } from "./paging/scan-trust";
import type { Pagination } from "./paging/schema";
import { at } from "./paths";
import { isMarkup } from "./protocols/codec";
import type { Plan } from "./read-plan";
import { idPaths } from "./record-id";
import type { Reply, Send } from "./send";
import type { SourcePage, SourceRecord } from "./source";

/** Stands in for the source's clock when an answer has no `Date`: our own clock, less what clocks usually differ. */
const CLOCK_DOUBT_MS = 120_000;

const NUMBERED = new Set<Pagination["type"]>(["page", "offset", "range"]);

/**
 * What tells pages apart when looking for circles: where they lead and what is on them. Numbers always grow, and so say nothing; the
 * token of a scroll stays the same, and what it leads to is other rows each time.
 */
function markOf(
  { pagination, nested }: Query,
  next: string,
  list: readonly unknown[],
  { records, faults }: Pick<Taken, "records" | "faults">,
) {
  const shown = `${records.length}:${records[0]?.id}:${records.at(-1)?.id}:${faults[0]?.externalId}:${faults.at(-1)?.externalId}`;
  // Of rows that hold records there are many with none.
  const rows = nested ? `${shown} ${JSON.stringify([list[0], list.at(-1)])}` : shown;
  return NUMBERED.has(pagination.type) ? rows : `${next} ${rows}`;
}

/** When a record says that it changed, in ms; NaN when it does not say. */
export function changeOf(value: unknown, spec: ObjectSpec): number {
  if (spec.updatedAt === undefined) return Number.NaN;
  const moment = at(value, spec.updatedAt) ?? (spec.createdAt === undefined ? null : at(value, spec.createdAt));
  return parseMoment(moment, spec.changes?.zone);
}

/** The newest change on a page that is sorted by change, or null when the page is not in that order after all. */
function latestOf(records: readonly SourceRecord[], spec: ObjectSpec): string | null {
  if (spec.updatedAt === undefined) return null;
  let latest = Number.NEGATIVE_INFINITY;
  for (const record of records) {
    const ms = changeOf(record.value, spec);
    if (!(ms >= latest)) return null;
    latest = ms;
  }
  return Number.isFinite(latest) ? new Date(latest).toISOString() : null;
}

/**
 * Changes that come oldest first are read by time, not by offset: a record that changes meanwhile moves to the end, and
 * with offsets the one that takes its place would never be seen. Where a whole page shares one moment, offsets lead
 * through it; past the source's cap only the listing does.
 */
function byTime(cursor: Cursor, query: Query, records: readonly SourceRecord[], spec: ObjectSpec): Cursor {
  if (query.changes?.order !== "updated_ascending") return cursor;
  const latest = latestOf(records, spec);
  if (latest !== null && (cursor.since === null || latest > cursor.since)) return nextWindow(cursor, latest);
  const cap = query.changes.windowCap ?? Number.POSITIVE_INFINITY;
  return cursor.rows + (query.pagination.limit?.value ?? 0) > cap ? fullPass(cursor.startedAt) : cursor;
}

const iso = (ms: number) => new Date(ms).toISOString();

/** The pass that reads what changed since a moment, a lookback before it. */
export const changesFrom = ({ deletes }: ObjectSpec, { lookbackMs }: Changes, moment: string): Cursor =>
  changesPass(iso(Date.parse(moment) - lookbackMs), deletes?.by === "feed");

/** When a list that was counted is read once more, for rows that moved between its pages. */
const SECOND_LOOK_MS = 86_400_000;

/** Whether it is time that everything is read again. `fullAt`: when it last was; `unsure`: it may have passed over some. */
function rereadDue({ changes, deletes }: ObjectSpec, { fullAt, unsure }: Pick<Cursor, "fullAt" | "unsure">, nowMs: number): boolean | null {
  const scanMs = deletes?.by === "scan" ? deletes.everyMs : undefined;
  const ownMs = scanMs === undefined ? changes?.rereadMs : Math.min(scanMs, changes?.rereadMs ?? scanMs);
  const rereadMs = ownMs ?? (unsure ? SECOND_LOOK_MS : undefined);
  return rereadMs === undefined ? null : fullAt === undefined || nowMs - Date.parse(fullAt) >= rereadMs;
}

/** What changed since this pass: by the last token, or from a lookback before the pass began, or before the end of what it could ask for. */
function changesAfter({ spec }: Plan, cursor: Cursor, startedAt: string): Cursor {
  if (!spec.changes) return fullPass();
  const token = cursor.told ?? cursor.token;
  if (spec.changes.token) return token === undefined ? fullPass() : tokenPass(token);
  const asked = Math.min(Date.parse(startedAt), cursor.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(cursor.until));
  return changesFrom(spec, spec.changes, iso(asked));
}

/** Where the pass after this one begins. */
function afterPass(plan: Plan, cursor: Cursor, startedAt: string): Cursor {
  const next = changesAfter(plan, cursor, startedAt);
  if (next.mode === "full") return next;
  const isFull = cursor.mode === "full";
  const fullAt = isFull ? startedAt : cursor.fullAt;
  const unsure = isFull ? cursor.moving === true && !cursor.twice : cursor.unsure === true;
  const due = rereadDue(plan.spec, { fullAt, unsure }, Date.parse(startedAt));
  if (due === true) return unsure ? { ...fullPass(), twice: true } : fullPass();
  return { ...next, ...(due !== null && fullAt !== undefined ? { fullAt } : {}), ...(unsure ? { unsure } : {}) };
}

/** What changed longer ago than the source can tell is found by reading everything. */
function inReach({ spec }: Plan, cursor: Cursor, nowMs: number): Cursor {
  const reachMs = spec.changes?.reachMs;
  const begins = cursor.mode !== "full" && cursor.startedAt === null && cursor.since !== null;
  return reachMs !== undefined && begins && Date.parse(cursor.since ?? "") < nowMs - reachMs ? fullPass() : cursor;
}

/** Where a cursor's text stands by now. */
export const standsAt = (plan: Plan, text: string | null, nowMs: number): Cursor => inReach(plan, parseCursor(text), nowMs);

/** For a source that answers for a bounded time only: the window a cursor stands in. */
function inWindow({ changes }: Plan, cursor: Cursor, nowMs: number): Cursor {
  const window = changes?.changes?.window;
  if (!window || cursor.until !== undefined || cursor.mode === "deletes") return cursor;
  const start = window.start ?? (window.startAgoMs === undefined ? null : iso(nowMs - window.startAgoMs));
  const since = cursor.since ?? (cursor.mode === "full" ? start : null);
  if (since === null) return cursor;
  const end = Date.parse(since) + window.maxMs;
  return { ...cursor, since, until: iso(Math.max(Date.parse(since), Math.min(end, nowMs))), last: end >= nowMs };
}

/** What later pages' ends are told by. */
const seenOn = (pagination: Pagination, cursor: Cursor, rows: PageRows): Partial<Cursor> => ({
  rows: rowsUntil(pagination, cursor, rows),
  ...(pagination.stop.short ? { size: cursor.size ?? rows.all } : {}),
  ...(pagination.stop.repeated && rows.first !== undefined ? { begin: rows.first } : {}),
});

/** Whether rows only tell which records to fetch. */
const fetchesEach = ({ get }: ObjectSpec, { changes }: Query): boolean => (changes?.get ?? get) !== undefined;

const queryAt = ({ changes, full }: Plan, { mode, until }: Cursor): Query =>
  changes && (mode !== "full" || until !== undefined) ? changes : full;

/** Where reading stands after the last page of a query: at its beginning once more, where changes may have been passed over; in the next window of time, or at the end of the pass. */
function afterPage(plan: Plan, cursor: Cursor, startedAt: string): Pick<SourcePage, "done" | "cursor"> {
  if (cursor.mode === "changes" && cursor.moving && !cursor.twice)
    return { done: false, cursor: JSON.stringify(onceMore({ ...cursor, startedAt })) };
  if (cursor.until !== undefined && cursor.last !== true)
    return { done: false, cursor: JSON.stringify({ ...windowAfter(cursor, cursor.until), startedAt }) };
  return { done: true, cursor: JSON.stringify(afterPass(plan, cursor, startedAt)) };
}

type Asking = { send: Send; plan: Plan; query: Query; spec: ObjectSpec; cursor: Cursor; nowMs: number; signal: AbortSignal | undefined };
/** What came of asking for a page: its rows, of which the first `known` have come before, and where it was asked for in the end. */
type Turn = { reply: Reply; startedAt: string; whole: readonly unknown[]; fresh: readonly unknown[]; known: number; cursor: Cursor };

async function ask(asking: Asking): Promise<Turn | SourcePage> {
  const { send, plan, query, spec, cursor, nowMs, signal } = asking;
  let reply: Reply;
  try {
    reply = await send(requestFor(query, cursor), signal);
  } catch (error) {
    const plain = asItIs(query, spec, cursor, error);
    if (plain === null) throw error;
    return ask({ ...asking, cursor: plain });
  }
  if (reply.expired) return anew(plan, cursor, reply);
  const startedAt = cursor.startedAt ?? sourceNow(reply, nowMs);
  const whole = reply.ended ? [] : listOf(plan, query, reply);
  const { from, fresh, known } = placeRows(query, spec, cursor, whole);
  return from ? lookingBack({ ...cursor, ...from, startedAt }, reply) : { reply, startedAt, whole, fresh, known, cursor };
}

/** Where reading stands for the next page of a query; null when this one was the last. */
function leadOn({ plan, query, spec }: Asking, { reply, startedAt, whole, fresh, known, cursor }: Turn, taken: Taken): Cursor | null {
  const rows = rowsOf(fresh, taken.records, known);
  const idPath = idPaths(spec.id)[0] ?? "$";
  checkOrder(query.pagination, fresh, idPath);
  const next = reply.ended ? null : nextPage(query.pagination, { reply, cursor, rows, base: plan.base, idPath });
  if (next === null) return null;
  // Rows that follow known ones lead on; a list that is no such is known by what is on its pages.
  const marks = cursor.tail !== undefined && cursor.bare !== "off" ? {} : advance(cursor, markOf(query, next, fresh, taken), plan.name);
  const step = overlaps(query, spec) ? stepOn(query, spec, cursor, { list: whole, fresh: fresh.length, next }) : { page: next };
  const moving = isCounted(query, cursor, next, whole.length) ? { moving: true } : {};
  return {
    ...cursor,
    ...marks,
    ...seenOn(query.pagination, cursor, rows),
    ...totalSaid({ plan, query, cursor }, reply),
    ...moving,
    ...step,
    startedAt,
  };
}

/**
 * One page of one object. Pure but for `send`: the same cursor may be asked again, ahead of time, or by another process.
 * The next pass begins where this one began by the source's own clock, less the lookback, so nothing falls in between.
 */
export async function readPage(send: Send, plan: Plan, text: string | null, nowMs: number, signal?: AbortSignal): Promise<SourcePage> {
  const stands = standsAt(plan, text, nowMs);
  const from = inWindow(plan, stands, nowMs);
  if (from.mode === "deletes" && plan.deletes) return readDeletes(send, plan, plan.deletes, from, nowMs, signal);
  const { spec } = plan;
  const query = queryAt(plan, from);
  const asking: Asking = { send, plan, query, spec, cursor: from, nowMs, signal };
  const first = await firstToken(send, plan, from, signal);
  const turn = await ask(asking);
  if (!("reply" in turn)) return turn;
  const { reply, startedAt, fresh, known, cursor } = turn;
  const told = first ?? tokenOn(plan, cursor, reply);
  const taken = takeRecords(valuesOf(fresh, plan, query, cursor, reply), spec, {
    bytes: reply.facts.bytes,
    suspicious: reply.suspicious,
    markup: isMarkup(query.protocol),
    repeats: query.changes?.record !== undefined || fetchesEach(spec, query),
  });
  const onward = leadOn(asking, turn, taken);
  if (onward === null) await proveEnd(asking, turn);
  const begins = stands.page === null && stands.since === null && stands.rows === 0;
  const page = {
    ...taken,
    ...scanOf({ plan, query, cursor }, reply, { taken, rows: rowsOf(fresh, taken.records, known), first: begins, last: onward === null }),
    total: totalOf(plan, cursor, reply),
    facts: reply.facts,
    ...(reply.absent ? { absent: true as const } : {}),
  };
  if (onward === null) return { ...page, ...afterPage(plan, { ...cursor, ...told }, startedAt) };
  return { ...page, done: false, cursor: JSON.stringify(byTime({ ...onward, ...told }, query, taken.records, spec)) };
}

/** The page was asked for anew from further back: nothing of it counts but where it leads. */
const lookingBack = (from: Cursor, { facts }: Reply): SourcePage => ({
  ...{ records: [], faults: [], deleted: [], total: null, facts, done: false },
  ...(from.mode === "full" ? { scan: { first: false, trusted: true } } : {}),
  cursor: JSON.stringify(from),
});

/** The way on has run out: the same is asked from its first page, and what a token would tell by reading everything. */
const anew = ({ name }: Plan, cursor: Cursor, { facts }: Reply): SourcePage => ({
  ...{ records: [], faults: [], deleted: [], total: null, facts, done: false },
  ...(cursor.mode === "full" ? { scan: { first: false, trusted: true } } : {}),
  cursor: JSON.stringify(cursor.token === undefined ? begunAnew(cursor, name) : fullPass()),
});

/** What time it is where the records are. */
function sourceNow(reply: Reply, nowMs: number): string {
  const date = Date.parse(reply.headers["date"] ?? "");
  return iso(Number.isNaN(date) ? nowMs - CLOCK_DOUBT_MS : date);
}

/** One page of what was deleted; after the last one come the changes of the same time. */
async function readDeletes(
  send: Send,
  plan: Plan,
  query: Query,
  from: Cursor,
  nowMs: number,
  signal: AbortSignal | undefined,
): Promise<SourcePage> {
  const spec = feedOf(plan.spec);
  const asking: Asking = { send, plan, query, spec, cursor: from, nowMs, signal };
  const turn = await ask(asking);
  if (!("reply" in turn)) return turn;
  const { reply, startedAt, fresh, cursor } = turn;
  const { facts, suspicious } = reply;
  const taken = takeRecords(deletedAmong(fresh, plan.spec), spec, { bytes: facts.bytes, suspicious, repeats: true });
  const onward = leadOn(asking, turn, taken);
  const again = cursor.moving && !cursor.twice;
  const after = onward ?? (again ? onceMore({ ...cursor, startedAt }) : changesAfterDeletes(cursor, startedAt));
  const deleted = taken.records.map((one) => one.id);
  return { records: [], faults: taken.faults, deleted, total: null, facts, done: false, cursor: JSON.stringify(after) };
}

/** The source's count. Of changes only the first page's is the pass's: later ones count what is left. */
function totalOf(plan: Plan, cursor: Cursor, reply: Reply): number | null {
  if (plan.spec.total === undefined || reply.ended || (cursor.mode !== "full" && cursor.startedAt !== null)) return null;
  return countAt(reply, plan.spec.total);
}
