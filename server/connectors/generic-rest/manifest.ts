import { defineConnector } from "#server/runtime/manifest";
import { fieldList } from "../field-list";
import { addressFields, commonAuth, MOMENTS } from "../own-service";

const path = "/{+list_path}";
const PATH = "[^{}\\s]{1,200}";
const NAME = "[^{}\\s]{1,100}";

const fields = [
  ...addressFields({ key: "list_path", title: "Path of the list", example: "v1/orders" }),
  {
    key: "parameters",
    title: "Parameters",
    help: "Sent with each page, if the service wants any.",
    example: "status=any&sort=id",
    pattern: "[^{}#\\s]{1,500}",
    required: false,
  },
  {
    key: "records",
    title: "Where the records are",
    help: "Names joined by dots, down to the list. $ when the answer itself is the list.",
    example: "data",
    pattern: PATH,
  },
  { key: "id_path", title: "Where a record's id is", example: "id", pattern: PATH },
  { key: "updated_path", title: "Where a record says when it changed", example: "updated_at", pattern: PATH, required: false },
  {
    key: "paging",
    title: "How pages follow each other",
    example: "cursor",
    options: [
      { value: "none", title: "Everything comes at once" },
      { value: "cursor", title: "A token in the answer leads to the next page" },
      { value: "next_url", title: "The answer has the address of the next page" },
      { value: "link_header", title: "The Link header has the address of the next page" },
      { value: "page", title: "Pages are numbered from 1" },
      { value: "page_0", title: "Pages are numbered from 0" },
      { value: "offset", title: "By the number of records to skip" },
      { value: "last_id", title: "By the id of the last record" },
    ],
  },
  {
    key: "page_param",
    title: "Parameter for the next page",
    help: "Its token, number, offset or last id goes here. Needed unless the answer has an address.",
    example: "cursor",
    pattern: NAME,
    required: false,
  },
  {
    key: "next_path",
    title: "Where the next page's token or address is",
    example: "meta.next_cursor",
    pattern: PATH,
    required: false,
  },
  { key: "size_param", title: "Parameter for records a page", example: "limit", pattern: NAME, required: false },
  { key: "size", title: "Records a page", example: "100", pattern: "[1-9][0-9]{0,3}", required: false },
  {
    key: "since_format",
    title: "How changes are asked for",
    help: "The form of the moment since when.",
    example: "iso_s",
    options: [{ value: "none", title: "Not at all: everything is read each time" }, ...MOMENTS],
  },
  {
    key: "since_param",
    title: "Parameter for changes",
    help: "The moment since when goes here.",
    example: "updated_after",
    pattern: NAME,
    required: false,
  },
];

const query = { "{size_param}": "{size}", "...": "{parameters}" };
const place = { in: "query" as const, name: "{page_param}" };
const paged = { place, stop: { repeated: true, statuses: [{ status: 204 as const }] } };
const paging = {
  none: { type: "none" },
  cursor: { type: "cursor", next: "{next_path}", place },
  next_url: { type: "link", next: "{next_path}" },
  link_header: { type: "link" },
  page: { type: "page", ...paged },
  page_0: { type: "page", first: 0, ...paged },
  offset: { type: "offset", ...paged },
  last_id: { type: "keyset", place },
} as const;

const RECORD = fieldList("id ID = 1001 | name Name = Sample order | status Status = open | updated_at Changed = 2026-10-09T08:53:20Z");
const way = {
  key: "path",
  title: "Path",
  help: "What follows the host.",
  type: "string" as const,
  required: true,
  example: "v1/orders/1001",
};
const call = (title: string, description: string, method: "POST" | "PUT" | "PATCH") => ({
  title,
  description,
  kind: "action" as const,
  input: [way, { key: "data", title: "Data", type: "object" as const, required: true, example: { status: "paid" } }],
  request: { method, path: "/{+path}", body: "{data}" },
  output: [{ path: "$", type: "object" as const, title: "Answer" }],
  sample: { input: { path: "v1/orders/1001", data: { status: "paid" } }, answer: { id: "1001", status: "paid" } },
});

// For a service nobody has described yet. What it cannot say is in the README.
export default defineConnector({
  key: "generic-rest",
  name: "REST service",
  tagline: "Records of any service with a JSON API, by one of its lists",
  description: "Reads the records of one list of a JSON API, asks it for changes, and calls any of its addresses on request.",
  categories: ["Generic"],
  docs: [
    { title: "HTTP (RFC 9110)", url: "https://www.rfc-editor.org/rfc/rfc9110", readAt: "2026-11-21" },
    { title: "Link header (RFC 8288)", url: "https://www.rfc-editor.org/rfc/rfc8288", readAt: "2026-11-21" },
    { title: "OAuth 2.0, client credentials (RFC 6749)", url: "https://www.rfc-editor.org/rfc/rfc6749", readAt: "2026-11-21" },
  ],
  auth: commonAuth(fields),
  identify: { account: "{host}/{list_path}", label: "{host} {list_path}" },
  check: { path, query },
  http: {
    baseUrl: "https://{host}",
    errorMessage: "message",
    rateLimit: { defaultWaitMs: 30_000, concurrency: { account: 2 } },
  },
  pagination: { type: "none" },
  objects: {
    record: {
      title: "Records",
      list: { path, query },
      records: "{records}",
      id: "{id_path}",
      updatedAt: "{updated_path}",
      variants: [
        ...Object.entries(paging).map(([is, pagination]) => ({ when: { field: "paging", is }, pagination })),
        ...MOMENTS.map(({ value }) => ({
          when: { field: "since_format", is: value },
          changes: {
            since: { in: "query" as const, name: "{since_param}" },
            format: value,
            inclusive: false,
            lookbackMs: 120_000,
          },
        })),
      ],
      deletes: { by: "scan" },
      fields: RECORD.fields,
      sample: RECORD.sample,
    },
  },
  actions: {
    get: {
      title: "Get",
      description: "Asks an address, and gives its answer.",
      kind: "lookup",
      input: [way, { key: "query", title: "Parameters", type: "object", example: { expand: "lines" } }],
      request: { method: "GET", path: "/{+path}", query: { "...": "{query}" } },
      none: [{ status: 404 }],
      output: [{ path: "$", type: "object", title: "Answer" }],
      sample: { input: { path: "v1/orders/1001", query: { expand: "lines" } }, answer: { id: "1001", status: "open" } },
    },
    post: call("Create", "Sends data to an address with POST.", "POST"),
    put: call("Replace", "Sends data to an address with PUT.", "PUT"),
    patch: call("Change", "Sends data to an address with PATCH.", "PATCH"),
    delete: {
      title: "Delete",
      description: "Calls an address with DELETE.",
      kind: "action",
      input: [way],
      request: { method: "DELETE", path: "/{+path}" },
      none: [{ status: 404 }, { status: 410 }],
      output: [{ path: "$", type: "object", title: "Answer" }],
      sample: { input: { path: "v1/orders/1001" }, answer: {} },
    },
  },
});
