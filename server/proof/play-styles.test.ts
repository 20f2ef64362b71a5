import type { Manifest, ManifestInput } from "#server/runtime/manifest";
import { showAll, zedThing as thing, zed, zedHttp } from "#tests/support/zed";

const manifest = (objects: ManifestInput["objects"], rest: Partial<ManifestInput> = {}): Manifest => zed({ objects, ...rest });

/** Styles as the stand-in plays them: every claim holds against it. */
const PLAYED: Record<string, Manifest> = {
  "a list below a list below a list": manifest({
    thing,
    kid: {
      ...thing,
      title: "Kids",
      each: "thing",
      list: { path: "/things/{parent}/kids" },
      parent: { inId: true, skip: [{ status: 403 }] },
    },
    toy: {
      ...thing,
      title: "Toys",
      each: "kid",
      list: { path: "/things/{parent_thing}/kids/{parent}/toys" },
      parent: { as: "kid", inId: true },
    },
  }),
  "tokens that run out": manifest({
    thing: {
      ...thing,
      pagination: {
        type: "cursor",
        next: "next",
        place: { in: "query", name: "cursor" },
        stop: { expired: [{ status: 400, path: "code", equals: "expired" }] },
      },
    },
  }),
  "a token for what is new": manifest({
    thing: { ...thing, changes: { token: { from: "sync", place: { in: "query", name: "sync" } } } },
    other: {
      ...thing,
      title: "Others",
      list: { path: "/others" },
      pagination: { type: "link", next: "next" },
      changes: { token: { from: "delta" } },
    },
    third: {
      ...thing,
      title: "Thirds",
      list: { method: "POST", path: "/thirds", body: {} },
      pagination: { type: "cursor", next: "cursor", place: { in: "body", name: "cursor" }, stop: { more: "more" } },
      changes: { token: { from: "cursor" }, request: { method: "POST", path: "/thirds/on", body: { cursor: "{token}" } } },
    },
    fourth: {
      ...thing,
      title: "Fourths",
      list: { path: "/fourths" },
      changes: { token: { from: "sync", request: { path: "/start" }, place: { in: "query", name: "sync" } } },
    },
  }),
  "moments in a look of their own": manifest({
    thing: {
      ...thing,
      changes: {
        since: { in: "query", name: "from" },
        format: { look: "yyyy-MM-dd HH:mm:ss" },
        zone: "Europe/Vienna",
        inclusive: true,
        lookbackMs: 60_000,
      },
    },
  }),
  "records by their address, or said to be deleted": manifest({
    thing: { ...thing, get: { address: "links.self", record: "thing" } },
    other: {
      ...thing,
      title: "Others",
      list: { path: "/others" },
      pagination: { type: "offset", place: { in: "query", name: "offset" } },
      get: { request: { path: "/others/{id}" }, gone: [{ status: 410 }, { status: 200, path: "state", equals: "deleted" }] },
    },
  }),
  "tokens and keys of several parts": manifest({
    thing: { ...thing, pagination: { type: "cursor", next: "next", json: true, place: { in: "query", name: "after" } } },
    other: {
      ...thing,
      title: "Others",
      list: { method: "POST", path: "/others", body: { search_after: "{page}" } },
      pagination: { type: "keyset", key: "sort", json: true },
    },
  }),
  "a second host": manifest(
    {
      thing: {
        ...thing,
        list: { host: "files", path: "/things" },
        pagination: { type: "link", next: "next" },
        get: { request: { path: "/things/{id}" } },
      },
    },
    {
      http: zedHttp({ hosts: { files: "https://files.zed.example/v2" } }),
    },
  ),
  "lines in orders, counted by orders": manifest({
    thing: {
      ...thing,
      records: "orders",
      nested: { list: "lines", with: { "order.id": "id" } },
      id: ["order.id", "id"],
      pagination: { type: "offset", place: { in: "query", name: "offset" } },
    },
    other: {
      ...thing,
      title: "Others",
      list: { path: "/others" },
      records: "orders",
      nested: { list: "lines" },
      unique: true,
      pagination: { type: "keyset", key: "no", place: { in: "query", name: "after" } },
    },
  }),
  "changes and deletions with next calls of their own": manifest({
    thing: {
      ...thing,
      pagination: { type: "cursor", next: "next" },
      onward: { path: "/things/next/{page}" },
      changes: {
        request: { path: "/changed", query: { since: "{since}" } },
        onward: { path: "/changed/next/{page}" },
        format: "iso",
        inclusive: true,
        lookbackMs: 60_000,
      },
      deletes: {
        by: "feed",
        request: { path: "/gone", query: { since: "{since}" } },
        onward: { path: "/gone/next/{page}" },
        records: "ids",
        id: "id",
      },
    },
  }),
  "an empty answer is an error with a code, or a fine one without a list": manifest({
    thing: {
      ...thing,
      none: [{ status: 500, path: "messages.0.code", equals: "401" }],
      pagination: { type: "offset", place: { in: "query", name: "offset" } },
      changes: { since: { in: "query", name: "since" }, format: "iso", inclusive: true, lookbackMs: 0 },
      deletes: { by: "scan" },
    },
    other: {
      ...thing,
      title: "Others",
      list: { path: "/others" },
      changes: {
        request: { path: "/others/changed" },
        since: { in: "query", name: "since" },
        format: "iso",
        inclusive: true,
        lookbackMs: 0,
        none: [{ status: 200, path: "state", equals: "none" }],
      },
      deletes: {
        by: "feed",
        request: { path: "/others/gone", query: { since: "{since}" } },
        records: "ids",
        id: "id",
        none: [{ status: 404 }],
      },
    },
  }),
  "lists below what changed": manifest({
    thing: { ...thing, changes: { since: { in: "query", name: "since" }, format: "iso", inclusive: true, lookbackMs: 60_000 } },
    kid: {
      ...thing,
      title: "Kids",
      each: "thing",
      list: { path: "/things/{parent}/kids" },
      parent: { inId: true, changed: { rereadMs: 86_400_000 } },
      changes: { since: { in: "query", name: "since" }, format: "iso", inclusive: true, lookbackMs: 60_000 },
    },
  }),
  "bare ids, each fetched": manifest({
    thing: { ...thing, records: "ids", get: { request: { path: "/things/{id}" }, id: "$", record: "thing" } },
  }),
  "ids, fetched many at once": manifest({
    thing: { ...thing, get: { request: { path: "/many", query: { ids: "{ids}" } }, batch: { size: 3, records: "found" } } },
    other: {
      ...thing,
      title: "Others",
      list: { path: "/others" },
      records: "ids",
      get: {
        request: { method: "POST", path: "/others/search", body: { ids: "{ids}" } },
        id: "$",
        record: "other",
        batch: { size: 3, records: "found" },
      },
    },
  }),
  "answers that say that they are fine": manifest(
    { thing, other: { ...thing, title: "Others", list: { path: "/others" }, records: "result.rows" } },
    {
      http: zedHttp({ success: { path: "result.status", equals: ["OK", "NONE"] } }),
    },
  ),
  "a session of several cookies": manifest(
    { thing },
    {
      auth: {
        login: {
          type: "login",
          title: "Login",
          fields: [{ key: "password", title: "Password", secret: true }],
          steps: [
            {
              call: { url: "https://api.zed.example/login", json: { password: "{password}" } },
              take: { jar: { from: "cookies" }, form: { from: "cookie", at: "form-token" } },
            },
          ],
          lifetimeMs: 600_000,
          headers: { cookie: "{jar}", "x-form": "{form}" },
        },
      },
    },
  ),
  "windows that begin a while ago": manifest({
    thing: {
      ...thing,
      changes: {
        since: { in: "query", name: "from" },
        until: { in: "query", name: "to" },
        format: "iso_s",
        inclusive: true,
        lookbackMs: 60_000,
        window: { maxMs: 3 * 86_400_000, startAgoMs: 7 * 86_400_000 },
      },
    },
    other: {
      ...thing,
      title: "Others",
      list: { path: "/others" },
      changes: {
        since: { in: "query", name: "from" },
        until: { in: "query", name: "to" },
        format: "unix_s",
        inclusive: true,
        lookbackMs: 0,
        window: { maxMs: 86_400_000, start: "2026-11-18T00:00:00Z" },
      },
    },
  }),
  "a list of deletions that names the account": manifest(
    {
      thing: {
        ...thing,
        list: { path: "/things", query: { org: "{org_id}" } },
        changes: { since: { in: "query", name: "from" }, format: "iso", inclusive: true, lookbackMs: 0 },
        deletes: {
          by: "feed",
          request: { method: "GET", path: "/gone", query: { org: "{org_id}" }, headers: { "x-org": "{org_id}" } },
          records: "gone",
          id: "id",
          since: { in: "query", name: "from" },
        },
      },
    },
    {
      auth: {
        key: {
          type: "api_key",
          title: "Key",
          fields: [
            { key: "org_id", title: "Organisation", example: "org-7" },
            { key: "api_key", title: "Key", secret: true },
          ],
          headers: { "x-key": "{api_key}" },
        },
      },
    },
  ),
  "moments and pages as numbers of a body": manifest({
    thing: {
      ...thing,
      list: { method: "POST", path: "/search", body: { page: "{page}", size: "{limit}" } },
      pagination: { type: "page", limit: { value: 3 } },
      changes: { since: { in: "body", name: "from" }, format: "unix_ms", inclusive: true, lookbackMs: 60_000 },
    },
  }),
};

showAll(PLAYED);
