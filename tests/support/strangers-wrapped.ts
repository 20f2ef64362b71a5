import type { ManifestInput } from "#server/runtime/manifest";
import { strangerFile } from "./stranger";

/** Records that are wrapped: each in an entry of its own, or held under keys that say nothing. */
export const WRAPPED: ManifestInput[] = [
  // A billing system whose lists have no name, and whose rows each say what they are.
  strangerFile("Subledger", {
    auth: {
      key: {
        type: "api_key",
        title: "API key",
        fields: [
          { key: "site", title: "Site", example: "fjord-books", pattern: "[a-z0-9-]{1,60}" },
          { key: "api_key", title: "API key", secret: true },
        ],
        basic: { username: "{api_key}", password: "x" },
      },
    },
    identify: { request: { path: "/site.json" }, accountId: "site.id", label: "{site.name}" },
    check: { path: "/site.json" },
    http: { baseUrl: "https://{site}.subledger.example", errorMessage: "errors.0", rateLimit: { defaultWaitMs: 5_000 } },
    pagination: {
      type: "page",
      place: { in: "query", name: "page" },
      limit: { place: { in: "query", name: "per_page" }, value: 200 },
    },
    objects: {
      customer: {
        title: "Customers",
        list: { path: "/customers.json", query: { direction: "asc" } },
        records: "*.customer",
        id: "id",
        updatedAt: "updated_at",
        changes: {
          request: { path: "/customers.json", query: { direction: "asc", date_field: "updated_at", start_datetime: "{since}" } },
          format: { look: "yyyy-MM-dd HH:mm:ss" },
          zone: "UTC",
          inclusive: true,
          lookbackMs: 60_000,
        },
        deletes: { by: "scan" },
        one: { request: { method: "GET", path: "/customers/{id}.json" }, record: "customer" },
        writes: {
          create: {
            request: { method: "POST", path: "/customers.json", body: { customer: "{data}" } },
            id: "customer.id",
            record: "customer",
          },
          update: { request: { method: "PUT", path: "/customers/{id}.json", body: { customer: "{data}" } }, record: "customer" },
          delete: { request: { method: "DELETE", path: "/customers/{id}.json" } },
          fields: [
            { path: "first_name", type: "string", title: "First name", required: true },
            { path: "email", type: "string", title: "Email" },
          ],
        },
        fields: [
          { path: "id", type: "number", title: "Id" },
          { path: "first_name", type: "string", title: "First name" },
          { path: "email", type: "string", title: "Email" },
        ],
        sample: { id: 1_471_003, first_name: "Ida", email: "ida@fjord-books.example", updated_at: "2026-10-01T08:15:00-04:00" },
      },
    },
  }),

  // A wiki: pages under their numbers, left out whole where there are none, and the question who has consented at the address of the check.
  strangerFile("Almanac", {
    auth: {
      oauth: {
        type: "oauth2_code",
        title: "Almanac",
        authorizeUrl: "https://wiki.almanac.example/w/rest.php/oauth2/authorize",
        tokenUrl: "https://wiki.almanac.example/w/rest.php/oauth2/access_token",
        scopes: [{ scope: "basic", reason: "Read pages" }],
        rotating: true,
        afterConnect: [
          {
            call: { url: "https://wiki.almanac.example/w/rest.php/oauth2/resource/profile" },
            config: { editor: { path: "username", pattern: "[A-Za-z0-9 _-]{1,60}" } },
          },
        ],
      },
    },
    identify: { request: { path: "/w/rest.php/oauth2/resource/profile" }, accountId: "sub", label: "{username}" },
    check: { path: "/w/rest.php/oauth2/resource/profile" },
    http: {
      baseUrl: "https://wiki.almanac.example",
      errorMessage: "error.info",
      errors: [
        { path: "error.code", equals: "mwoauth-invalid-authorization", code: "reauth_required" },
        { path: "error.code", matches: "^(?:ratelimited|maxlag)$", code: "provider_rate_limited" },
        { path: "error.code", matches: "^[a-z].*$", code: "provider_invalid_response" },
      ],
      rateLimit: { defaultWaitMs: 5_000, concurrency: { account: 1 } },
    },
    pagination: { type: "cursor", next: "continue.gapcontinue", place: { in: "query", name: "gapcontinue" } },
    objects: {
      page: {
        title: "Pages",
        list: { path: "/w/api.php", query: { action: "query", format: "json", prop: "info", generator: "allpages", gaplimit: "50" } },
        records: "query.pages.*",
        leavesOutEmpty: true,
        id: "pageid",
        updatedAt: "touched",
        changes: {
          request: {
            path: "/w/api.php",
            query: {
              ...{ action: "query", format: "json", prop: "info", generator: "recentchanges" },
              ...{ grcdir: "newer", grclimit: "50", grcstart: "{since}" },
            },
          },
          pagination: { type: "cursor", next: "continue.grccontinue", place: { in: "query", name: "grccontinue" } },
          format: "iso_s",
          inclusive: true,
          lookbackMs: 60_000,
        },
        deletes: { by: "scan" },
        fields: [
          { path: "pageid", type: "number", title: "Number" },
          { path: "title", type: "string", title: "Title" },
        ],
        sample: { pageid: 4_021, ns: 0, title: "Tide table", touched: "2026-10-01T08:15:00Z" },
      },
    },
  }),

  // Markup whose elements each hold the record and what else there is to say of it.
  strangerFile("Depot", {
    auth: {
      key: {
        type: "api_key",
        title: "Key",
        fields: [{ key: "api_key", title: "Key", secret: true }],
        headers: { "x-depot-key": "{api_key}" },
      },
    },
    identify: { account: "depot", label: "Depot" },
    check: { path: "/ping.xml" },
    http: {
      baseUrl: "https://api.depot.example",
      protocol: { type: "xml" },
      errorMessage: "answer.fault",
      rateLimit: { defaultWaitMs: 5_000 },
    },
    pagination: { type: "offset", place: { in: "query", name: "from" } },
    objects: {
      item: {
        title: "Items",
        list: { path: "/stock.xml" },
        records: "answer.entry.*.item",
        id: "number",
        updatedAt: "changed",
        changes: { since: { in: "query", name: "changed_after" }, format: "iso", inclusive: true, lookbackMs: 60_000 },
        deletes: { by: "scan" },
        fields: [{ path: "number", type: "string", title: "Number" }],
        sample: { number: "100200", name: "Hawser", changed: "2026-10-01T08:15:00Z" },
      },
    },
  }),
];
