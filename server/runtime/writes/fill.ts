import { AppError } from "#server/lib/errors";
import { at } from "../paths";
import type { Protocol } from "../protocols/schema";
import type { Outgoing } from "../send";
import { applyFilter } from "./filters";
import type { Call } from "./schema";

/** What holes are filled from: our values by their first name (present though undefined), then what the connection knows of its account. */
export type Given = { values: Readonly<Record<string, unknown>>; config: Readonly<Record<string, string>> };

const HOLE = /\{([A-Za-z][^{}|\s"',:]*)((?:\|[a-z0-9_]+)*)\}/g;
const WHOLE = /^\{([A-Za-z][^{}|\s"',:]*)((?:\|[a-z0-9_]+)*)\}$/;
/** Printable Latin-1 and tab: what a header can carry. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const SPREAD = "...";

const refuse = (path: string, message: string) =>
  new AppError("invalid", `${path}: ${message}`, { details: { issues: [{ path, message }] } });

const filtered = (value: unknown, filters: string, name: string): unknown => {
  const change = (now: unknown, filter: string) => applyFilter(now, filter, (message) => refuse(name.replace(/^data\./, ""), message));
  return filters === "" ? value : filters.slice(1).split("|").reduce(change, value);
};

/** What a hole stands for: `own` says whether the name is one of ours at all. */
function heldBy(given: Given, name: string, filters: string): { own: boolean; known: boolean; value: unknown } {
  const root = name.split(".", 1)[0] ?? "";
  if (Object.hasOwn(given.values, root)) return { own: true, known: true, value: filtered(at(given.values, name), filters, name) };
  const known = Object.hasOwn(given.config, name);
  return { own: false, known, value: known ? filtered(given.config[name], filters, name) : undefined };
}

const asText = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(asText).join(",");
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
};

/** A text with its holes filled, or undefined when one of ours has no value. Braces that are no holes of ours stay. */
export function fillText(text: string, given: Given): string | undefined {
  let missing = false;
  const filled = text.replace(HOLE, (hole, name: string, filters: string) => {
    const { known, value } = heldBy(given, name, filters);
    if (!known) return hole;
    missing ||= value === undefined || value === null;
    return missing ? "" : asText(value);
  });
  return missing ? undefined : filled;
}

/** `{+path}`, a way of several parts of ours. */
const fillOwnWays = (path: string, given: Given): string =>
  path.replace(/\{\+([A-Za-z]\w*)\}/g, (hole, name: string) => {
    const { own, value } = heldBy(given, name, "");
    if (!own) return hole;
    const parts = String(value ?? "")
      .replace(/^\/+/, "")
      .split("/");
    const named = parts.length > 1 && parts.at(-1) === "" ? parts.slice(0, -1) : parts; // a slash at the end stays
    if (named.some((part) => part === "" || part === "." || part === ".." || !part.isWellFormed()))
      throw refuse(name, "must be a path, such as orders/1001");
    return parts.map(encodeURIComponent).join("/");
  });

/** A path with our holes filled, each as one part that climbs nowhere; the connection's own are left to whoever sends it. */
export function fillPath(path: string, given: Given): string {
  return fillOwnWays(path, given).replace(HOLE, (hole, name: string, filters: string) => {
    const { own, value } = heldBy(given, name, filters);
    if (!own) return hole;
    const whole =
      typeof value === "string" || typeof value === "number" || typeof value === "boolean" || typeof value === "bigint"
        ? String(value)
        : "";
    if (whole === "") throw refuse(name, "is missing; it is part of the address");
    if (whole === "." || whole === ".." || !whole.isWellFormed()) throw refuse(name, "cannot be part of an address");
    return encodeURIComponent(whole);
  });
}

type Count = { holes: number; missing: number };

function fillObject(body: object, given: Given, count: Count): Record<string, unknown> {
  const filled: Record<string, unknown> = {};
  const set = (name: string, value: unknown) =>
    Object.defineProperty(filled, name, { value, enumerable: true, writable: true, configurable: true });
  for (const [name, one] of Object.entries(body)) {
    const value = fillValue(one, given, count);
    if (value === undefined) continue;
    if (name !== SPREAD) set(name, value);
    else if (typeof value === "object" && value !== null && !Array.isArray(value))
      for (const [inner, each] of Object.entries(value)) if (!Object.hasOwn(body, inner)) set(inner, each);
  }
  return filled;
}

/** A text of a body: the value itself where it is one hole and nothing else. */
function fillString(text: string, given: Given, count: Count): unknown {
  const [, name, filters = ""] = WHOLE.exec(text) ?? [];
  const held = name === undefined ? null : heldBy(given, name, filters);
  if (held && !held.known) return text;
  const value = held ? held.value : fillText(text, given);
  if (held || value !== text) count.holes++;
  if (value === undefined) count.missing++;
  return value;
}

/** A value with the holes of its texts filled; undefined when nothing in it has a value. */
function fillValue(body: unknown, given: Given, count: Count): unknown {
  if (typeof body === "string") return fillString(body, given, count);
  if (typeof body !== "object" || body === null) return body;
  const own: Count = { holes: 0, missing: 0 };
  const filled = Array.isArray(body)
    ? body.map((one) => fillValue(one, given, own)).filter((one) => one !== undefined)
    : fillObject(body, given, own);
  count.holes += own.holes;
  count.missing += own.missing;
  return own.holes > 0 && own.missing === own.holes ? undefined : filled;
}

/** Whether the document of a GraphQL request is given whole: `{ query: "{document}" }`. */
const isOwnDocument = ({ query }: Record<string, unknown>, given: Given): boolean =>
  Object.hasOwn(given.values, WHOLE.exec(String(query))?.[1] ?? "");

/**
 * A body with its holes filled. The document of a GraphQL request has braces of its own and is left alone. A body of which nothing
 * has a value is an empty object.
 */
export function fillBody(body: unknown, given: Given, protocol: Protocol): unknown {
  const document = protocol.type === "graphql" && typeof body === "object" && body !== null && Object.hasOwn(body, "query");
  if (!document || isOwnDocument(body as Record<string, unknown>, given)) return fillValue(body, given, { holes: 0, missing: 0 }) ?? {};
  const { query, ...rest } = body as Record<string, unknown>;
  return { query, ...(fillValue(rest, given, { holes: 0, missing: 0 }) as object | undefined) };
}

/** The parts of an object as parameters of their own. */
function spreadTexts(text: string, given: Given): [string, string][] {
  const value = heldBy(given, WHOLE.exec(text)?.[1] ?? "", "").value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, one]) => (one === null ? [] : [[name, asText(one)]]));
}

function fillTexts(texts: Readonly<Record<string, string>>, given: Given): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => {
      if (name === SPREAD) return spreadTexts(text, given);
      const filled = fillText(text, given);
      return filled === undefined ? [] : [[name, filled]];
    }),
  );
}

/**
 * A call as it goes out, but for what the connection puts on. Throws `invalid`, naming the value, when one is missing in the path
 * or cannot stand where it is to stand.
 */
export function fillCall(call: Call, given: Given, usual: Protocol): Outgoing {
  const protocol = call.protocol ?? usual;
  const headers = fillTexts(call.headers ?? {}, given);
  const bad = Object.entries(headers).find(([, text]) => !HEADER_VALUE.test(text));
  if (bad) throw refuse(bad[0], "holds a character that headers cannot carry");
  return {
    method: call.method,
    ...(call.host === undefined ? {} : { host: call.host }),
    path: fillPath(call.path, given),
    query: fillTexts(call.query, given),
    ...(call.headers ? { headers } : {}),
    ...(call.body === undefined ? {} : { body: fillBody(call.body, given, protocol) }),
    protocol,
  };
}
