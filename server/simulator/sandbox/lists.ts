import { type Exchange, sendRecords } from "../exchange";
import type { Collection } from "../world/collection";
import { sendInvalid } from "./problems";
import { type SandboxKind, toPieces } from "./render";

const MAX_LIMIT = 1000;

function limitOf(x: Exchange, name: string): number | null {
  const limit = Number(x.query.get(name) ?? 100);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  sendInvalid(x, `${name} must be a whole number from 1 to ${MAX_LIMIT}`);
  return null;
}

type Window = { slots: number[]; next: string | null; total: number };
type Position = { time: number; slot: number };

/**
 * Records by (updated_at, id). `updated_since` is inclusive; the cursor names the last record seen, so that changes meanwhile move nothing
 * out of sight. Null when the request was answered as invalid.
 */
function readWindow(x: Exchange, collection: Collection, limit: number): Window | null {
  const since = x.query.get("updated_since");
  const sinceTime = since === null ? 0 : Date.parse(since);
  const cursor = x.query.get("cursor");
  const seen = cursor ? readCursor(cursor) : null;
  if (Number.isNaN(sinceTime) || (cursor && !seen)) {
    sendInvalid(x, Number.isNaN(sinceTime) ? "updated_since must be an ISO 8601 time" : "cursor is not one of ours");
    return null;
  }
  const { timeline } = collection;
  const length = timeline.order().length;
  const begin = since === null ? 0 : timeline.firstAt(sinceTime);
  const start = seen ? Math.max(begin, timeline.firstAfter(seen.time, seen.slot)) : begin;
  const withDeleted = x.query.get("include_deleted") === "true";
  const { slots, position } = collect(collection, x.quirk === "empty" ? length : start, limit, withDeleted);
  const last = slots.at(-1);
  const next = position < length && last !== undefined ? Buffer.from(`${collection.updatedAt(last)}:${last}`).toString("base64url") : null;
  const hidden = withDeleted ? 0 : collection.size() - collection.liveCount();
  return { slots, next: x.quirk === "cursor_loop" && cursor ? cursor : next, total: Math.max(slots.length, length - begin - hidden) };
}

function readCursor(cursor: string): Position | null {
  const [time, slot] = Buffer.from(cursor, "base64url").toString().split(":").map(Number);
  return time !== undefined && slot !== undefined && Number.isInteger(time) && Number.isInteger(slot) ? { time, slot } : null;
}

/** Up to `limit` slots from a position of the timeline on, and the position after them. */
function collect(collection: Collection, start: number, limit: number, withDeleted: boolean): { slots: number[]; position: number } {
  const order = collection.timeline.order();
  const slots: number[] = [];
  let position = start;
  for (; position < order.length && slots.length < limit; position++) {
    const slot = order[position] as number;
    if (withDeleted || !collection.isArchived(slot)) slots.push(slot);
  }
  return { slots, position };
}

/** `GET /v1/{object}`: `{data, next_cursor, total}`. Returns how many records were sent. */
export function cursorList(x: Exchange, collection: Collection, kind: SandboxKind): number {
  const limit = limitOf(x, "limit");
  const window = limit === null ? null : readWindow(x, collection, limit);
  if (!window) return 0;
  const tail = `],"next_cursor":${JSON.stringify(window.next)},"total":${window.total}}`;
  sendRecords(x, '{"data":[', toPieces(kind, collection, window.slots), tail);
  return window.slots.length;
}

/** `GET /v1/linked/{object}`: a bare array; the next page is named by the `Link` header. */
export function linkedList(x: Exchange, collection: Collection, kind: SandboxKind): number {
  const limit = limitOf(x, "limit");
  const window = limit === null ? null : readWindow(x, collection, limit);
  if (!window) return 0;
  const headers: Record<string, string> = { "x-total": String(window.total) };
  if (window.next !== null) {
    const query = new URLSearchParams(x.query);
    query.set("cursor", window.next);
    headers["link"] = `<${x.origin}/${x.host}${x.path}?${query}>; rel="next"`;
  }
  sendRecords(x, "[", toPieces(kind, collection, window.slots), "]", headers);
  return window.slots.length;
}

/** `GET /v1/paged/{object}?page=&per_page=`: by id; pages count from 1 and one past the end is empty. */
export function pagedList(x: Exchange, collection: Collection, kind: SandboxKind): number {
  const perPage = limitOf(x, "per_page");
  const number = Number(x.query.get("page") ?? 1);
  if (perPage === null) return 0;
  if (!Number.isInteger(number) || number < 1) {
    sendInvalid(x, "page must be a whole number from 1");
    return 0;
  }
  const slots: number[] = [];
  let skip = (number - 1) * perPage;
  for (let slot = 0; slot < collection.size() && slots.length < perPage; slot++) {
    if (collection.isArchived(slot)) continue;
    if (skip > 0) skip--;
    else slots.push(slot);
  }
  const total = collection.liveCount();
  const pages = Math.ceil(total / perPage);
  const tail = `],"page":${number},"per_page":${perPage},"total":${total},"total_pages":${pages}}`;
  sendRecords(x, '{"data":[', toPieces(kind, collection, slots), tail, { "x-total": String(total), "x-total-pages": String(pages) });
  return slots.length;
}
