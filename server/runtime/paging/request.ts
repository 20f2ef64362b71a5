import type { Cursor } from "../cursor";
import type { Changes, RequestSpec } from "../manifest";
import { put } from "../paths";
import { parseExactJson, writeExactJson } from "../protocols/exact-json";
import type { Protocol } from "../protocols/schema";
import type { Outgoing } from "../send";
import { fillRequest } from "./fill-request";
import { formatMoment } from "./moments";
import type { Nested } from "./records-schema";
import type { Outcome, Pagination, Place } from "./schema";

/** One way to ask for pages of an object: the listing, or the changes since a moment. */
export type Query = {
  request: RequestSpec;
  /** Where its rows stand in an answer, and its records in those. */
  records: string;
  nested: Nested | null;
  pagination: Pagination;
  protocol: Protocol;
  fields: { place: Place; names: string[] } | null;
  changes: Changes | null;
  /** Answers to any page that say that there is nothing (more). */
  none: readonly Outcome[];
  /** Answers to a first page that mean that there is no such list. */
  skip: readonly Outcome[];
  /** Asked for every page but the first. */
  onward: RequestSpec | null;
  /** Whether the request has holes that each page fills. */
  holes: boolean;
};

type Values = Record<string, string>;

/** A request of the manifest as it goes out, without paging. */
export function plainRequest(request: RequestSpec, protocol: Protocol): Outgoing {
  return {
    method: request.method,
    ...(request.host === undefined ? {} : { host: request.host }),
    path: request.path,
    query: request.query,
    ...(request.headers ? { headers: request.headers } : {}),
    ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
    ...(request.method === "POST" ? { body: structuredClone(request.body ?? {}) } : {}),
    ...(protocol.type === "json" ? {} : { protocol }),
  };
}

/** A request with one value more, in its place. */
export function placedIn(request: Outgoing, { in: where, name, template = "{value}" }: Place, given: string): Outgoing {
  const value = template.replaceAll("{value}", () => given);
  if (where === "query") return { ...request, query: { ...request.query, [name]: value } };
  if (where === "header") return { ...request, headers: { ...request.headers, [name.toLowerCase()]: value } };
  const body = structuredClone(request.body ?? {}) as Record<string, unknown>;
  put(body, name, value);
  return { ...request, body };
}

/** Whether the token of what is new is an address itself. */
export const tokenIsAddress = ({ pagination, changes, holes }: Query): boolean =>
  pagination.type === "link" && changes?.token !== undefined && changes.token.place === undefined && !holes;

/** The address of the page a cursor stands at, where pages are told by addresses: the next one, or the token of what is new. */
const addressOf = (query: Query, { page, token }: Cursor): string | null => {
  if (query.pagination.type !== "link") return null;
  return page ?? (tokenIsAddress(query) ? (token ?? null) : null);
};

function momentsOf(changes: Changes | null, { since, until }: Cursor): Values {
  if (!changes) return {};
  const { format, zone, inclusive } = changes;
  return {
    ...(since === null ? {} : { since: formatMoment(since, format, { strict: !inclusive, zone }) }),
    ...(until === undefined ? {} : { until: formatMoment(until, format, { zone }) }),
  };
}

const COUNTED = new Set(["limit", "offset", "from", "to"]);

/** Of these values, what are numbers: counts, pages that are counted, moments that are. A token is a text whatever it looks like. */
function numbersIn(values: Values, query: Query, cursor: Cursor): Record<string, unknown> {
  const { pagination, changes } = query;
  const moments = changes?.format === "unix_s" || changes?.format === "unix_ms";
  const isNumber = (name: string) =>
    COUNTED.has(name) || (name === "page" ? pagination.type === "page" : moments && (name === "since" || name === "until"));
  const numbers = Object.fromEntries(Object.entries(values).flatMap(([name, text]) => (isNumber(name) ? [[name, Number(text)]] : [])));
  const mark = cursor.page !== null && isMarked(pagination) && pagination.json ? { page: parseExactJson(cursor.page) } : {};
  return { ...numbers, ...mark };
}

type Marked = Extract<Pagination, { type: "cursor" | "keyset" }>;
const isMarked = (pagination: Pagination): pagination is Marked => pagination.type === "cursor" || pagination.type === "keyset";

/** Text of a value that goes where only texts do. */
const plainText = (value: unknown): string => (typeof value === "object" && value !== null ? writeExactJson(value) : String(value));

/** Where a query stands, as what its holes are filled with. */
function valuesOf({ pagination, changes }: Query, cursor: Cursor): Values {
  const values: Values = { ...momentsOf(changes, cursor), ...(cursor.token === undefined ? {} : { token: cursor.token }) };
  const size = pagination.type === "range" ? pagination.size : pagination.limit?.value;
  if (size !== undefined) values["limit"] = String(size);
  if (pagination.type === "offset" || pagination.type === "range") {
    const from = Number(cursor.page ?? pagination.first);
    values["offset"] = values["from"] = String(from);
    if (pagination.type === "range") values["to"] = String(from + pagination.size - 1);
  }
  if (pagination.type === "page") values["page"] = cursor.page ?? String(pagination.first);
  if (isMarked(pagination)) {
    const page = cursor.page ?? pagination.begin ?? "";
    values["page"] = pagination.json && cursor.page !== null ? plainText(parseExactJson(page)) : page;
  }
  return values;
}

/** What stands at the pagination's place on this page, or undefined for the first page of styles that send nothing there. */
function positionOf(pagination: Pagination, cursor: Cursor, values: Readonly<Record<string, unknown>>): unknown {
  switch (pagination.type) {
    case "cursor":
    case "keyset":
      return cursor.page === null ? pagination.begin : values["page"];
    case "page":
    case "offset":
      return Number(cursor.page ?? pagination.first);
    case "range":
      return `${values["from"]}-${values["to"]}`;
    default:
      return undefined;
  }
}

/** Puts size, fields and moments in their places. A next address brings its query along, but not headers. */
function placeAll(
  { pagination, fields, changes }: Query,
  values: Readonly<Record<string, unknown>>,
  followed: boolean,
  place: (where: Place, given: unknown) => void,
): void {
  const moment = (where: Place | undefined, value: unknown) => {
    if (where && value !== undefined && (!followed || where.in === "header")) place(where, value);
  };
  if (!followed && pagination.limit?.place) place(pagination.limit.place, pagination.limit.value);
  if (!followed && fields) place(fields.place, fields.names);
  moment(changes?.since, values["since"]);
  moment(changes?.until, values["until"]);
  moment(changes?.token?.place, values["token"]);
}

/** The request for the page a cursor stands at. */
export const requestFor = (query: Query, cursor: Cursor): Outgoing =>
  query.onward && cursor.page !== null ? laterRequest(query, query.onward, cursor) : pageRequest(query, cursor);

function laterRequest(query: Query, onward: RequestSpec, cursor: Cursor): Outgoing {
  const { protocol } = query;
  const values = valuesOf(query, cursor);
  const request = plainRequest(fillRequest(onward, { ...values, ...numbersIn(values, query, cursor) }, protocol), protocol);
  return { ...request, ...meaningsOf(query, cursor) };
}

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((one) => typeof one === "string");

function pageRequest(query: Query, cursor: Cursor): Outgoing {
  const { pagination, protocol } = query;
  const values = valuesOf(query, cursor);
  const numbers = numbersIn(values, query, cursor);
  const request = query.holes ? fillRequest(query.request, { ...values, ...numbers }, protocol) : query.request;
  const headers: Values = { ...request.headers };
  const extra = protocol.type === "json" ? {} : { protocol };
  const place = ({ in: where, name, template, repeat }: Place, given: unknown) => {
    const value = template === undefined ? given : template.replaceAll("{value}", () => plainText(given));
    if (where === "query") params[name] = !isTexts(value) ? plainText(value) : repeat ? value : value.join(",");
    else if (where === "header") headers[name.toLowerCase()] = plainText(value);
    else if (body) put(body, name, value);
  };
  const params: NonNullable<Outgoing["query"]> = { ...request.query };
  const body = request.method === "POST" ? (structuredClone(request.body ?? {}) as Record<string, unknown>) : undefined;
  const address = addressOf(query, cursor);
  const followed = address !== null;
  placeAll(query, { ...values, ...numbers }, followed, place);
  const position = followed ? undefined : positionOf(pagination, cursor, { ...values, ...numbers });
  if (position !== undefined && "place" in pagination && pagination.place) place(pagination.place, position);
  const sent = {
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(body ? { body } : {}),
    ...(request.host === undefined ? {} : { host: request.host }),
    ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
    ...meaningsOf(query, cursor),
    ...extra,
  };
  if (followed) return { method: request.method, path: address, absolute: true, ...sent };
  return { method: request.method, path: request.path, query: params, ...sent };
}

/** What answers mean at this point besides what they say. */
function meaningsOf(query: Query, cursor: Cursor): Pick<Outgoing, "ends" | "absent" | "expired"> {
  const ends = endsOf(query, cursor);
  const absent = cursor.page === null ? query.skip : [];
  const byToken = cursor.token === undefined ? [] : (query.changes?.token?.expired ?? []);
  const expired = [...byToken, ...(cursor.page === null ? [] : query.pagination.stop.expired)];
  return {
    ...(ends.length > 0 ? { ends } : {}),
    ...(absent.length > 0 ? { absent: [...absent] } : {}),
    ...(expired.length > 0 ? { expired } : {}),
  };
}

/** Which answers say "nothing (more)" at this point, besides fine ones. */
function endsOf({ pagination: { stop }, changes, none }: Query, cursor: Cursor): NonNullable<Outgoing["ends"]> {
  const later = cursor.page !== null;
  const ends: NonNullable<Outgoing["ends"]> = [...none, ...stop.statuses.filter((one) => one.status === 204 || later)];
  return changes?.since?.in === "header" && cursor.since !== null ? [...ends, { status: 304 }, { status: 204 }] : ends;
}
