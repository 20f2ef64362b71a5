import { type Exchange, sendRecords } from "../exchange";
import type { Collection } from "../world/collection";
import type { ObjectKind } from "../world/object-kind";
import { sendInvalid } from "./problems";
import { projectionOf, toPieces } from "./render";

const MAX_LIMIT = 100;

/** `?properties=a,b&properties=c` as a list of names. */
export function wantedProperties(query: URLSearchParams): string[] {
  return query
    .getAll("properties")
    .flatMap((value) => value.split(","))
    .map((name) => name.trim())
    .filter(Boolean);
}

/** `GET /crm/v3/objects/{object}`: all records by ascending id; `after` is the id of the last one seen. Returns how many were sent. */
export function listObjects(x: Exchange, collection: Collection, kind: ObjectKind): number {
  const limit = Number(x.query.get("limit") ?? 10);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    sendInvalid(x, `Invalid limit: must be between 1 and ${MAX_LIMIT} but was ${x.query.get("limit")}.`);
    return 0;
  }
  const after = x.query.get("after");
  const start = after === null ? -1 : collection.slotOf(after);
  if (start === null) {
    sendInvalid(x, `Invalid paging cursor: ${after}`);
    return 0;
  }
  const archived = x.query.get("archived") === "true";
  const slots: number[] = [];
  const size = x.quirk === "empty" ? 0 : collection.size();
  let slot = start + 1;
  let last = start;
  let more = false;
  for (; slot < size; slot++) {
    if (collection.isArchived(slot) !== archived) continue;
    if (slots.length === limit) {
      more = true;
      break;
    }
    slots.push(slot);
    last = slot;
  }
  let tail = "]}";
  if (more) {
    const next = x.quirk === "cursor_loop" && after !== null ? after : collection.id(last);
    const link = new URLSearchParams(x.query);
    link.set("after", next);
    tail = `],"paging":${JSON.stringify({ next: { after: next, link: `${x.origin}/${x.host}${x.path}?${link}` } })}}`;
  }
  sendRecords(x, '{"results":[', toPieces(collection, kind, slots, projectionOf(kind, wantedProperties(x.query), collection)), tail);
  return slots.length;
}
