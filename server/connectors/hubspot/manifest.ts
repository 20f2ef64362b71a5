import { defineConnector } from "#server/runtime/manifest";
import { fieldList } from "../field-list";

const ENVELOPE = `
  id Record ID = 151 | createdAt:datetime Created = 2025-03-04T09:12:44.120Z | updatedAt:datetime Last changed = 2026-02-11T16:40:05.871Z
  archived:boolean Archived = false`;

const after = (place: "query" | "body", limit: number) => ({
  type: "cursor" as const,
  next: "paging.next.after",
  place: { in: place, name: "after" },
  limit: { place: { in: place, name: "limit" }, value: limit },
});

const post = (path: string, body: object) => ({ method: "POST" as const, path, body: body as never });
const searchFor = (path: string, filter: object, rest: object) =>
  post(`${path}/search`, { after: "0", filterGroups: [{ filters: [filter] }], ...rest });

const perAccount = (requests: number, perMs: number) => ({ scope: "account" as const, requests, perMs });

// A search gives no row beyond its 10,000th, and its index follows a change by seconds to minutes.
const search = (path: string, updated: string) => ({
  request: searchFor(path, { propertyName: updated, operator: "GTE", value: "" }, { sorts: [updated] }),
  pagination: after("body", 200),
  select: { prefix: "properties.", place: { in: "body" as const, name: "properties" } },
  since: { in: "body" as const, name: "filterGroups.0.filters.0.value" },
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
function crmObject(text: string) {
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
    writes: writes(path, writable, known, unique !== undefined),
    fields,
    sample,
  };
}

const owner = fieldList(`${ENVELOPE}
  email Email = nadia@northwind.example | type Kind = PERSON | firstName First name = Nadia | lastName Last name = Haddad
  userId:number User ID = 9586504 | teams:array Teams = [{"id":"178588","name":"Sales","primary":true}]`);

const scopes = (name: string, what: string) => [
  { scope: `crm.objects.${name}.read`, reason: `See your ${what}` },
  ...(name === "owners" ? [] : [{ scope: `crm.objects.${name}.write`, reason: `Add, change and archive ${what}` }]),
];
const NAMES = ["companies", "contacts", "deals", "invoices", "line_items", "orders", "owners", "products", "quotes"];

export default defineConnector({
  key: "hubspot",
  name: "HubSpot",
  tagline: "Contacts, companies, deals and tickets from your CRM",
  description: "Keeps contacts, companies, deals, tickets and what was sold in step with HubSpot, in both directions.",
  categories: ["CRM", "Marketing"],
  docs: [
    { title: "OAuth", url: "https://developers.hubspot.com/docs/api/working-with-oauth", readAt: "2026-11-21" },
    { title: "CRM objects", url: "https://developers.hubspot.com/docs/api/crm/contacts", readAt: "2026-11-21" },
    { title: "Search", url: "https://developers.hubspot.com/docs/api/crm/search", readAt: "2026-11-21" },
    { title: "Owners", url: "https://developers.hubspot.com/docs/api-reference/crm-crm-owners-v3/guide", readAt: "2026-11-21" },
    { title: "Usage guidelines", url: "https://developers.hubspot.com/docs/api/usage-details", readAt: "2026-11-21" },
  ],
  auth: {
    oauth: {
      type: "oauth2_code",
      title: "HubSpot account",
      authorizeUrl: "https://app.hubspot.com/oauth/authorize",
      tokenUrl: "https://api.hubapi.com/oauth/v1/token",
      scopes: [
        ...NAMES.flatMap((name) => scopes(name, name.replace("_", " "))),
        { scope: "oauth", reason: "See which HubSpot account you connect" },
        { scope: "tickets", reason: "See, add, change and archive tickets" },
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
    rateLimit: {
      defaultWaitMs: 10_000,
      buckets: [perAccount(100, 10_000), { ...perAccount(4, 1_000), name: "search", paths: ["/crm/v3/objects/*/search"] }],
    },
  },
  pagination: after("query", 100),
  objects: {
    contact: crmObject(`Contacts, contacts, email, unique
      firstname* First name = Ada | lastname* Last name = Okafor | email* Email = ada.okafor@northwind.example
      phone* Phone number = +44 20 7946 0018 | company* Company name = Northwind | jobtitle* Job title = Head of Operations
      lifecyclestage* Lifecycle stage = customer | city* City = London | country* Country/Region = United Kingdom
      address* Street address | state* State/Region | zip* Postal code | website* Website | hubspot_owner_id* Owner = 41629779
      createdate:datetime Create date = 2025-03-04T09:12:44.120Z`),
    company: crmObject(`Companies, companies, domain
      name* Company name = Northwind | domain* Company domain name = northwind.example | industry* Industry = LOGISTICS_AND_SUPPLY_CHAIN
      phone* Phone number | city* City = London | country* Country/Region = United Kingdom | state* State/Region | zip* Postal code
      website* Website | numberofemployees:number* Number of employees = "120" | annualrevenue:number* Annual revenue
      hubspot_owner_id* Owner = 41629779`),
    deal: crmObject(`Deals, deals, dealname
      dealname! Deal name = Northwind renewal | amount:number* Amount = "12500" | dealstage! Deal stage = contractsent
      pipeline* Pipeline = default | closedate:datetime* Close date = 2026-03-31T00:00:00Z | deal_currency_code* Currency = EUR
      dealtype* Deal type = existingbusiness | hubspot_owner_id* Owner`),
    ticket: crmObject(`Tickets, tickets, subject
      subject! Ticket name = Label printer is offline | content* Ticket description = It stopped this morning. | hs_pipeline! Pipeline = 0
      hs_pipeline_stage! Ticket status = 1 | hs_ticket_priority* Priority = HIGH | hs_ticket_category* Category | hubspot_owner_id* Owner`),
    product: crmObject(`Products, products, hs_sku
      name! Name = Pallet scale | description* Product description = Up to 1,500 kg | price:number* Unit price = "449.00" | hs_sku* SKU = PS-1500
      hs_cost_of_goods_sold:number* Unit cost | hs_recurring_billing_period* Term`),
    line_item: crmObject(`Line items, line_items, hs_sku
      name* Name = Pallet scale | quantity:number* Quantity = "2" | price:number* Unit price = "449.00" | hs_product_id* Product ID = 1243313490
      hs_sku* SKU = PS-1500 | discount:number* Unit discount | amount:number Net price = "898.00" | hs_line_item_currency_code Currency = EUR`),
    quote: crmObject(`Quotes, quotes, hs_title
      hs_title! Quote name = Northwind scales | hs_expiration_date:date! Expiration date = 2026-12-31 | hs_status* Status = DRAFT
      hs_currency* Currency = EUR | hs_quote_amount:number Quote amount = "898.00" | hs_quote_number Reference | hubspot_owner_id* Owner`),
    order: crmObject(`Orders, orders, hs_external_order_id
      hs_order_name* Name = Order 1001 | hs_external_order_id* External order ID = 1001 | hs_currency_code* Currency = EUR
      hs_total_price:number* Total price = "898.00" | hs_external_order_status* External status = processing
      hs_fulfillment_status* Fulfilment status | hs_shipping_address_city* Shipping city = London`),
    invoice: crmObject(`Invoices, invoices, hs_title
      hs_title* Title = Invoice for Northwind | hs_number Number = INV-1001 | hs_currency* Currency = EUR | hs_invoice_date:datetime* Invoice date
      hs_due_date:datetime* Due date = 2026-12-31T00:00:00Z | hs_amount_billed:number Amount billed = "898.00"
      hs_balance_due:number Balance due = "0.00" | hs_invoice_status* Status = paid`),
    owner: {
      title: "Owners",
      list: { path: "/crm/v3/owners/" },
      records: "results",
      id: "id",
      updatedAt: "updatedAt",
      one: { request: { method: "GET", path: "/crm/v3/owners/{id}" } },
      deletes: { by: "scan" },
      fields: owner.fields,
      sample: owner.sample,
    },
  },
  // Event ids are not guaranteed to be unique: a call is known by four fields, in none of which attempts of one delivery differ.
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
    dedupe: ["eventId", "subscriptionId", "objectId", "occurredAt"].map((name) => ({ in: "event", name })),
    events: {
      list: "$",
      topic: { in: "event", name: "subscriptionType" },
      objects: Object.fromEntries(["contact", "company", "deal", "ticket", "product", "line_item"].map((name) => [`${name}.*`, name])),
      id: { in: "event", name: "objectId" },
      account: { in: "event", name: "portalId" },
    },
  },
});
