import { z } from "zod";
import { Key } from "../auth/parts";

/**
 * A request below `http.baseUrl`. Holes like `{accessToken}` or `{subdomain}` in the path are filled from credential and
 * config; `{+path}` may have several parts. Of a listing, path, query, headers and body may hold `{since}`, `{until}`, `{page}`, `{offset}`, `{from}`, `{to}`,
 * `{limit}`, `{token}`, `{parent}`, `{parent_thing}`, `{parent.field}`, `{id}` and `{row.field}`. A text of a body that is one hole becomes
 * the value itself, and with `|number` or `|text` the one or the other.
 */
export const RequestSpec = z.strictObject({
  method: z.enum(["GET", "POST"]).default("GET"),
  /** One of `http.hosts`, when not the base URL. */
  host: Key.optional(),
  path: z.string().startsWith("/"),
  query: z.record(z.string(), z.string()).default({}),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.json().optional(),
  /** How long the answer may take, to its last byte; of a file to its first. */
  timeoutMs: z.number().int().min(1_000).max(600_000).optional(),
});
export type RequestSpec = z.output<typeof RequestSpec>;
