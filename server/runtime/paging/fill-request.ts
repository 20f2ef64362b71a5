import { AppError } from "#server/lib/errors";
import { fillKnown } from "../paths";
import { writeExactJson } from "../protocols/exact-json";
import type { Protocol } from "../protocols/schema";
import { applyFilter } from "../writes/filters";
import type { RequestSpec } from "./request-schema";

type Values = Readonly<Record<string, string>>;
/** What holes stand for: in a text of a body where nothing else stands, the value as it is; elsewhere its text. */
export type Holes = Readonly<Record<string, unknown>>;

const PAGING = /\{(since|until|page|offset|from|to|limit|token)(\|[a-z]+)?\}/;

/** Whether a request has holes that each page fills. */
export const hasHoles = (request: RequestSpec): boolean => PAGING.test(writeExactJson(request));

const ONE_HOLE = /^\{([A-Za-z][^{}|\s"',:]*)(?:\|([a-z]+))?\}$/;

type Filling = { holes: Holes; values: Values; protocol: Protocol };

const refuse = (message: string) => new AppError("provider_invalid_response", `A value that is to be sent on ${message}.`);

/** A text of a body: where it is one hole, the value itself, changed where a filter says so. */
function fillString(text: string, { holes, values }: Filling): unknown {
  const [, name = "", filter] = ONE_HOLE.exec(text) ?? [];
  if (!Object.hasOwn(holes, name)) return fillKnown(text, values);
  const value = holes[name];
  if (filter === undefined) return value;
  const changed = (one: unknown) => applyFilter(one, filter, refuse);
  return Array.isArray(value) ? value.map(changed) : changed(value);
}

/**
 * Fills holes in the names and texts of a body; the document of a GraphQL request has braces of its own and is left alone, unless all
 * of it is one hole.
 */
function fillBody(body: unknown, filling: Filling, depth = 0): unknown {
  if (typeof body === "string") return fillString(body, filling);
  if (Array.isArray(body)) return body.map((one) => fillBody(one, filling, depth + 1));
  if (typeof body !== "object" || body === null) return body;
  const isDocument = (name: string, one: unknown) =>
    depth === 0 && name === "query" && filling.protocol.type === "graphql" && !ONE_HOLE.test(String(one));
  return Object.fromEntries(
    Object.entries(body).map(([name, one]) => [
      fillKnown(name, filling.values),
      isDocument(name, one) ? one : fillBody(one, filling, depth + 1),
    ]),
  );
}

const fillTexts = (texts: Values, values: Values): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fillKnown(text, values)]));

/** A request of the manifest with its holes filled; holes of the credential stay for whoever sends it. A list stands in texts as `join` says. */
export function fillRequest(request: RequestSpec, holes: Holes, protocol: Protocol, join = ","): RequestSpec {
  const values = Object.fromEntries(
    Object.entries(holes).map(([name, value]) => [name, Array.isArray(value) ? value.join(join) : String(value)]),
  );
  return {
    ...request,
    path: fillKnown(request.path, values, encodeURIComponent),
    query: fillTexts(request.query, values),
    ...(request.headers ? { headers: fillTexts(request.headers, values) } : {}),
    ...(request.body === undefined ? {} : { body: fillBody(request.body, { holes, values, protocol }) as RequestSpec["body"] }),
  };
}

const FIELD = /\{((?:parent(?:_[a-z0-9_]+)?|row)\.[^{}|\s"',:]+)(?:\|[a-z]+)?\}/g;

/** The fields that requests name of what they are asked for: `parent.key`, `parent_order.number`, `row.type`. */
export function fieldsNamed(...requests: (RequestSpec | undefined)[]): string[] {
  const text = writeExactJson(requests.filter((one) => one !== undefined)).replaceAll("\\\\", "\\");
  return [...new Set([...text.matchAll(FIELD)].map(([, name = ""]) => name))];
}

/** A value that can stand in a request, or null. */
export const sendable = (value: unknown): string | number | null =>
  typeof value === "number" || (typeof value === "string" && value !== "") ? value : typeof value === "boolean" ? String(value) : null;
