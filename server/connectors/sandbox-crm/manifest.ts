import { defineConnector } from "#server/runtime/manifest";

const crmObject = (path: string) => ({
  list: { path },
  records: "data",
  id: "id",
  updatedAt: "updated_at",
  total: "total",
  changes: { since: { in: "query" as const, name: "updated_since" }, format: "iso" as const, inclusive: true, lookbackMs: 2_000 },
});

/** Creations are known by their key; batches tell of each record by its `ref`. */
const writes = (path: string, fields: readonly { path: string; title: string; required?: boolean }[]) => {
  const properties = "{data.properties}";
  const results = { list: "results", by: "key" as const, key: "ref", itemKey: "ref", id: "id", error: "error.message" };
  const batch = (item: { id?: string }) => ({
    request: { method: "POST" as const, path: `${path}/batch`, body: { records: "{items}" } },
    item: { ref: "{ref}", ...item, properties },
    size: 100,
    results,
  });
  return {
    create: {
      request: { method: "POST" as const, path, body: { properties } },
      id: "id",
      record: "$",
      once: { by: "key" as const, place: { in: "header" as const, name: "Idempotency-Key" } },
    },
    update: {
      request: { method: "PATCH" as const, path: `${path}/{id}`, body: { properties } },
      record: "$",
      guard: { place: { in: "header" as const, name: "If-Match" }, version: "updated_at" },
      batch: batch({ id: "{id}" }),
    },
    delete: { request: { method: "DELETE" as const, path: `${path}/{id}` } },
    fields: fields.map((field) => ({ type: "string" as const, ...field, path: `properties.${field.path}` })),
  };
};

const crmOne = (path: string) => ({ request: { method: "GET" as const, path: `${path}/{id}` } });

const text = (path: string, title: string) => ({ path, type: "string" as const, title });
const stamps = [
  text("id", "ID"),
  { path: "created_at", type: "datetime" as const, title: "Created" },
  { path: "updated_at", type: "datetime" as const, title: "Updated" },
];

// Our own stand-in for a plain CRM with an API key; the simulator answers for it.
export default defineConnector({
  key: "sandbox-crm",
  name: "Sandbox CRM",
  tagline: "Practice contacts and companies",
  description: "A practice CRM for trying the marketplace out. It is connected with an API key and holds made-up people.",
  categories: ["CRM", "Practice"],
  docs: [{ title: "About the sandbox", url: "https://www.sandbox-crm.example/docs", readAt: "2026-11-21" }],
  auth: {
    key: {
      type: "api_key",
      title: "API key",
      fields: [
        {
          key: "key",
          title: "API key",
          help: "Try sbx_demo_key. Any other key that begins with sbx_ opens a workspace of its own.",
          example: "sbx_demo_key",
          pattern: "[A-Za-z0-9_-]{4,200}",
          secret: true,
        },
      ],
      headers: { "x-api-key": "{key}" },
    },
  },
  identify: { request: { path: "/me" }, accountId: "id", label: "{name}" },
  check: { path: "/me" },
  http: { baseUrl: "https://api.sandbox-crm.example/v1", errorMessage: "error.message", rateLimit: { defaultWaitMs: 5_000 } },
  pagination: {
    type: "cursor",
    next: "next_cursor",
    place: { in: "query", name: "cursor" },
    limit: { place: { in: "query", name: "limit" }, value: 250 },
  },
  objects: {
    contact: {
      title: "Contacts",
      ...crmObject("/contacts"),
      one: crmOne("/contacts"),
      writes: writes("/contacts", [
        { path: "firstname", title: "First name" },
        { path: "lastname", title: "Last name" },
        { path: "email", title: "Email", required: true },
        { path: "phone", title: "Phone" },
        { path: "jobtitle", title: "Job title" },
        { path: "lifecyclestage", title: "Lifecycle stage" },
      ]),
      fields: [
        ...stamps,
        text("properties.firstname", "First name"),
        text("properties.lastname", "Last name"),
        text("properties.email", "Email"),
        text("properties.phone", "Phone"),
        text("properties.jobtitle", "Job title"),
        text("properties.lifecyclestage", "Lifecycle stage"),
        { path: "properties.score", type: "number", title: "Score" },
        text("company.id", "Company ID"),
        text("company.name", "Company"),
        text("company.domain", "Company domain"),
        text("address.street", "Street"),
        text("address.city", "City"),
        text("address.zip", "Postal code"),
        text("address.country", "Country code"),
        text("owner.email", "Owner's email"),
        text("custom.plan", "Plan"),
        { path: "custom.mrr_cents", type: "number", title: "Monthly revenue in cents" },
        text("custom.signup_source", "Signed up through"),
        { path: "tags", type: "array", title: "Tags" },
      ],
      sample: {
        id: "ct_000000001",
        object: "contact",
        properties: {
          firstname: "Noor",
          lastname: "Haddad",
          email: "noor.haddad@contoso.example",
          phone: "+1 415 555 0134",
          jobtitle: "Buyer",
          lifecyclestage: "lead",
          score: 42,
        },
        company: { id: "co_000000001", name: "Contoso", domain: "contoso.example" },
        address: { street: "1 Broadway", city: "Oakland", zip: "94607", country: "US" },
        owner: { id: "usr_1", email: "owner1@example.com" },
        custom: { plan: "team", mrr_cents: 4900, signup_source: "web" },
        tags: ["imported"],
        created_at: "2025-05-12T08:00:00.000Z",
        updated_at: "2026-01-20T10:15:30.000Z",
      },
    },
    company: {
      title: "Companies",
      ...crmObject("/companies"),
      one: crmOne("/companies"),
      writes: writes("/companies", [
        { path: "name", title: "Name", required: true },
        { path: "domain", title: "Domain" },
        { path: "industry", title: "Industry" },
        { path: "phone", title: "Phone" },
        { path: "city", title: "City" },
        { path: "country", title: "Country" },
      ]),
      fields: [
        ...stamps,
        text("properties.name", "Name"),
        text("properties.domain", "Domain"),
        text("properties.industry", "Industry"),
        text("properties.phone", "Phone"),
        text("properties.city", "City"),
        text("properties.country", "Country"),
      ],
      sample: {
        id: "co_000000001",
        object: "company",
        properties: { name: "Contoso", domain: "contoso.example", industry: "RETAIL", city: "Oakland", country: "United States" },
        created_at: "2025-05-12T08:00:00.000Z",
        updated_at: "2026-01-20T10:15:30.000Z",
      },
    },
  },
});
