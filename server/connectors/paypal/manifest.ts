import { defineConnector } from "#server/runtime/manifest";
import { fieldList } from "../field-list";

const DAY_MS = 86_400_000;
const paged = (rows: number, more: Record<string, string> = {}) => ({
  type: "page" as const,
  place: { in: "query" as const, name: "page" },
  limit: { place: { in: "query" as const, name: "page_size" }, value: rows },
  last: "total_pages",
  ...more,
});

const TRANSACTION = fieldList(`transaction_info.transaction_id ID = SAMPLE0001TX | transaction_info.transaction_status Status = S
  transaction_info.transaction_event_code Kind = T0006 | transaction_info.transaction_initiation_date:datetime Made = 2026-10-09T08:00:00+0000
  transaction_info.transaction_updated_date:datetime Updated = 2026-10-09T08:53:20+0000
  transaction_info.transaction_amount.value Amount = 24.00 | transaction_info.transaction_amount.currency_code Currency = GBP
  transaction_info.fee_amount.value Fee = -1.12 | transaction_info.invoice_id Invoice ID | transaction_info.custom_field Custom field
  transaction_info.transaction_subject Subject = Sample order | transaction_info.transaction_note Note
  transaction_info.paypal_reference_id Refers to | payer_info.account_id Payer ID = SAMPLEPAYER01 | payer_info.email_address Payer's email = ada.okafor@northwind.example
  payer_info.payer_name.alternate_full_name Payer's name = Ada Okafor | payer_info.country_code Payer's country = GB
  shipping_info.name Ship to = Ada Okafor | cart_info.item_details:array Items = []`);
const INVOICE =
  fieldList(`id ID = INV2-SAMP-0001 | status Status = SENT | detail:object!* Details | detail.invoice_number Number = SAMPLE-0001
  detail.reference Reference | detail.invoice_date:date Date = 2026-10-09 | detail.currency_code Currency = GBP
  detail.payment_term.due_date:date Due date = 2026-11-08 | detail.note Note = Thank you | detail.metadata.create_time:datetime Created = 2026-10-09T08:00:00Z
  detail.metadata.last_update_time:datetime Updated = 2026-10-09T08:53:20Z | invoicer:object* From
  primary_recipients:array* To = [{"billing_info":{"name":{"given_name":"Ada","surname":"Okafor"},"email_address":"ada.okafor@northwind.example"}}]
  items:array* Items = [{"name":"Sample mug","quantity":"2","unit_amount":{"currency_code":"GBP","value":"10.00"}}]
  configuration:object* Settings | amount.value Total = 24.00 | due_amount.value Due = 24.00`);
const PRODUCT = fieldList(`id ID = PROD-SAMPLE0001 | name!+ Name = Sample mug | description* Description = A mug | type!+ Type = PHYSICAL
  category* Category = KITCHEN | image_url* Image | home_url* Web address | create_time:datetime Created = 2026-10-09T08:00:00Z
  update_time:datetime Updated`);

const invoices = "/v2/invoicing/invoices";
const hosts = ["api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com"];
const CHECK = { path: "/v1/notifications/webhooks" };

export default defineConnector({
  key: "paypal",
  name: "PayPal",
  tagline: "Transactions, invoices and products of your business account",
  description: "Reads transactions, invoices and products from a PayPal business account; makes and changes both, and sends invoices.",
  categories: ["Payments", "Finance"],
  docs: [
    { title: "Transaction search", url: "https://developer.paypal.com/docs/api/transaction-search/v1/", readAt: "2026-11-21" },
    { title: "Invoicing", url: "https://developer.paypal.com/docs/api/invoicing/v2/", readAt: "2026-11-21" },
    { title: "Catalog products", url: "https://developer.paypal.com/docs/api/catalog-products/v1/", readAt: "2026-11-21" },
    { title: "Webhooks", url: "https://developer.paypal.com/api/rest/webhooks/rest/", readAt: "2026-11-21" },
  ],
  auth: {
    app: {
      type: "oauth2_client",
      title: "REST app of your account",
      clientId: "{client_id}",
      clientSecret: "{client_secret}",
      tokenUrl: "https://{host}/v1/oauth2/token",
      clientAuth: "basic",
      token: { config: { app_id: "app_id" } },
      fields: [
        {
          key: "host",
          title: "Account",
          options: [
            { value: "api-m.paypal.com", title: "Live" },
            { value: "api-m.sandbox.paypal.com", title: "Sandbox" },
          ],
        },
        {
          key: "client_id",
          title: "Client ID",
          help: "In the PayPal developer dashboard under Apps & Credentials. Turn on Transaction search, Invoicing and Catalog for the app.",
          pattern: "[A-Za-z0-9_-]{20,120}",
        },
        { key: "client_secret", title: "Client secret", pattern: "[A-Za-z0-9_-]{20,120}", secret: true },
      ],
    },
  },
  identify: { account: "{client_id}", label: "{app_id}" },
  check: CHECK,
  http: {
    baseUrl: "https://{host}",
    errorMessage: "message",
    errors: [{ statuses: [403], path: "name", equals: "NOT_AUTHORIZED", code: "insufficient_scope" }],
    rateLimit: { defaultWaitMs: 60_000, concurrency: { account: 4 } },
  },
  pagination: paged(100),
  objects: {
    transaction: {
      title: "Transactions",
      list: { path: "/v1/reporting/transactions", query: { fields: "all" } },
      pagination: paged(500),
      records: "transaction_details",
      leavesOutEmpty: true,
      id: "transaction_info.transaction_id",
      updatedAt: "transaction_info.transaction_updated_date",
      // Asked for by the day they were made, at most 31 days at once; a week keeps far from the 10,000 that one question may find. They
      // show hours after they were made, and may change later: the last three days are read each time, everything once a month.
      changes: {
        since: { in: "query", name: "start_date" },
        until: { in: "query", name: "end_date" },
        format: "iso_s",
        inclusive: true,
        lookbackMs: 3 * DAY_MS,
        rereadMs: 30 * DAY_MS,
        window: { maxMs: 7 * DAY_MS, startAgoMs: 1_090 * DAY_MS },
      },
      fields: TRANSACTION.fields,
      sample: TRANSACTION.sample,
    },
    invoice: {
      title: "Invoices",
      list: { path: invoices, query: { total_required: "true", fields: "all" } },
      records: "items",
      leavesOutEmpty: true,
      id: "id",
      updatedAt: "detail.metadata.last_update_time",
      total: "total_items",
      deletes: { by: "scan" },
      one: { request: { method: "GET", path: `${invoices}/{id}` } },
      writes: {
        create: {
          request: { method: "POST", path: invoices, headers: { prefer: "return=representation" }, body: "{data}" },
          id: "id",
          record: "$",
          once: {
            by: "find",
            request: { method: "POST", path: "/v2/invoicing/search-invoices", body: { invoice_number: "{data.detail.invoice_number}" } },
            records: "items",
            id: "id",
            match: { "detail.invoice_number": "detail.invoice_number" },
          },
        },
        update: {
          request: { method: "PUT", path: `${invoices}/{id}`, query: { send_to_recipient: "false" }, body: "{data}" },
          id: "id",
          record: "$",
        },
        delete: { request: { method: "DELETE", path: `${invoices}/{id}` } },
        fields: INVOICE.writable,
      },
      fields: INVOICE.fields,
      sample: INVOICE.sample,
    },
    product: {
      title: "Products",
      list: { path: "/v1/catalogs/products", query: { total_required: "true" } },
      pagination: paged(20),
      records: "products",
      leavesOutEmpty: true,
      id: "id",
      total: "total_items",
      // The list shows name and description only.
      get: { request: { path: "/v1/catalogs/products/{id}" } },
      one: { request: { method: "GET", path: "/v1/catalogs/products/{id}" } },
      writes: {
        create: {
          request: { method: "POST", path: "/v1/catalogs/products", headers: { prefer: "return=representation" }, body: "{data}" },
          id: "id",
          record: "$",
          once: { by: "key", place: { in: "header", name: "PayPal-Request-Id" } },
        },
        // JSON Patch: a step for each of the four fields that PayPal lets be changed, and none for what is not given.
        update: {
          request: {
            method: "PATCH",
            path: "/v1/catalogs/products/{id}",
            body: ["description", "category", "image_url", "home_url"].map((name) => ({
              ...{ op: "replace", path: `/${name}` },
              value: `{data.${name}}`,
            })),
          },
        },
        fields: PRODUCT.writable,
      },
      fields: PRODUCT.fields,
      sample: PRODUCT.sample,
    },
  },
  actions: {
    send_invoice: {
      title: "Send an invoice",
      description: "Sends a draft to its recipients, or says that it was sent by other means.",
      kind: "action",
      input: [
        { key: "invoice", title: "Invoice ID", type: "string", required: true, example: "INV2-SAMP-0001" },
        { key: "to_recipient", title: "Email it to the recipient", type: "boolean" },
        { key: "note", title: "Note", type: "string", maxLength: 4_000 },
      ],
      request: { method: "POST", path: `${invoices}/{invoice}/send`, body: { send_to_recipient: "{to_recipient}", note: "{note}" } },
      output: fieldList("href Address of the invoice | rel Relation").fields,
      sample: {
        input: { invoice: "INV2-SAMP-0001", to_recipient: true },
        answer: { href: "https://www.paypal.com/invoice/p/#SAMPLE0001", rel: "payer-view" },
      },
    },
  },
  // The id of the webhook is part of what is signed; the key is a certificate at PayPal's own address, named by the call. A call
  // that is sent again, for three days, keeps its time.
  webhooks: {
    docs: "https://developer.paypal.com/api/rest/webhooks/rest/",
    scope: "connection",
    verify: {
      type: "public_key",
      algorithm: "rsa",
      signed: "{header:paypal-transmission-id}|{ts}|{secret}|{crc32}",
      signature: { in: "header", name: "paypal-transmission-sig", encoding: "base64" },
      timestamp: { in: "header", name: "paypal-transmission-time", unit: "iso", toleranceMs: 3 * DAY_MS },
      key: { from: "request", address: { in: "header", name: "paypal-cert-url" }, hosts },
    },
    dedupe: [{ in: "body", name: "id" }],
    events: {
      topic: { in: "body", name: "event_type" },
      objects: { "INVOICING.INVOICE.*": "invoice", "CATALOG.PRODUCT.*": "product", "PAYMENT.*": "transaction" },
    },
    subscription: {
      create: { method: "POST", path: "/v1/notifications/webhooks", body: { url: "{url}", event_types: [{ name: "*" }] } },
      id: "id",
      secret: "id",
      remove: { method: "DELETE", path: "/v1/notifications/webhooks/{id}" },
    },
  },
});
