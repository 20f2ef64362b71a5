import {
  advance,
  begunAnew,
  type Cursor,
  changesAfterDeletes,
  changesPass,
  fullPass,
  nextWindow,
  parseCursor,
  tokenPass,
  windowAfter,
} from "./cursor";
import type { Changes, ObjectSpec } from "./manifest";
import { countAt, nextPage, type PageRows } from "./next-page";
import { deletedAmong, feedOf, listOf, valuesOf } from "./page-list";
import { allIdentified, type Taken, takeRecords } from "./page-records";
import { firstToken, tokenOn } from "./page-token";
import { parseMoment } from "./paging/moments";
import { type Query, requestFor } from "./paging/request";
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

/** Whether it is time that everything is read again. `fullAt`: when it last was. */
function rereadDue({ changes, deletes }: ObjectSpec, fullAt: string | undefined, nowMs: number): boolean | null {
  const scanMs = deletes?.by === "scan" ? deletes.everyMs : undefined;
  const rereadMs = scanMs === undefined ? changes?.rereadMs : Math.min(scanMs, changes?.rereadMs ?? scanMs);
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
  const fullAt = cursor.mode === "full" ? startedAt : cursor.fullAt;
  const due = rereadDue(plan.spec, fullAt, Date.parse(startedAt));
  return due === true ? fullPass() : { ...next, ...(due !== null && fullAt !== undefined ? { fullAt } : {}) };
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

const rowsOf = (list: readonly unknown[], records: readonly SourceRecord[]): PageRows => ({
  count: list.length,
  first: records[0]?.id,
  last: records.at(-1)?.id,
  lastValue: list.at(-1),
});

/** What later pages' ends are told by. */
const seenOn = ({ stop }: Pagination, cursor: Cursor, { count, first }: PageRows): Partial<Cursor> => ({
  rows: cursor.rows + count,
  ...(stop.short ? { size: cursor.size ?? count } : {}),
  ...(stop.repeated && first !== undefined ? { begin: first } : {}),
});

/** Whether rows only tell which records to fetch. */
const fetchesEach = ({ get }: ObjectSpec, { changes }: Query): boolean => (changes?.get ?? get) !== undefined;

const queryAt = ({ changes, full }: Plan, { mode, until }: Cursor): Query =>
  changes && (mode !== "full" || until !== undefined) ? changes : full;

/** Where reading stands after the last page of a query: in the next window of time, or at the end of the pass. */
function afterPage(plan: Plan, cursor: Cursor, startedAt: string): Pick<SourcePage, "done" | "cursor"> {
  if (cursor.until !== undefined && cursor.last !== true)
    return { done: false, cursor: JSON.stringify({ ...windowAfter(cursor, cursor.until), startedAt }) };
  return { done: true, cursor: JSON.stringify(afterPass(plan, cursor, startedAt)) };
}

/**
 * One page of one object. Pure but for `send`: the same cursor may be asked again, ahead of time, or by another process.
 * The next pass begins where this one began by the source's own clock, less the lookback, so nothing falls in between.
 */
export async function readPage(send: Send, plan: Plan, text: string | null, nowMs: number, signal?: AbortSignal): Promise<SourcePage> {
  const asked = standsAt(plan, text, nowMs);
  const cursor = inWindow(plan, asked, nowMs);
  if (cursor.mode === "deletes" && plan.deletes) return readDeletes(send, plan, plan.deletes, cursor, nowMs, signal);
  const query = queryAt(plan, cursor);
  const first = await firstToken(send, plan, cursor, signal);
  const reply = await send(requestFor(query, cursor), signal);
  if (reply.expired) return anew(plan, cursor, reply);
  const told = first ?? tokenOn(plan, cursor, reply);
  const list = reply.ended ? [] : listOf(plan, query, reply);

  const { records, faults, deleted } = takeRecords(valuesOf(list, plan, query, cursor, reply), plan.spec, {
    bytes: reply.facts.bytes,
    suspicious: reply.suspicious,
    markup: isMarkup(query.protocol),
    repeats: query.changes?.record !== undefined || fetchesEach(plan.spec, query),
  });
  const startedAt = cursor.startedAt ?? sourceNow(reply, nowMs);
  const rows = rowsOf(list, records);
  const next = reply.ended
    ? null
    : nextPage(query.pagination, { reply, cursor, rows, base: plan.base, idPath: idPaths(plan.spec.id)[0] ?? "$" });
  const begins = asked.page === null && asked.since === null && asked.rows === 0;
  const trusted = allIdentified(faults) && !(next === null && saysMore(plan, query, cursor, reply, rows.count));
  const scan = cursor.mode === "full" ? { scan: { first: begins, trusted } } : {};
  const page = {
    records,
    faults,
    deleted,
    ...scan,
    total: totalOf(plan, cursor, reply),
    facts: reply.facts,
    ...(reply.absent ? { absent: true as const } : {}),
  };
  if (next === null) return { ...page, ...afterPage(plan, { ...cursor, ...told }, startedAt) };
  const step = advance(cursor, markOf(query, next, list, { records, faults }), plan.name);
  const onward: Cursor = { ...cursor, ...told, ...step, ...seenOn(query.pagination, cursor, rows), startedAt, page: next };
  return { ...page, done: false, cursor: JSON.stringify(byTime(onward, query, records, plan.spec)) };
}

/** Whether the source itself told of more records than came: who is missing then is not gone. */
function saysMore({ spec }: Plan, { pagination }: Query, cursor: Cursor, reply: Reply, count: number): boolean {
  if (reply.ended) return false;
  const totals = [spec.total, pagination.stop.total].map((at) => (at === undefined ? null : countAt(reply, at)));
  return totals.some((total) => total !== null && total > cursor.rows + count);
}

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
  cursor: Cursor,
  nowMs: number,
  signal: AbortSignal | undefined,
): Promise<SourcePage> {
  const reply = await send(requestFor(query, cursor), signal);
  if (reply.expired) return anew(plan, cursor, reply);
  const list = reply.ended ? [] : listOf(plan, query, reply);
  const spec = feedOf(plan.spec);
  const { records, faults } = takeRecords(deletedAmong(list, plan.spec), spec, {
    bytes: reply.facts.bytes,
    suspicious: reply.suspicious,
    repeats: true,
  });
  const startedAt = cursor.startedAt ?? sourceNow(reply, nowMs);
  const rows = rowsOf(list, records);
  const next = reply.ended
    ? null
    : nextPage(query.pagination, { reply, cursor, rows, base: plan.base, idPath: idPaths(spec.id)[0] ?? "$" });
  const page = { records: [], faults, deleted: records.map((one) => one.id), total: null, facts: reply.facts, done: false };
  if (next === null) return { ...page, cursor: JSON.stringify(changesAfterDeletes(cursor, startedAt)) };
  const step = advance(cursor, markOf(query, next, list, { records, faults }), plan.name);
  return {
    ...page,
    cursor: JSON.stringify({ ...cursor, ...step, ...seenOn(query.pagination, cursor, rows), startedAt, page: next }),
  };
}

/** The source's count. Of changes only the first page's is the pass's: later ones count what is left. */
function totalOf(plan: Plan, cursor: Cursor, reply: Reply): number | null {
  if (plan.spec.total === undefined || reply.ended || (cursor.mode !== "full" && cursor.startedAt !== null)) return null;
  return countAt(reply, plan.spec.total);
}
