import { defineConnector } from "#server/runtime/manifest";
import { fieldList } from "../field-list";
import { addressFields, commonAuth, MOMENTS } from "../own-service";

const path = "/{+service_path}";
const PATH = "[^{}\\s]{1,200}";
const VARIABLE = "[_A-Za-z][_0-9A-Za-z]{0,99}";

const fields = [
  ...addressFields({ key: "service_path", title: "Path", example: "graphql" }),
  {
    key: "document",
    title: "Query",
    help: "The query that lists the records, with its variables. It says itself how many records a page has.",
    example:
      "query($after: String, $since: DateTime) { orders(first: 100, after: $after, since: $since) { nodes { id name status updatedAt } pageInfo { hasNextPage endCursor } } }",
    multiline: true,
  },
  {
    key: "records",
    title: "Where the records are",
    help: "Names joined by dots, from the top of the answer down to the list.",
    example: "data.orders.nodes",
    pattern: PATH,
  },
  { key: "id_path", title: "Where a record's id is", help: "node.id where the list is one of edges.", example: "id", pattern: PATH },
  { key: "updated_path", title: "Where a record says when it changed", example: "updatedAt", pattern: PATH, required: false },
  {
    key: "paging",
    title: "How pages follow each other",
    example: "cursor",
    options: [
      { value: "none", title: "Everything comes at once" },
      { value: "cursor", title: "By the cursor of pageInfo" },
      { value: "offset", title: "By the number of records to skip" },
      { value: "page", title: "Pages are numbered from 1" },
      { value: "last_id", title: "By the id of the last record" },
    ],
  },
  {
    key: "page_variable",
    title: "Variable for the next page",
    help: "Its name without $.",
    example: "after",
    pattern: VARIABLE,
    required: false,
  },
  {
    key: "page_info",
    title: "Where pageInfo is",
    help: "With hasNextPage and endCursor in it.",
    example: "data.orders.pageInfo",
    pattern: PATH,
    required: false,
  },
  {
    key: "since_format",
    title: "How changes are asked for",
    help: "The form of the moment since when.",
    example: "iso",
    options: [{ value: "none", title: "Not at all: everything is read each time" }, ...MOMENTS],
  },
  {
    key: "since_variable",
    title: "Variable for changes",
    help: "The moment since when. Without a value, the query must list everything.",
    example: "since",
    pattern: VARIABLE,
    required: false,
  },
];

const ask = { method: "POST" as const, path, body: { query: "{document}", variables: {} } };
const place = { in: "body" as const, name: "variables.{page_variable}" };
const paging = {
  none: { type: "none" },
  cursor: { type: "cursor", next: "{page_info}.endCursor", place, stop: { more: "{page_info}.hasNextPage" } },
  offset: { type: "offset", place },
  page: { type: "page", place, stop: { repeated: true } },
  last_id: { type: "keyset", place },
} as const;

const RECORD = fieldList("id ID = 1001 | name Name = Sample order | status Status = open | updatedAt Changed = 2026-10-09T08:53:20Z");
const call = (kind: "lookup" | "action", title: string, description: string, document: string, variables: object, answer: object) => ({
  title,
  description,
  kind,
  input: [
    { key: "document", title: "Document", type: "string" as const, required: true, example: document },
    { key: "variables", title: "Variables", type: "object" as const, example: variables as never },
  ],
  request: { method: "POST" as const, path, body: { query: "{document}", variables: "{variables}" } },
  result: "data",
  output: [{ path: "$", type: "object" as const, title: "Data" }],
  sample: { input: { document, variables: variables as never }, answer: { data: answer as never } },
});

// For a service nobody has described yet. What it cannot say is in the README.
export default defineConnector({
  key: "generic-graphql",
  name: "GraphQL service",
  tagline: "Records of any GraphQL API, by a query of your own",
  description: "Reads the records that a query of your own lists, asks it for changes, and sends any query or mutation on request.",
  categories: ["Generic"],
  docs: [
    { title: "GraphQL", url: "https://spec.graphql.org/October2021/", readAt: "2026-11-21" },
    { title: "Connections (Relay)", url: "https://relay.dev/graphql/connections.htm", readAt: "2026-11-21" },
    { title: "GraphQL over HTTP", url: "https://graphql.github.io/graphql-over-http/draft/", readAt: "2026-11-21" },
  ],
  auth: commonAuth(fields),
  identify: { account: "{host}/{service_path}#{records}", label: "{host} {records}" },
  // The query itself, from the beginning: it proves address, credential and query at once.
  check: ask,
  http: {
    baseUrl: "https://{host}",
    protocol: { type: "graphql" },
    errorMessage: "errors.0.message",
    errors: [
      { path: "errors.0.extensions.code", equals: "UNAUTHENTICATED", code: "reauth_required" },
      { path: "errors.0.extensions.code", equals: "FORBIDDEN", code: "insufficient_scope" },
    ],
    rateLimit: { defaultWaitMs: 30_000, concurrency: { account: 2 } },
  },
  pagination: { type: "none" },
  objects: {
    record: {
      title: "Records",
      list: ask,
      records: "{records}",
      id: "{id_path}",
      updatedAt: "{updated_path}",
      variants: [
        ...Object.entries(paging).map(([is, pagination]) => ({ when: { field: "paging", is }, pagination })),
        ...MOMENTS.map(({ value }) => ({
          when: { field: "since_format", is: value },
          changes: {
            since: { in: "body" as const, name: "variables.{since_variable}" },
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
    query: call(
      "lookup",
      "Ask",
      "Sends a query, and gives its data.",
      "query($id: ID!) { order(id: $id) { id status } }",
      { id: "1001" },
      {
        order: { id: "1001", status: "open" },
      },
    ),
    mutate: call(
      "action",
      "Change",
      "Sends a mutation, and gives its data.",
      "mutation($id: ID!) { payOrder(id: $id) { id status } }",
      { id: "1001" },
      { payOrder: { id: "1001", status: "paid" } },
    ),
  },
});
