import type { ManifestInput } from "#server/runtime/manifest";
import { HOST, hostAndUser, strangerFile } from "./stranger";

export const DATA: ManifestInput[] = [
  // FileMaker's Data API: a session by Basic, rows counted from 1, "no records" told as an error with a code of its own.
  strangerFile("Filemaker Data", {
    auth: {
      session: {
        type: "login",
        title: "Account of the file",
        fields: [
          HOST,
          { key: "file", title: "File", example: "Werft", pattern: "[A-Za-z0-9_-]{1,60}" },
          { key: "user", title: "Account name", example: "lina" },
          { key: "password", title: "Password", secret: true },
        ],
        steps: [
          {
            call: {
              url: "https://{host}/fmi/data/vLatest/databases/{file}/sessions",
              basic: { username: "{user}", password: "{password}" },
              json: {},
            },
            take: { token: { at: "response.token" } },
            message: "messages.0.message",
          },
        ],
        lifetimeMs: 14 * 60_000,
        headers: { authorization: "Bearer {token}" },
      },
    },
    identify: { account: "{host}/{file}/{user}", label: "{file} on {host}" },
    check: { path: "/layouts" },
    http: {
      baseUrl: "https://{host}/fmi/data/vLatest/databases/{file}",
      errorMessage: "messages.0.message",
      success: { path: "messages.0.code", equals: "0" },
      errors: [{ statuses: [401, 500], path: "messages.0.code", equals: "952", code: "reauth_required" }],
      rateLimit: { defaultWaitMs: 10_000 },
    },
    pagination: {
      type: "offset",
      first: 1,
      place: { in: "query", name: "_offset" },
      limit: { place: { in: "query", name: "_limit" }, value: 3 },
    },
    objects: {
      part: {
        title: "Parts",
        list: { path: "/layouts/Parts/records" },
        records: "response.data",
        none: [{ status: 500, path: "messages.0.code", equals: "401" }],
        id: "recordId",
        updatedAt: "fieldData.Changed",
        changes: {
          request: {
            method: "POST",
            path: "/layouts/Parts/_find",
            body: { query: [{ Changed: ">={since}" }], offset: "{offset}", limit: "{limit}" },
          },
          pagination: { type: "offset", first: 1, limit: { value: 3 } },
          none: [{ status: 500, path: "messages.0.code", equals: "401" }],
          format: { look: "yyyy-MM-dd HH:mm:ss" },
          zone: "Europe/Berlin",
          inclusive: true,
          lookbackMs: 60_000,
        },
        deletes: { by: "scan" },
        one: {
          request: { method: "GET", path: "/layouts/Parts/records/{id}" },
          record: "response.data.0",
          none: [{ status: 500, path: "messages.0.code", equals: "101" }],
        },
        writes: {
          create: { request: { method: "POST", path: "/layouts/Parts/records", body: { fieldData: "{data}" } }, id: "response.recordId" },
          update: {
            request: { method: "PATCH", path: "/layouts/Parts/records/{id}", body: { fieldData: "{data}" } },
            guard: { place: { in: "body", name: "modId" }, version: "modId" },
          },
          delete: {
            request: { method: "DELETE", path: "/layouts/Parts/records/{id}" },
            also: [{ status: 500, path: "messages.0.code", equals: "101" }],
          },
          fields: [{ path: "Name", type: "string", title: "Name", required: true }],
        },
        fields: [
          { path: "recordId", type: "string", title: "Record" },
          { path: "fieldData.Name", type: "string", title: "Name" },
        ],
        sample: { recordId: "147", modId: "3", fieldData: { Name: "Anchor", Changed: "2026-10-01 08:00:00" } },
      },
    },
  }),

  // A search engine: hits in pages by a scroll that runs out, later pages another call, documents below their envelope.
  strangerFile("Open Search", {
    auth: hostAndUser,
    identify: { request: { path: "/" }, accountId: "cluster_uuid", label: "{cluster_name}" },
    check: { path: "/" },
    http: {
      baseUrl: "https://{host}:9200",
      ports: [9200],
      errorMessage: "error.reason",
      rateLimit: { defaultWaitMs: 5_000, concurrency: { account: 4 } },
    },
    pagination: {
      type: "cursor",
      next: "_scroll_id",
      limit: { value: 100 },
      stop: { total: "hits.total.value", expired: [{ status: 404, path: "error.type", equals: "search_context_missing_exception" }] },
    },
    objects: {
      article: {
        title: "Articles",
        list: {
          method: "POST",
          path: "/articles/_search",
          query: { scroll: "2m" },
          body: { size: "{limit}", track_total_hits: true, query: { match_all: {} } },
        },
        onward: { method: "POST", path: "/_search/scroll", body: { scroll: "2m", scroll_id: "{page}" } },
        records: "hits.hits",
        id: "_id",
        updatedAt: "_source.changed",
        changes: {
          request: {
            method: "POST",
            path: "/articles/_search",
            query: { scroll: "2m" },
            body: { size: "{limit}", track_total_hits: true, query: { range: { changed: { gte: "{since}" } } } },
          },
          format: "iso",
          inclusive: true,
          lookbackMs: 5_000,
        },
        count: { request: { path: "/articles/_count" }, total: "count" },
        one: { request: { method: "GET", path: "/articles/_doc/{id}" } },
        writes: {
          create: { request: { method: "POST", path: "/articles/_doc", body: "{data}" }, id: "_id" },
          update: { request: { method: "POST", path: "/articles/_update/{id}", body: { doc: "{data}" } }, id: "_id" },
          upsert: {
            request: { method: "PUT", path: "/articles/_doc/{key}", body: "{data}" },
            key: "sku",
            id: "_id",
            created: { path: "result", equals: "created" },
          },
          delete: { request: { method: "DELETE", path: "/articles/_doc/{id}" } },
          fields: [
            { path: "title", type: "string", title: "Title", required: true },
            { path: "sku", type: "string", title: "SKU" },
          ],
        },
        fields: [
          { path: "_id", type: "string", title: "Id" },
          { path: "_source.title", type: "string", title: "Title" },
        ],
        sample: { _id: "a-100", _index: "articles", _source: { title: "Bollard", changed: "2026-10-01T08:00:00.000Z" } },
      },
    },
  }),
];
