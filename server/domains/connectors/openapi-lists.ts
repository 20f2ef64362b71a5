import { changedAmong, type DraftField, idAmong, keyOf, sampleOf, titleOf } from "./draft";
import { fieldsOf, type Json, listAt, listIn, merged, objectIn, propertyAt, resolved, textIn } from "./openapi-schemas";

const CURSOR =
  /^(?:cursor|page_?token|next_?token|after|starting_?after|continuation_?token|next_?cursor|page\[(?:cursor|after)\]|bookmark|marker|scroll_?id)$/i;
const PAGE = /^(?:page|page_?(?:number|no|num|index)|current_?page|page\[number\]|p)$/i;
const OFFSET = /^(?:offset|skip|start|start_?(?:index|at)|page\[offset\])$/i;
const SIZE = /^(?:limit|per_?page|page_?size|size|count|max_?results|top|\$top|page\[(?:size|limit)\]|results_?per_?page)$/i;
const SINCE =
  /^(?:(?:updated|modified|changed|last_?modified)_?(?:since|after|at_?min|from|gte|start)|since|(?:updated|modified)_?at\[gte?\]|min_?updated_?at)$/i;
const NEXT_TOKEN =
  /(?:^|\.)(?:next_?(?:cursor|page_?token|token|page|marker)|cursor|page_?token|after|continuation_?token|end_?cursor|bookmark|scroll_?id)$/i;
const NEXT_URL = /(?:^|\.)(?:next(?:_?(?:url|link|href|page_?url|page_?uri|page))?|links\.next(?:\.href)?|@odata\.nextLink)$/i;
const MORE = /(?:^|\.)(?:has_?(?:more|next(?:_?page)?)|more)$/i;
const TOTAL = /(?:^|\.)(?:total(?:_?(?:count|results|items|records|elements))?)$/i;

const PAGE_SIZE = 100;

type Parameter = { name: string; in: string; required: boolean; schema: Json };
/** `loose`: nothing says how its pages follow each other. */
export type Listing = { path: string; key: string; value: Json; notes: string[]; loose: boolean };

export function parametersOf(root: Json, item: Json, operation: Json): Parameter[] {
  return [...listIn(item["parameters"]), ...listIn(operation["parameters"])].map((one) => {
    const it = resolved(root, one);
    return {
      name: textIn(it["name"]),
      in: textIn(it["in"]),
      required: it["required"] === true,
      schema: it["schema"] === undefined ? it : merged(root, it["schema"]),
    };
  });
}

/** The schema of the answer that says yes. */
export function answerOf(root: Json, operation: Json): Json | null {
  const responses = objectIn(operation["responses"]);
  const response = resolved(root, responses["200"] ?? responses[200] ?? responses["2XX"] ?? responses["default"]);
  if (response["schema"] !== undefined) return objectIn(response["schema"]); // Swagger 2
  const [, json] = Object.entries(objectIn(response["content"])).find(([type]) => /[/+]json\b/i.test(type)) ?? [];
  return json === undefined ? null : objectIn(objectIn(json)["schema"]);
}

const place = (name: string) => ({ in: "query", name });

type Seen = { root: Json; answer: Json; named: (pattern: RegExp) => Parameter | undefined; limit: Json; stop: Json };

function byToken({ root, answer, named, limit, stop }: Seen): Json | null {
  const cursor = named(CURSOR);
  const token = cursor && propertyAt(root, answer, NEXT_TOKEN);
  return cursor && token ? { type: "cursor", next: token.path, place: place(cursor.name), ...limit, ...stop } : null;
}

function byAddress({ root, answer, named, limit }: Seen): Json | null {
  const next = propertyAt(root, answer, NEXT_URL);
  if (!next || textIn(next.schema["type"]) === "integer") return null;
  // `next_page` beside a `page` is a number as often as an address.
  const clear = /ur[li]|href|link/i.test(next.path + textIn(next.schema["format"]));
  return clear || !named(PAGE) ? { type: "link", next: next.path, ...limit } : null;
}

function byNumber({ named, limit, stop }: Seen): Json | null {
  const page = named(PAGE);
  if (page) return { type: "page", place: place(page.name), ...(page.schema["default"] === 0 ? { first: 0 } : {}), ...limit, ...stop };
  const offset = named(OFFSET);
  if (offset) return { type: "offset", place: place(offset.name), ...limit, ...stop };
  const after = named(/after$/i);
  return after ? { type: "keyset", place: place(after.name), ...limit, ...stop } : null;
}

/** How pages follow each other, by the names of parameters and of what comes back. Null = nothing says that there are more. */
function pagingOf(root: Json, answer: Json, parameters: readonly Parameter[]): Json | null {
  const named = (pattern: RegExp) => parameters.find((one) => one.in === "query" && pattern.test(one.name) && !SINCE.test(one.name));
  const size = named(SIZE);
  const largest = Number(size?.schema["maximum"]) || PAGE_SIZE;
  const limit = size ? { limit: { place: place(size.name), value: Math.max(1, Math.min(PAGE_SIZE, largest)) } } : {};
  const more = propertyAt(root, answer, MORE)?.path;
  const total = propertyAt(root, answer, TOTAL)?.path;
  const seen = { root, answer, named, limit };
  const flag = more ? { stop: { more } } : {};
  const counted = more === undefined && total !== undefined ? { stop: { total } } : flag;
  return byToken({ ...seen, stop: flag }) ?? byAddress({ ...seen, stop: {} }) ?? byNumber({ ...seen, stop: counted });
}

function changesOf(parameters: readonly Parameter[]): Json | null {
  const since = parameters.find((one) => one.in === "query" && SINCE.test(one.name));
  if (!since) return null;
  const number = since.schema["type"] === "integer" || since.schema["type"] === "number";
  const format = number ? "unix_s" : since.schema["format"] === "date" ? "date" : "iso_s";
  return { since: place(since.name), format, inclusive: false, lookbackMs: 120_000 };
}

const lastName = (path: string): string =>
  path
    .split("/")
    .filter((part) => part !== "" && !part.startsWith("{"))
    .at(-1) ?? "record";
const singular = (name: string): string =>
  name
    .replace(/ies$/i, "y")
    .replace(/(?<=ss|x|ch|sh)es$/i, "")
    .replace(/(?<!s)s$/i, "");

/** A GET that lists records, as an object without its holes in the path. Null when it is none, or needs what nobody knows. */
export function listingOf(root: Json, path: string, item: Json, defaults: (parameter: Parameter) => string | null): Listing | null {
  const operation = objectIn(item["get"]);
  const answer = answerOf(root, operation);
  const list = answer && !path.endsWith("}") && listAt(root, answer, lastName(path));
  if (!answer || !list) return null;
  const parameters = parametersOf(root, item, operation);
  const paging = pagingOf(root, answer, parameters);
  const changes = changesOf(parameters);
  const known = new Set(
    [paging, objectIn(paging?.["limit"]), changes].map((one) => textIn(objectIn(objectIn(one)["place"] ?? objectIn(one)["since"])["name"])),
  );
  const query: Record<string, string> = {};
  for (const parameter of parameters.filter((one) => one.in === "query" && one.required && !known.has(one.name))) {
    const value = defaults(parameter);
    if (value === null) return null;
    query[parameter.name] = value;
  }
  const fields: DraftField[] = fieldsOf(root, list.item, 300);
  const name = lastName(path);
  const id = idAmong(fields, singular(name));
  if (!id) return null;
  const changed = changedAmong(fields);
  const notes = [
    ...(id.sure ? [] : [`${path}: which field is a record's id was guessed ("${id.path}").`]),
    ...(changes ? [`${path}: "${textIn(objectIn(changes["since"])["name"])}" is taken for the moment since when records changed.`] : []),
  ];
  const value = {
    title: titleOf(name),
    list: { path, ...(Object.keys(query).length > 0 ? { query } : {}) },
    pagination: paging ?? { type: "link" },
    records: list.path,
    id: id.path,
    ...(changed === null ? {} : { updatedAt: changed }),
    ...(changes ? { changes } : {}),
    deletes: { by: "scan" },
    fields,
    sample: sampleOf(fields),
  };
  return { path, key: keyOf(singular(name), "record"), value, notes, loose: paging === null };
}
