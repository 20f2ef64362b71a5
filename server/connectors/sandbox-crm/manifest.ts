import { defineConnector } from "#server/runtime/manifest";

const crmObject = (path: string) => ({
  list: { path },
  records: "data",
  id: "id",
  updatedAt: "updated_at",
  total: "total",
  changes: { since: { in: "query" as const, name: "updated_since" }, format: "iso" as const, inclusive: true, lookbackMs: 2_000 },
});

const stamps = [
  { path: "id", type: "string" as const, title: "ID" },
  { path: "created_at", type: "datetime" as const, title: "Created" },
  { path: "updated_at", type: "datetime" as const, title: "Updated" },
];

// Our own stand-in for a plain CRM with an API key; the simulator answers for it.
export default defineConnector({
  key: "sandbox-crm",
  name: "Sandbox CRM",
  tagline: "Practice contacts, companies and deals",
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
          help: "In Sandbox CRM: Settings, then API.",
          example: "sbx_…",
          pattern: "[A-Za-z0-9_-]{8,200}",
          secret: true,
        },
      ],
      headers: { "x-api-key": "{key}" },
    },
  },
  identify: { request: { path: "/account" }, accountId: "id", label: "{name}" },
  check: { path: "/account" },
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
      fields: [
        ...stamps,
        { path: "first_name", type: "string", title: "First name" },
        { path: "last_name", type: "string", title: "Last name" },
        { path: "email", type: "string", title: "Email" },
        { path: "phone", type: "string", title: "Phone" },
        { path: "company", type: "string", title: "Company" },
        { path: "title", type: "string", title: "Job title" },
        { path: "city", type: "string", title: "City" },
        { path: "country", type: "string", title: "Country" },
      ],
      sample: {
        id: "c_000001",
        first_name: "Noor",
        last_name: "Haddad",
        email: "noor.haddad@contoso.example",
        phone: "+1 415 555 0134",
        company: "Contoso",
        title: "Buyer",
        city: "Oakland",
        country: "United States",
        created_at: "2025-05-12T08:00:00.000Z",
        updated_at: "2026-01-20T10:15:30.000Z",
      },
    },
    company: {
      title: "Companies",
      ...crmObject("/companies"),
      fields: [
        ...stamps,
        { path: "name", type: "string", title: "Name" },
        { path: "domain", type: "string", title: "Domain" },
        { path: "city", type: "string", title: "City" },
      ],
      sample: {
        id: "o_000001",
        name: "Contoso",
        domain: "contoso.example",
        city: "Oakland",
        created_at: "2025-05-12T08:00:00.000Z",
        updated_at: "2026-01-20T10:15:30.000Z",
      },
    },
    deal: {
      title: "Deals",
      ...crmObject("/deals"),
      fields: [
        ...stamps,
        { path: "name", type: "string", title: "Name" },
        { path: "amount", type: "number", title: "Amount" },
        { path: "stage", type: "string", title: "Stage" },
      ],
      sample: {
        id: "d_000001",
        name: "Spring order",
        amount: 4200,
        stage: "won",
        created_at: "2025-05-12T08:00:00.000Z",
        updated_at: "2026-01-20T10:15:30.000Z",
      },
    },
  },
});
