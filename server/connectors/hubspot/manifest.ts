import { defineConnector } from "#server/runtime/manifest";

// A search gives no row beyond its 10,000th, and its index follows a change by seconds to minutes.
const search = (object: string, updated: string) => ({
  request: {
    method: "POST" as const,
    path: `/crm/v3/objects/${object}/search`,
    body: {
      filterGroups: [{ filters: [{ propertyName: updated, operator: "GTE", value: "" }] }],
      sorts: [{ propertyName: updated, direction: "ASCENDING" }],
    },
  },
  pagination: {
    type: "cursor" as const,
    next: "paging.next.after",
    place: { in: "body" as const, name: "after" },
    limit: { place: { in: "body" as const, name: "limit" }, value: 200 },
  },
  select: { prefix: "properties.", place: { in: "body" as const, name: "properties" } },
  since: { in: "body" as const, name: "filterGroups.0.filters.0.value" },
  format: "unix_ms" as const,
  inclusive: true,
  lookbackMs: 300_000,
  windowCap: 10_000,
  order: "updated_ascending" as const,
});

const crmObject = (object: string, updated: string) => ({
  list: { path: `/crm/v3/objects/${object}` },
  select: { prefix: "properties.", place: { in: "query" as const, name: "properties" } },
  records: "results",
  id: "id",
  updatedAt: "updatedAt",
  total: "total",
  changes: search(object, updated),
});

const property = (name: string, title: string, type: "string" | "number" | "datetime" = "string") => ({
  path: `properties.${name}`,
  type,
  title,
});
const envelope = [
  { path: "id", type: "string" as const, title: "Record ID" },
  { path: "createdAt", type: "datetime" as const, title: "Created" },
  { path: "updatedAt", type: "datetime" as const, title: "Last changed" },
  { path: "archived", type: "boolean" as const, title: "Archived" },
];
const stamps = { createdAt: "2025-03-04T09:12:44.120Z", updatedAt: "2026-02-11T16:40:05.871Z", archived: false };

export default defineConnector({
  key: "hubspot",
  name: "HubSpot",
  tagline: "Contacts, companies and deals from your CRM",
  description: "Reads contacts, companies and deals from HubSpot and keeps them up to date. Nothing is written to HubSpot.",
  categories: ["CRM", "Marketing"],
  docs: [
    { title: "OAuth", url: "https://developers.hubspot.com/docs/api/working-with-oauth", readAt: "2026-11-21" },
    { title: "CRM objects", url: "https://developers.hubspot.com/docs/api/crm/contacts", readAt: "2026-11-21" },
    { title: "Search", url: "https://developers.hubspot.com/docs/api/crm/search", readAt: "2026-11-21" },
    { title: "Usage guidelines", url: "https://developers.hubspot.com/docs/api/usage-details", readAt: "2026-11-21" },
  ],
  auth: {
    oauth: {
      type: "oauth2_code",
      title: "HubSpot account",
      authorizeUrl: "https://app.hubspot.com/oauth/authorize",
      tokenUrl: "https://api.hubapi.com/oauth/v1/token",
      scopes: [
        { scope: "crm.objects.companies.read", reason: "See your companies" },
        { scope: "crm.objects.contacts.read", reason: "See your contacts" },
        { scope: "crm.objects.deals.read", reason: "See your deals" },
        { scope: "oauth", reason: "See which HubSpot account you connect" },
      ],
      rotating: true,
      defaultLifetimeMs: 1_800_000,
      token: { scope: "scopes" },
      refusal: {
        code: ["error", "status"],
        message: "message",
        grant: ["invalid_grant", "unauthorized_client", "BAD_AUTH_CODE", "BAD_REFRESH_TOKEN"],
        client: ["invalid_client", "BAD_CLIENT_ID", "BAD_CLIENT_SECRET"],
      },
      revoke: { method: "DELETE", url: "https://api.hubapi.com/oauth/v1/refresh-tokens/{refreshToken}" },
    },
  },
  identify: { request: { path: "/oauth/v1/access-tokens/{accessToken}" }, accountId: "hub_id", label: "{hub_domain}" },
  check: { path: "/account-info/v3/details" },
  http: {
    baseUrl: "https://api.hubapi.com",
    errorMessage: "message",
    errors: [{ path: "status", equals: "error", code: "provider_invalid_response" }],
    rateLimit: { defaultWaitMs: 10_000 },
  },
  pagination: {
    type: "cursor",
    next: "paging.next.after",
    place: { in: "query", name: "after" },
    limit: { place: { in: "query", name: "limit" }, value: 100 },
  },
  objects: {
    contact: {
      title: "Contacts",
      ...crmObject("contacts", "lastmodifieddate"),
      fields: [
        ...envelope,
        property("firstname", "First name"),
        property("lastname", "Last name"),
        property("email", "Email"),
        property("phone", "Phone number"),
        property("company", "Company name"),
        property("jobtitle", "Job title"),
        property("lifecyclestage", "Lifecycle stage"),
        property("city", "City"),
        property("country", "Country/Region"),
        property("createdate", "Create date", "datetime"),
        property("lastmodifieddate", "Last modified date", "datetime"),
      ],
      sample: {
        id: "151",
        ...stamps,
        properties: {
          firstname: "Ada",
          lastname: "Okafor",
          email: "ada.okafor@northwind.example",
          phone: "+44 20 7946 0018",
          company: "Northwind",
          jobtitle: "Head of Operations",
          lifecyclestage: "customer",
          city: "London",
          country: "United Kingdom",
          createdate: "2025-03-04T09:12:44.120Z",
          lastmodifieddate: "2026-02-11T16:40:05.871Z",
        },
      },
    },
    company: {
      title: "Companies",
      ...crmObject("companies", "hs_lastmodifieddate"),
      fields: [
        ...envelope,
        property("name", "Company name"),
        property("domain", "Company domain name"),
        property("industry", "Industry"),
        property("phone", "Phone number"),
        property("city", "City"),
        property("country", "Country/Region"),
        property("numberofemployees", "Number of employees", "number"),
        property("annualrevenue", "Annual revenue", "number"),
        property("hs_lastmodifieddate", "Last modified date", "datetime"),
      ],
      sample: {
        id: "9001",
        ...stamps,
        properties: {
          name: "Northwind",
          domain: "northwind.example",
          industry: "LOGISTICS_AND_SUPPLY_CHAIN",
          city: "London",
          country: "United Kingdom",
          numberofemployees: "120",
        },
      },
    },
    deal: {
      title: "Deals",
      ...crmObject("deals", "hs_lastmodifieddate"),
      fields: [
        ...envelope,
        property("dealname", "Deal name"),
        property("amount", "Amount", "number"),
        property("dealstage", "Deal stage"),
        property("pipeline", "Pipeline"),
        property("closedate", "Close date", "datetime"),
        property("hs_lastmodifieddate", "Last modified date", "datetime"),
      ],
      sample: {
        id: "7001",
        ...stamps,
        properties: {
          dealname: "Northwind renewal",
          amount: "12500",
          dealstage: "contractsent",
          pipeline: "default",
          closedate: "2026-03-31T00:00:00Z",
        },
      },
    },
  },
  // One address serves every account that installed the app. HubSpot does not guarantee that
  // its event ids are unique, which is why a call is known by four fields; attempts of one delivery differ in none of them.
  webhooks: {
    docs: "https://developers.hubspot.com/docs/guides/api/webhooks/overview",
    scope: "app",
    verify: {
      type: "hmac",
      hash: "sha256",
      signed: "{method}{url}{body}{ts}",
      secret: "app",
      signature: { in: "header", name: "x-hubspot-signature-v3", encoding: "base64" },
      timestamp: { in: "header", name: "x-hubspot-request-timestamp", unit: "ms" },
    },
    dedupe: [
      { in: "event", name: "eventId" },
      { in: "event", name: "subscriptionId" },
      { in: "event", name: "objectId" },
      { in: "event", name: "occurredAt" },
    ],
    events: {
      list: "$",
      topic: { in: "event", name: "subscriptionType" },
      objects: { "contact.*": "contact", "company.*": "company", "deal.*": "deal" },
      id: { in: "event", name: "objectId" },
      account: { in: "event", name: "portalId" },
    },
  },
});
