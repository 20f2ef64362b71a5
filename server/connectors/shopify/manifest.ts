import { defineConnector } from "#server/runtime/manifest";
import { fieldList } from "../field-list";
import { ask, mutate, objects } from "./objects";

const shop = {
  key: "shop_address",
  title: "Shop address",
  help: "The address that ends in myshopify.com, as it is shown in the admin under Settings, Domains.",
  example: "northwind-sample.myshopify.com",
  pattern: "(?<shop>[a-z0-9][a-z0-9-]{0,59})(?:\\.myshopify\\.com)?",
};
const headers = { "x-shopify-access-token": "{accessToken}" };
const scopes = [
  { scope: "write_customers", reason: "See and change your customers" },
  { scope: "write_inventory", reason: "See and set stock" },
  { scope: "write_locations", reason: "See and change your locations" },
  { scope: "write_orders", reason: "See your orders of the last 60 days, make and change orders" },
  { scope: "write_products", reason: "See and change your products" },
];
const tokenUrl = "https://{shop}.myshopify.com/admin/oauth/access_token";
const SHOP = ask("query { shop { id name myshopifyDomain } }");

export default defineConnector({
  key: "shopify",
  name: "Shopify",
  tagline: "Customers, orders, products and stock of your shop",
  description:
    "Reads customers, orders, products, variants, locations and stock from Shopify; makes and changes all of them, and sets stock.",
  categories: ["E-commerce"],
  docs: [
    { title: "GraphQL Admin API", url: "https://shopify.dev/docs/api/admin-graphql", readAt: "2026-11-21" },
    { title: "Access tokens", url: "https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens", readAt: "2026-11-21" },
    { title: "Limits", url: "https://shopify.dev/docs/api/usage/limits", readAt: "2026-11-21" },
    { title: "Webhooks", url: "https://shopify.dev/docs/apps/build/webhooks", readAt: "2026-11-21" },
  ],
  auth: {
    oauth: {
      type: "oauth2_code",
      title: "Shopify shop",
      authorizeUrl: "https://{shop}.myshopify.com/admin/oauth/authorize",
      tokenUrl,
      tokenParams: { expiring: "1" },
      scopes,
      scopeSeparator: ",",
      pkce: false,
      rotating: true,
      keepAliveDays: 30,
      callback: { hmac: { param: "hmac" }, config: { shop: { param: "shop", pattern: shop.pattern } } },
      headers,
      fields: [shop],
    },
    own_app: {
      type: "oauth2_client",
      title: "Your own app",
      clientId: "{client_id}",
      clientSecret: "{client_secret}",
      tokenUrl,
      defaultLifetimeMs: 86_399_000,
      headers,
      fields: [shop, { key: "client_id", title: "Client ID" }, { key: "client_secret", title: "Client secret", secret: true }],
    },
    token: {
      type: "api_key",
      title: "Access token",
      headers: { "x-shopify-access-token": "{token}" },
      fields: [
        shop,
        {
          key: "token",
          title: "Admin API access token",
          example: "shpat_00000000EXAMPLE",
          pattern: "shp[a-z]{2}_[A-Za-z0-9_]{10,100}",
          secret: true,
        },
      ],
    },
  },
  identify: { request: SHOP, accountId: "data.shop.id", label: "{data.shop.name}" },
  check: SHOP,
  http: {
    baseUrl: "https://{shop}.myshopify.com/admin/api/2026-07",
    protocol: { type: "graphql" },
    errorMessage: "errors.0.message",
    errors: [
      { path: "errors.0.extensions.code", equals: "THROTTLED", code: "provider_rate_limited" },
      { path: "errors.0.extensions.code", equals: "ACCESS_DENIED", code: "insufficient_scope" },
      { path: "errors.0.extensions.code", equals: "INTERNAL_SERVER_ERROR", code: "provider_unavailable" },
      { statuses: [402, 423], code: "provider_unavailable" },
    ],
    rateLimit: {
      defaultWaitMs: 2_000,
      budget: {
        left: "extensions.cost.throttleStatus.currentlyAvailable",
        perSecond: "extensions.cost.throttleStatus.restoreRate",
        needed: "extensions.cost.requestedQueryCost",
      },
    },
  },
  pagination: { type: "none" },
  objects,
  actions: {
    set_stock: {
      title: "Set stock",
      description: "Says how many of an item are available at a location.",
      kind: "action",
      input: [
        { key: "item", title: "Inventory item ID", type: "string", required: true, example: "gid://shopify/InventoryItem/5000001" },
        { key: "location", title: "Location ID", type: "string", required: true, example: "gid://shopify/Location/6000001" },
        { key: "quantity", title: "Available", type: "number", required: true },
        { key: "before", title: "Only if so many are available now", type: "number" },
      ],
      ...mutate(
        "inventorySetQuantities(input: $input) @idempotent(key: $key)",
        "($input: InventorySetQuantitiesInput!, $key: String!)",
        {
          input: {
            name: "available",
            reason: "correction",
            quantities: [{ inventoryItemId: "{item}", locationId: "{location}", quantity: "{quantity}", changeFromQuantity: "{before}" }],
          },
        },
        "inventoryAdjustmentGroup { id changes { name delta } }",
      ),
      once: { by: "key", place: { in: "body", name: "variables.key" } },
      result: "data.payload.inventoryAdjustmentGroup",
      output: fieldList("id ID | changes:array Changes").fields,
      sample: {
        input: { item: "gid://shopify/InventoryItem/5000001", location: "gid://shopify/Location/6000001", quantity: 9 },
        answer: {
          data: {
            payload: {
              inventoryAdjustmentGroup: { id: "gid://shopify/InventoryAdjustmentGroup/1", changes: [{ name: "available", delta: -3 }] },
              userErrors: [],
            },
          },
        },
      },
    },
  },
  webhooks: {
    docs: "https://shopify.dev/docs/apps/build/webhooks",
    scope: "connection",
    verify: { type: "hmac", hash: "sha256", secret: "app", signature: { in: "header", name: "x-shopify-hmac-sha256", encoding: "base64" } },
    dedupe: [{ in: "header", name: "x-shopify-webhook-id" }],
    events: {
      topic: { in: "header", name: "x-shopify-topic" },
      objects: {
        "customers/*": "customer",
        "orders/*": "order",
        "products/*": "product",
        "inventory_levels/*": "inventory_level",
        "locations/*": "location",
      },
      id: { in: "body", name: "admin_graphql_api_id" },
    },
    subscription: {
      create: ask(
        "mutation($topic: WebhookSubscriptionTopic!, $url: String!) { payload: webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $url }) { webhookSubscription { id } userErrors { message } } }",
        { topic: "{topic}", url: "{url}" },
      ),
      topics: [
        ...["CUSTOMERS", "LOCATIONS", "ORDERS", "PRODUCTS"].flatMap((one) => [
          `${one}_CREATE`,
          `${one}_UPDATE${one === "ORDERS" ? "D" : ""}`,
          `${one}_DELETE`,
        ]),
        ...["CONNECT", "DISCONNECT", "UPDATE"].map((one) => `INVENTORY_LEVELS_${one}`),
      ],
      id: "data.payload.webhookSubscription.id",
      remove: ask("mutation($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId } }", { id: "{id}" }),
    },
  },
});
