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
          help: "In Sandbox CRM: Settings, then API.",
          example: "sbx_…",
          pattern: "[A-Za-z0-9_-]{8,200}",
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
      fields: [
        ...stamps,
        { path: "properties.firstname", type: "string", title: "First name" },
        { path: "properties.lastname", type: "string", title: "Last name" },
        { path: "properties.email", type: "string", title: "Email" },
        { path: "properties.phone", type: "string", title: "Phone" },
        { path: "properties.jobtitle", type: "string", title: "Job title" },
        { path: "properties.lifecyclestage", type: "string", title: "Lifecycle stage" },
        { path: "company.name", type: "string", title: "Company" },
        { path: "address.city", type: "string", title: "City" },
        { path: "address.country", type: "string", title: "Country" },
        { path: "owner.email", type: "string", title: "Owner's email" },
      ],
      sample: {
        id: "ct_000000001",
        object: "contact",
        properties: {
          firstname: "Noor",
          lastname: "Haddad",
          email: "noor.haddad@example.com",
          phone: "+1 415 555 0134",
          jobtitle: "Buyer",
          lifecyclestage: "lead",
          score: 41,
        },
        company: { id: "co_000000001", name: "Contoso", domain: "company-1.example.com" },
        address: { street: "1 Sample Street", city: "Oakland", zip: "94601", country: "US" },
        owner: { id: "usr_1", email: "owner1@example.com" },
        created_at: "2025-05-12T08:00:00.000Z",
        updated_at: "2026-01-20T10:15:30.000Z",
      },
    },
    company: {
      title: "Companies",
      ...crmObject("/companies"),
      fields: [
        ...stamps,
        { path: "properties.name", type: "string", title: "Name" },
        { path: "properties.domain", type: "string", title: "Domain" },
        { path: "properties.city", type: "string", title: "City" },
      ],
      sample: {
        id: "co_000000001",
        object: "company",
        properties: { name: "Contoso", domain: "company-1.example.com", city: "Oakland" },
        created_at: "2025-05-12T08:00:00.000Z",
        updated_at: "2026-01-20T10:15:30.000Z",
      },
    },
  },
});
