import { defineConnector } from "#server/runtime/manifest";
import { after, crmObject, NAMES, owner, perAccount, scopes } from "./objects";

export default defineConnector({
  key: "hubspot",
  name: "HubSpot",
  tagline: "Contacts, companies, deals and tickets from your CRM",
  description: "Contacts, companies, deals, tickets and what was sold, as HubSpot holds them.",
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
