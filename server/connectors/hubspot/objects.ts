import { fieldList } from "../field-list";

const ENVELOPE = `
  id Record ID = 151 | createdAt:datetime Created = 2025-03-04T09:12:44.120Z | updatedAt:datetime Last changed = 2026-02-11T16:40:05.871Z
  archived:boolean Archived = false`;

export const after = (place: "query" | "body", limit: number) => ({
  type: "cursor" as const,
  next: "paging.next.after",
  place: { in: place, name: "after" },
  limit: { place: { in: place, name: "limit" }, value: limit },
});

const post = (path: string, body: object) => ({ method: "POST" as const, path, body: body as never });
const searchFor = (path: string, filter: object, rest: object) =>
  post(`${path}/search`, { after: "0", filterGroups: [{ filters: [filter] }], ...rest });

export const perAccount = (requests: number, perMs: number) => ({ scope: "account" as const, requests, perMs });

// A search gives no row beyond its 10,000th, and its index follows a change by seconds to minutes.
const search = (path: string, updated: string) => ({
  request: searchFor(path, { propertyName: updated, operator: "GTE", value: "" }, { sorts: [updated] }),
  pagination: after("body", 200),
  select: { prefix: "properties.", place: { in: "body" as const, name: "properties" } },
  // A text, also where it is a number of milliseconds.
  since: { in: "body" as const, name: "filterGroups.0.filters.0.value", template: "{value}" },
  format: "unix_ms" as const,
  inclusive: true,
  lookbackMs: 300_000,
  windowCap: 10_000,
  order: "updated_ascending" as const,
});

const told = { list: "results", by: "key" as const, id: "id", errors: "errors", error: "message" };
const results = (key: string, errorKey: string) => ({ ...told, key, itemKey: key, errorKey });
const traced = results("objectWriteTraceId", "context.objectWriteTraceId.0");
const batched = (path: string, item: object, rest: object = {}) => ({
  request: post(path, { inputs: "{items}" }),
  item: item as never,
  size: 100,
  ...rest,
});

function writes(path: string, listed: ReturnType<typeof fieldList>["writable"], known: string, unique: boolean) {
  const properties = "{data.properties}";
  const upserted = { idProperty: known, id: "{key}", properties };
  return {
    create: {
      request: post(path, { properties, associations: [] }),
      id: "id",
      record: "$",
      once: {
        by: "find" as const,
        request: searchFor(
          path,
          { propertyName: known, operator: "EQ", value: `{data.properties.${known}}` },
          { limit: 10, properties: [known], sorts: [] },
        ),
        ...{ records: "results", id: "id", createdAt: "createdAt" },
        match: { [`properties.${known}`]: `properties.${known}` },
      },
      batch: batched(`${path}/batch/create`, { objectWriteTraceId: "{ref}", properties, associations: [] }, { results: traced }),
    },
    update: {
      request: { method: "PATCH" as const, path: `${path}/{id}`, body: { properties } },
      id: "id",
      record: "$",
      batch: batched(`${path}/batch/update`, { id: "{id}", properties }, { results: results("id", "context.ids.0") }),
    },
    ...(unique
      ? {
          upsert: {
            key: `properties.${known}`,
            request: post(`${path}/batch/upsert`, { inputs: [upserted] }),
            id: "results.0.id",
            record: "results.0",
            created: { path: "results.0.new", equals: true },
            refused: { path: "errors", message: "errors.0.message" },
            batch: batched(`${path}/batch/upsert`, { objectWriteTraceId: "{ref}", ...upserted }, { results: traced }),
          },
        }
      : {}),
    delete: {
      request: { method: "DELETE" as const, path: `${path}/{id}` },
      batch: batched(`${path}/batch/archive`, { id: "{id}" }),
    },
    open: true,
    // HubSpot takes every value as text.
    fields: listed.map((field) => ({ ...field, type: field.type === "number" ? ("string" as const) : field.type })),
  };
}

/** First line: title, name in addresses, property a record is looked for by before a create is repeated, whether that is unique. */
export function crmObject(text: string) {
  const [head = "", ...lines] = text.split("\n");
  const [title = "", type = "", known = "", unique] = head.split(", ");
  const path = `/crm/v3/objects/${type}`;
  const updated = type === "contacts" ? "lastmodifieddate" : "hs_lastmodifieddate";
  const own = lines.join("\n").replace(/(^|\| )\s*(?=[a-z])/gm, "$1properties.");
  const { fields, sample, writable } = fieldList(`${ENVELOPE}\n${own}\nproperties.${updated}:datetime Last modified date`);
  const names = fields.filter((field) => field.path.startsWith("properties.")).map((field) => field.path.slice("properties.".length));
  return {
    title,
    list: { path },
    select: { prefix: "properties.", place: { in: "query" as const, name: "properties" } },
    records: "results",
    id: "id",
    updatedAt: "updatedAt",
    total: "total",
    count: { request: post(`${path}/search`, { limit: 1, filterGroups: [], properties: [] }), total: "total" },
    changes: search(path, updated),
    one: { request: { method: "GET" as const, path: `${path}/{id}`, query: { properties: names.join(",") } } },
    deletes: { by: "feed" as const, request: { path, query: { archived: "true" } }, records: "results", id: "id" },
    describe: {
      ...{ request: { path: `/crm/v3/properties/${type}` }, fields: "results", name: "name", title: "label", type: "type" },
      ...{ types: { number: "number", datetime: "datetime", date: "date", bool: "boolean" } as const, prefix: "properties." },
      ...{ values: { list: "options", value: "value" }, custom: { path: "hubspotDefined", equals: false } },
    },
    writes: writes(path, writable, known, unique !== undefined),
    fields,
    sample,
  };
}

export const owner = fieldList(`${ENVELOPE}
  email Email = nadia@northwind.example | type Kind = PERSON | firstName First name = Nadia | lastName Last name = Haddad
  userId:number User ID = 9586504 | teams:array Teams = [{"id":"178588","name":"Sales","primary":true}]`);

export const scopes = (name: string, what: string) => [
  { scope: `crm.objects.${name}.read`, reason: `See your ${what}` },
  ...(name === "owners" ? [] : [{ scope: `crm.objects.${name}.write`, reason: `Add, change and archive ${what}` }]),
];
export const NAMES = ["companies", "contacts", "deals", "invoices", "line_items", "orders", "owners", "products", "quotes"];
