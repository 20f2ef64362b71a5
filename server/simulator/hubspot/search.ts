import { type Exchange, isObject, readJson, sendRecords } from "../exchange";
import type { Collection } from "../world/collection";
import type { ObjectKind } from "../world/object-kind";
import { FIELDS, modifiedField } from "./fields";
import { comparable, type Filter, parseGroups, passes } from "./filters";
import { sendInvalid } from "./problems";
import { fullProperties, projectionOf, toPieces } from "./render";

const MAX_LIMIT = 200;
/** HubSpot pages no further than this into one search. */
const MAX_RESULTS = 10_000;

type Sort = { property: string; descending: boolean };
type Search = { groups: Filter[][]; sorts: Sort[]; text: string };

const answers = new WeakMap<Collection, { key: string; version: number; slots: Uint32Array | number[] }>();

/** `POST /crm/v3/objects/{object}/search`. Returns how many records were sent. */
export async function searchObjects(x: Exchange, collection: Collection, kind: ObjectKind): Promise<number> {
  const body = await readJson(x);
  const limit = Number(body["limit"] ?? 10);
  const after = Number(body["after"] || 0);
  const groups = parseGroups(body["filterGroups"]);
  const fault = faultOf(groups, limit, after, kind);
  if (fault !== null || typeof groups === "string") {
    sendInvalid(x, fault ?? String(groups));
    return 0;
  }
  const search: Search = {
    groups,
    sorts: parseSorts(body["sorts"]),
    text: typeof body["query"] === "string" ? body["query"].toLowerCase() : "",
  };
  const slots = x.quirk === "empty" ? [] : find(collection, kind, search);
  const wanted = Array.isArray(body["properties"]) ? body["properties"].map(String) : [];
  const shown = slots.slice(after, after + limit);
  const end = after + shown.length;
  const next = x.quirk === "cursor_loop" && after > 0 ? after : end;
  const tail = end < slots.length ? `],"paging":{"next":{"after":"${next}"}}}` : "]}";
  sendRecords(x, `{"total":${slots.length},"results":[`, toPieces(collection, kind, shown, projectionOf(kind, wanted, collection)), tail);
  return shown.length;
}

function faultOf(groups: Filter[][] | string, limit: number, after: number, kind: ObjectKind): string | null {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) return `Invalid limit: must be between 1 and ${MAX_LIMIT}.`;
  if (!Number.isInteger(after) || after < 0) return "Invalid paging cursor.";
  if (after >= MAX_RESULTS) return `Paging past the first ${MAX_RESULTS} results of a search is not supported.`;
  if (typeof groups === "string") return groups;
  const unknown = groups.flat().find((filter) => !isKnown(filter.property, kind));
  return unknown ? `There was a problem with the request: property ${unknown.property} does not exist.` : null;
}

function isKnown(property: string, kind: ObjectKind): boolean {
  return isModified(property) || FIELDS[kind].some((field) => field.name === property);
}

/** HubSpot understands both names of the time of the last change on every object. */
function isModified(property: string): boolean {
  return property === "lastmodifieddate" || property === "hs_lastmodifieddate";
}

function parseSorts(input: unknown): Sort[] {
  if (!Array.isArray(input)) return [];
  return input.flatMap((sort) => {
    if (typeof sort === "string") return [{ property: sort.replace(/^-/, ""), descending: sort.startsWith("-") }];
    if (!isObject(sort) || typeof sort["propertyName"] !== "string") return [];
    return [{ property: sort["propertyName"], descending: sort["direction"] === "DESCENDING" }];
  });
}

/** Matching slots in order. The last answer is kept while the collection stands still, so that paging does not search again. */
function find(collection: Collection, kind: ObjectKind, search: Search): Uint32Array | number[] {
  const key = JSON.stringify(search);
  const known = answers.get(collection);
  if (known && known.key === key && known.version === collection.version()) return known.slots;
  const found = order(collection, kind, candidates(collection, kind, search), search.sorts);
  answers.set(collection, { key, version: collection.version(), slots: found });
  return found;
}

/** Live slots that match, by the time of their last change. */
function candidates(collection: Collection, kind: ObjectKind, search: Search): Uint32Array {
  const { from, to, groups } = narrow(collection, search.groups);
  const open = search.text === "" && groups.every((group) => group.length === 0);
  const slots = collection.timeline.order().subarray(from, Math.max(from, to));
  return slots.filter((slot) => !collection.isArchived(slot) && (open || matches(collection, kind, slot, groups, search.text)));
}

const TIME_OPERATORS: readonly string[] = ["GT", "GTE", "LT", "LTE"];

/** Turns bounds on the last change into a stretch of the timeline, so that a sync's search looks at nothing else. */
function narrow(collection: Collection, groups: Filter[][]): { from: number; to: number; groups: Filter[][] } {
  let [from, to] = [0, collection.size()];
  const only = groups.length === 1 ? (groups[0] ?? []) : [];
  const rest = only.filter(({ property, operator, value }) => {
    const time = isModified(property) && TIME_OPERATORS.includes(operator) ? comparable(value) : null;
    if (typeof time !== "number") return true;
    const position = collection.timeline.firstAt(operator === "GT" || operator === "LTE" ? time + 1 : time);
    if (operator.startsWith("G")) from = Math.max(from, position);
    else to = Math.min(to, position);
    return false;
  });
  return { from, to, groups: groups.length === 1 ? [rest] : groups };
}

function matches(collection: Collection, kind: ObjectKind, slot: number, groups: Filter[][], text: string): boolean {
  const properties = fullProperties(collection, kind, slot);
  properties["lastmodifieddate"] = properties["hs_lastmodifieddate"] = properties[modifiedField(kind)] ?? null;
  const hit = groups.length === 0 || groups.some((group) => group.every((filter) => passes(filter, properties)));
  return hit && (text === "" || Object.values(properties).some((value) => value?.toLowerCase().includes(text)));
}

/** HubSpot's own order is by creation; a sort by the last change is the one that syncs use, and is already there. */
function order(collection: Collection, kind: ObjectKind, slots: Uint32Array, sorts: Sort[]): Uint32Array {
  const sort = sorts[0] ?? { property: "createdate", descending: false };
  if (isModified(sort.property)) return sort.descending ? slots.reverse() : slots;
  const keys = new Map<number, number | string>();
  for (const slot of slots) {
    const own =
      sort.property === "createdate" ? collection.createdAt(slot) : comparable(fullProperties(collection, kind, slot)[sort.property] ?? "");
    keys.set(slot, own);
  }
  const sign = sort.descending ? -1 : 1;
  return slots.sort((a, b) => {
    const [left, right] = [keys.get(a) ?? 0, keys.get(b) ?? 0];
    return (left < right ? -1 : left > right ? 1 : 0) * sign || a - b;
  });
}
