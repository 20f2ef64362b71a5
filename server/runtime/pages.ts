import { AppError } from "#server/lib/errors";
import { advance, type Cursor, changesPass, fullPass, nextWindow, parseCursor } from "./cursor";
import type { Changes, Manifest, ObjectSpec, Pagination, Place, RequestSpec, Select } from "./manifest";
import { nextPage } from "./next-page";
import { takeRecords } from "./page-records";
import { at, put } from "./paths";
import type { Outgoing, Reply, Send } from "./send";
import type { SourcePage, SourceRecord } from "./source";

/** One way to ask for pages of an object: the listing, or the changes since a moment. */
type Query = { request: RequestSpec; pagination: Pagination; fields: { place: Place; names: string[] } | null; changes: Changes | null };
export type Plan = { name: string; spec: ObjectSpec; full: Query; changes: Query | null };

/** Stands in for the source's clock when an answer has no `Date`: our own clock, less what clocks usually differ. */
const CLOCK_DOUBT_MS = 120_000;

/** What the manifest says about reading one object, made ready. Throws `config_invalid` for an unknown object. */
export function planOf(manifest: Manifest, object: string): Plan {
  const spec = Object.hasOwn(manifest.objects, object) ? manifest.objects[object] : undefined;
  if (!spec) throw new AppError("config_invalid", `${manifest.name} has no object "${object.slice(0, 60)}".`);
  const chosen = (select: Select | undefined) =>
    select
      ? {
          place: select.place,
          names: spec.fields.filter((f) => f.path.startsWith(select.prefix)).map((f) => f.path.slice(select.prefix.length)),
        }
      : null;
  const full: Query = {
    request: spec.list,
    pagination: spec.pagination ?? manifest.pagination,
    fields: chosen(spec.select),
    changes: null,
  };
  if (!spec.changes) return { name: manifest.name, spec, full, changes: null };
  const { request = full.request, pagination = full.pagination, select } = spec.changes;
  return {
    name: manifest.name,
    spec,
    full,
    changes: { request, pagination, fields: chosen(select ?? spec.select), changes: spec.changes },
  };
}

function formatMoment(iso: string, { format, inclusive }: Changes): string {
  const unit = format === "unix_s" ? 1_000 : 1;
  const ms = Math.floor(Date.parse(iso) / unit) * unit - (inclusive ? 0 : unit);
  return format === "iso" ? new Date(ms).toISOString() : String(ms / unit);
}

/** The request for the page a cursor stands at. */
export function requestFor(query: Query, cursor: Cursor): Outgoing {
  const { request, pagination, fields, changes } = query;
  if (pagination.type === "link" && cursor.page !== null) return { method: request.method, path: cursor.page, absolute: true };
  const params: Record<string, string> = { ...request.query };
  const body = request.method === "POST" ? (structuredClone(request.body ?? {}) as Record<string, unknown>) : undefined;
  const place = (where: Place, value: string | number | string[]) => {
    if (where.in === "query") params[where.name] = Array.isArray(value) ? value.join(",") : String(value);
    else if (body) put(body, where.name, value);
  };
  if (pagination.limit) place(pagination.limit.place, pagination.limit.value);
  if (fields) place(fields.place, fields.names);
  if (changes && cursor.since !== null) place(changes.since, formatMoment(cursor.since, changes));
  if (pagination.type === "cursor" && cursor.page !== null) place(pagination.place, cursor.page);
  if (pagination.type === "page") place(pagination.place, Number(cursor.page ?? pagination.first));
  return { method: request.method, path: request.path, query: params, ...(body ? { body } : {}) };
}

/** What tells pages apart when looking for circles: numbers always grow, so numbered pages are told apart by content. */
const markOf = (pagination: Pagination, next: string, records: readonly SourceRecord[]) =>
  pagination.type === "page" ? `${records.length}:${records[0]?.id}:${records.at(-1)?.id}` : next;

/** The newest change on a page that is sorted by change, or null when the page is not in that order after all. */
function latestOf(records: readonly SourceRecord[], path: string): string | null {
  let latest = Number.NEGATIVE_INFINITY;
  for (const record of records) {
    const moment = at(record.value, path);
    const ms = typeof moment === "string" ? Date.parse(moment) : Number.NaN;
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
function byTime(cursor: Cursor, query: Query, records: readonly SourceRecord[], updatedAt: string): Cursor {
  if (query.changes?.order !== "updated_ascending") return cursor;
  const latest = latestOf(records, updatedAt);
  if (latest !== null && (cursor.since === null || latest > cursor.since)) return nextWindow(cursor, latest);
  const cap = query.changes.windowCap ?? Number.POSITIVE_INFINITY;
  return cursor.rows + (query.pagination.limit?.value ?? 0) > cap ? fullPass(cursor.startedAt) : cursor;
}

function afterPass(plan: Plan, startedAt: string): Cursor {
  if (!plan.spec.changes) return fullPass();
  return changesPass(new Date(Date.parse(startedAt) - plan.spec.changes.lookbackMs).toISOString());
}

/**
 * One page of one object. Pure but for `send`: the same cursor may be asked again, ahead of time, or by another process.
 * The next pass begins where this one began by the source's own clock, less the lookback, so nothing falls in between.
 */
export async function readPage(send: Send, plan: Plan, text: string | null, nowMs: number, signal?: AbortSignal): Promise<SourcePage> {
  const cursor = parseCursor(text);
  const query = cursor.mode === "changes" && plan.changes ? plan.changes : plan.full;
  const reply = await send(requestFor(query, cursor), signal);
  const list = at(reply.json, plan.spec.records);
  if (!Array.isArray(list)) throw new AppError("provider_invalid_response", `${plan.name} sent no list at "${plan.spec.records}".`);

  const { records, faults } = takeRecords(list, plan.spec, { bytes: reply.facts.bytes, suspicious: reply.suspicious });
  const date = Date.parse(reply.headers["date"] ?? "");
  const startedAt = cursor.startedAt ?? new Date(Number.isNaN(date) ? nowMs - CLOCK_DOUBT_MS : date).toISOString();
  const next = nextPage(query.pagination, cursor.page, reply, list.length);
  const page = { records, faults, total: totalOf(plan, cursor, reply), facts: reply.facts };
  if (next === null) return { ...page, done: true, cursor: JSON.stringify(afterPass(plan, startedAt)) };
  const step = advance(cursor, markOf(query.pagination, next, records), plan.name);
  const onward: Cursor = { ...cursor, ...step, startedAt, page: next, rows: cursor.rows + list.length };
  return { ...page, done: false, cursor: JSON.stringify(byTime(onward, query, records, plan.spec.updatedAt)) };
}

/** The source's count. Of changes only the first page's is the pass's: later ones count what is left. */
function totalOf(plan: Plan, cursor: Cursor, reply: Reply): number | null {
  if (plan.spec.total === undefined || (cursor.mode === "changes" && cursor.startedAt !== null)) return null;
  const count = at(reply.json, plan.spec.total);
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : null;
}
