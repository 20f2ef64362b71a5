import { defineConnector } from "#server/runtime/manifest";
import { fieldList } from "../field-list";
import {
  CHARGE,
  CHARGE_WRITE,
  CUSTOMER,
  INVOICE,
  INVOICE_WRITE,
  PAYMENT,
  PAYMENT_WRITE,
  PAYOUT,
  PRICE,
  PRODUCT,
  SUBSCRIPTION,
  SUBSCRIPTION_WRITE,
} from "./objects";

const DAY_MS = 86_400_000;
const events = (names: readonly string[]) =>
  names.length === 1 ? { type: names[0] as string } : Object.fromEntries(names.map((name, n) => [`types[${n}]`, name]));
// All of their events but those about something else: `charge.dispute.…`, and `invoice.upcoming`, which has no id yet.
const INVOICE_EVENTS = "created finalized marked_uncollectible paid payment_action_required payment_failed sent updated voided";
const CHARGE_EVENTS = "captured expired failed pending refunded succeeded updated";
const about = (object: string, names: string) => names.split(" ").map((name) => `${object}.${name}`);
const created = { in: "query" as const, name: "created[gte]" };

// A listing can be asked for what was created since a moment, not for what was changed. What changed is told by the feed of
// events, which goes back 30 days; an event shows its record as it was then, so each is fetched as it is now.
type Listed = ReturnType<typeof fieldList>;
const listed = (path: string, { fields, sample }: Listed, changed: readonly string[]) => ({
  fields,
  sample,
  list: { path },
  records: "data",
  id: "id",
  updatedAt: "created",
  changes: {
    request: { path: "/v1/events", query: events(changed) },
    record: "data.object",
    get: { request: { path: `${path}/{id}` } },
    since: created,
    format: "unix_s" as const,
    inclusive: true,
    lookbackMs: 300_000,
    rereadMs: 7 * DAY_MS,
  },
  one: { request: { method: "GET" as const, path: `${path}/{id}` } },
});
const deletedBy = (event: string) => ({
  by: "feed" as const,
  request: { path: "/v1/events", query: events([event]) },
  records: "data",
  id: "data.object.id",
  since: created,
  format: "unix_s" as const,
});

const form = { type: "form" as const };
const post = (path: string) => ({ method: "POST" as const, path, body: "{data}", protocol: form });
const writes = (path: string, { writable }: Listed) => ({
  fields: writable,
  create: {
    request: post(path),
    id: "id",
    record: "$",
    once: { by: "key" as const, place: { in: "header" as const, name: "Idempotency-Key" }, rememberedMs: DAY_MS },
  },
  update: { request: post(`${path}/{id}`), id: "id", record: "$" },
});

const OBJECTS = ["customer", "product", "price", "invoice", "subscription", "payment_intent", "charge", "payout"];

export default defineConnector({
  key: "stripe",
  name: "Stripe",
  tagline: "Customers, invoices, subscriptions and payments",
  description:
    "Reads customers, products, prices, invoices, subscriptions, payments and payouts; writes customers, products, prices, invoices, subscriptions and payments.",
  categories: ["Payments", "Finance"],
  docs: [
    { title: "API reference", url: "https://docs.stripe.com/api", readAt: "2026-11-21" },
    { title: "Events", url: "https://docs.stripe.com/api/events/list", readAt: "2026-11-21" },
    { title: "Restricted keys", url: "https://docs.stripe.com/keys", readAt: "2026-11-21" },
    { title: "Webhook signatures", url: "https://docs.stripe.com/webhooks", readAt: "2026-11-21" },
    { title: "Connect OAuth", url: "https://docs.stripe.com/connect/oauth-reference", readAt: "2026-11-21" },
  ],
  auth: {
    key: {
      type: "api_key",
      title: "Restricted key",
      fields: [
        {
          key: "key",
          title: "Restricted API key",
          help: "In the Stripe dashboard under Developers, API keys. Give it read access to what you want to sync, to events and to your account.",
          example: "rk_live_EXAMPLE0000000000000000",
          pattern: "(?:rk|sk)_(?:live|test)_[A-Za-z0-9_]{10,250}",
          secret: true,
        },
      ],
      headers: { authorization: "Bearer {key}" },
    },
    oauth: {
      type: "oauth2_code",
      title: "Stripe account",
      authorizeUrl: "https://connect.stripe.com/oauth/authorize",
      tokenUrl: "https://connect.stripe.com/oauth/token",
      scopes: [{ scope: "read_write", reason: "See your Stripe data, and change what you choose to sync back" }],
      pkce: false,
      rotating: false,
      renew: { type: "never" },
      token: { config: { stripe_user_id: { path: "stripe_user_id", pattern: "acct_[A-Za-z0-9]+" } } },
    },
  },
  identify: { request: { path: "/v1/account" }, accountId: "id", label: "{settings.dashboard.display_name}" },
  check: { path: "/v1/account" },
  http: {
    baseUrl: "https://api.stripe.com",
    headers: { "stripe-version": "2023-08-16" },
    errorMessage: "error.message",
    rateLimit: { defaultWaitMs: 2_000, buckets: [{ scope: "account", requests: 25, perMs: 1_000 }] },
  },
  pagination: {
    type: "keyset",
    place: { in: "query", name: "starting_after" },
    key: "id",
    limit: { place: { in: "query", name: "limit" }, value: 100 },
    stop: { more: "has_more" },
  },
  objects: {
    customer: {
      title: "Customers",
      ...listed("/v1/customers", CUSTOMER, ["customer.created", "customer.updated", "customer.deleted"]),
      // A deleted customer is still there to be fetched, as `{ id, deleted: true }`.
      deletes: { by: "mark", path: "deleted", equals: true },
      one: {
        request: { method: "GET", path: "/v1/customers/{id}" },
        none: [{ status: 404 }, { status: 200, path: "deleted", equals: true }],
      },
      writes: { ...writes("/v1/customers", CUSTOMER), delete: { request: { method: "DELETE", path: "/v1/customers/{id}" } } },
    },
    product: {
      title: "Products",
      ...listed("/v1/products", PRODUCT, ["product.created", "product.updated"]),
      updatedAt: "updated",
      deletes: deletedBy("product.deleted"),
      writes: writes("/v1/products", PRODUCT),
    },
    price: {
      title: "Prices",
      ...listed("/v1/prices", PRICE, ["price.created", "price.updated"]),
      deletes: deletedBy("price.deleted"),
      writes: writes("/v1/prices", PRICE),
    },
    invoice: {
      title: "Invoices",
      ...listed("/v1/invoices", INVOICE, about("invoice", INVOICE_EVENTS)),
      deletes: deletedBy("invoice.deleted"),
      writes: { ...writes("/v1/invoices", INVOICE_WRITE), delete: { request: { method: "DELETE", path: "/v1/invoices/{id}" } } },
    },
    subscription: {
      title: "Subscriptions",
      ...listed("/v1/subscriptions", SUBSCRIPTION, ["customer.subscription.*"]),
      list: { path: "/v1/subscriptions", query: { status: "all" } },
      writes: {
        ...writes("/v1/subscriptions", SUBSCRIPTION_WRITE),
        delete: { request: { method: "DELETE", path: "/v1/subscriptions/{id}" } },
      },
    },
    payment_intent: {
      title: "Payments",
      ...listed("/v1/payment_intents", PAYMENT, ["payment_intent.*"]),
      writes: writes("/v1/payment_intents", PAYMENT_WRITE),
    },
    // Charges are made by payments.
    charge: {
      title: "Charges",
      ...listed("/v1/charges", CHARGE, about("charge", CHARGE_EVENTS)),
      writes: {
        update: writes("/v1/charges", CHARGE_WRITE).update,
        fields: CHARGE_WRITE.writable,
      },
    },
    payout: { title: "Payouts", ...listed("/v1/payouts", PAYOUT, ["payout.*"]) },
  },
  actions: {
    find_customer: {
      title: "Find a customer by email",
      description: "The newest customer with exactly this email address.",
      kind: "lookup",
      input: [{ key: "email", title: "Email", type: "string", required: true, example: "ada.okafor@northwind.example" }],
      request: { method: "GET", path: "/v1/customers", query: { email: "{email}", limit: "1" } },
      result: "data",
      output: fieldList("id ID | name Name | email Email").fields,
      sample: { input: { email: "ada.okafor@northwind.example" }, answer: { data: [{ id: "cus_sample0001", name: "Ada Okafor" }] } },
    },
    refund_payment: {
      title: "Refund a payment",
      description: "Gives a payment back, or a part of it.",
      kind: "action",
      input: [
        { key: "payment_intent", title: "Payment ID", type: "string", required: true, example: "pi_sample0001" },
        { key: "amount", title: "Amount (smallest unit); all of it when left out", type: "number" },
        { key: "reason", title: "Reason", type: "string", values: ["duplicate", "fraudulent", "requested_by_customer"] },
      ],
      request: {
        method: "POST",
        path: "/v1/refunds",
        body: { payment_intent: "{payment_intent}", amount: "{amount}", reason: "{reason}" },
        protocol: form,
      },
      once: { by: "key", place: { in: "header", name: "Idempotency-Key" } },
      output: fieldList("id ID | status Status | amount:number Amount (smallest unit) | currency Currency").fields,
      sample: {
        input: { payment_intent: "pi_sample0001", amount: 500 },
        answer: { id: "re_sample0001", status: "succeeded", amount: 500, currency: "gbp" },
      },
    },
  },
  webhooks: {
    docs: "https://docs.stripe.com/webhooks",
    scope: "connection",
    verify: {
      type: "hmac",
      hash: "sha256",
      signed: "{ts}.{body}",
      secret: "endpoint",
      signature: { in: "header", name: "stripe-signature", list: { separator: ",", key: "v1" }, encoding: "hex" },
      timestamp: { in: "header", name: "stripe-signature", list: { separator: ",", key: "t" }, unit: "s" },
    },
    dedupe: [{ in: "body", name: "id" }],
    events: {
      topic: { in: "body", name: "data.object.object" },
      objects: Object.fromEntries(OBJECTS.map((one) => [one, one])),
      id: { in: "body", name: "data.object.id" },
    },
    subscription: {
      create: { method: "POST", path: "/v1/webhook_endpoints", body: { url: "{url}", enabled_events: ["*"] }, protocol: form },
      id: "id",
      secret: "secret",
      remove: { method: "DELETE", path: "/v1/webhook_endpoints/{id}" },
    },
  },
});
