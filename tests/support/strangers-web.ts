import type { ManifestInput } from "#server/runtime/manifest";
import { hostAndUser, strangerFile } from "./stranger";

export const SHOPS: ManifestInput[] = [
  // OAuth 2 and a signature over each request; time in windows, pages by number, success said in the body.
  strangerFile("Hanbok Mall", {
    auth: {
      oauth: {
        type: "oauth2_code",
        title: "Hanbok",
        authorizeUrl: "https://{mall}.hanbok.example/api/v2/oauth/authorize",
        tokenUrl: "https://{mall}.hanbok.example/api/v2/oauth/token",
        clientAuth: "basic",
        pkce: false,
        rotating: true,
        keepAliveDays: 14,
        scopes: [{ scope: "mall.read_order", reason: "Read orders" }],
        scopeSeparator: ",",
        fields: [{ key: "mall", title: "Mall id", example: "seoul-hanbok", pattern: "[a-z0-9-]{3,30}" }],
        sign: {
          type: "digest",
          algorithm: "hmac-sha256",
          key: "{clientSecret}",
          text: "{timestampMs}{method}{path}{query}",
          encoding: "hex",
          into: { in: "header", name: "x-hanbok-signature" },
          headers: { "x-hanbok-time": "{timestampMs}" },
        },
      },
    },
    identify: { request: { path: "/store" }, accountId: "data.shop_no", label: "{data.shop_name}" },
    check: { path: "/store" },
    http: {
      baseUrl: "https://{mall}.hanbok.example/api/v2/admin",
      errorMessage: "error.message",
      success: { path: "code", equals: "SUCCESS" },
      rateLimit: { defaultWaitMs: 5_000, buckets: [{ scope: "account", requests: 2, perMs: 1_000, burst: 40 }] },
    },
    pagination: {
      type: "page",
      place: { in: "query", name: "page" },
      more: "data.has_next",
      limit: { place: { in: "query", name: "size" }, value: 100 },
    },
    objects: {
      order: {
        title: "Orders",
        list: { path: "/orders" },
        records: "data.content",
        id: "order_id",
        updatedAt: "modified_date",
        changes: {
          since: { in: "query", name: "start_date" },
          until: { in: "query", name: "end_date" },
          format: { look: "yyyy-MM-dd'T'HH:mm:ssXXX" },
          zone: "Asia/Seoul",
          inclusive: true,
          lookbackMs: 300_000,
          window: { maxMs: 7 * 86_400_000, startAgoMs: 30 * 86_400_000 },
        },
        fields: [
          { path: "order_id", type: "string", title: "Order" },
          { path: "buyer.name", type: "string", title: "Buyer" },
        ],
        sample: { order_id: "20261001-0000011", buyer: { name: "김" }, modified_date: "2026-10-01T17:00:00+09:00" },
      },
    },
  }),

  // JSON:API with its sparse fields and its links.
  strangerFile("Grove", {
    auth: {
      key: {
        type: "api_key",
        title: "Token",
        fields: [{ key: "token", title: "Token", secret: true }],
        headers: { authorization: 'Token token="{token}"' },
      },
    },
    identify: { request: { path: "/me" }, accountId: "data.id", label: "{data.attributes.name}" },
    check: { path: "/me" },
    http: {
      baseUrl: "https://api.grove.example",
      headers: { accept: "application/vnd.api+json", "content-type": "application/vnd.api+json" },
      errorMessage: "errors.0.detail",
      errorField: "errors.0.source.pointer",
      rateLimit: { defaultWaitMs: 5_000 },
    },
    pagination: { type: "link", next: "links.next", limit: { place: { in: "query", name: "page[size]" }, value: 50 } },
    objects: {
      tree: {
        title: "Trees",
        list: { path: "/trees" },
        records: "data",
        id: "id",
        updatedAt: "attributes.updated-at",
        changes: { since: { in: "query", name: "filter[updated-at][gt]" }, format: "iso", inclusive: false, lookbackMs: 60_000 },
        writes: {
          create: {
            request: { method: "POST", path: "/trees", body: { data: { type: "trees", attributes: "{data}" } } },
            id: "data.id",
            record: "data",
          },
          update: {
            request: { method: "PATCH", path: "/trees/{id}", body: { data: { type: "trees", id: "{id}", attributes: "{data}" } } },
          },
          delete: { request: { method: "DELETE", path: "/trees/{id}" } },
          fields: [{ path: "species", type: "string", title: "Species", required: true }],
        },
        fields: [{ path: "attributes.species", type: "string", title: "Species" }],
        sample: { type: "trees", id: "41", attributes: { species: "Oak", "updated-at": "2026-10-01T08:00:00.000Z" } },
      },
    },
  }),

  // Lists of bare ids and records one by one, an envelope that says how it went.
  strangerFile("Wolke", {
    auth: hostAndUser,
    identify: { account: "{host}/{user}", label: "{user} on {host}" },
    check: { path: "/ocs/v2.php/cloud/user", query: { format: "json" } },
    http: {
      baseUrl: "https://{host}",
      headers: { "ocs-apirequest": "true" },
      errorMessage: "ocs.meta.message",
      success: { path: "ocs.meta.status", equals: "ok" },
      rateLimit: { defaultWaitMs: 30_000 },
    },
    pagination: {
      type: "offset",
      place: { in: "query", name: "offset" },
      limit: { place: { in: "query", name: "limit" }, value: 3 },
      stop: { short: true },
    },
    objects: {
      user: {
        title: "Users",
        list: { path: "/ocs/v2.php/cloud/users", query: { format: "json" } },
        records: "ocs.data.users",
        id: "id",
        get: { id: "$", request: { path: "/ocs/v2.php/cloud/users/{id}", query: { format: "json" } }, record: "ocs.data" },
        deletes: { by: "scan" },
        fields: [
          { path: "id", type: "string", title: "Id" },
          { path: "email", type: "string", title: "Email" },
        ],
        sample: { id: "lina-100", email: "lina@wolke.example" },
      },
    },
  }),
];
