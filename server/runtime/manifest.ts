import { z } from "zod";
import { authFaults } from "./auth/check-auth";
import { HttpsUrl, Key, Path } from "./auth/parts";
import { AuthMethod } from "./auth/schema";
import { Webhooks } from "./webhooks/scheme";

/** Where a value goes in a request: a query parameter, or a path in the JSON body. */
const Place = z.strictObject({ in: z.enum(["query", "body"]), name: Path });

/** A request below `http.baseUrl`. Holes like `{accessToken}` or `{subdomain}` are filled from credential and config. */
const RequestSpec = z.strictObject({
  method: z.enum(["GET", "POST"]).default("GET"),
  path: z.string().startsWith("/"),
  query: z.record(z.string(), z.string()).default({}),
  body: z.json().optional(),
});

const Limit = z.strictObject({ place: Place, value: z.number().int().positive() });
const Pagination = z.discriminatedUnion("type", [
  /** A token in the answer goes into the next request. */
  z.strictObject({ type: z.literal("cursor"), next: Path, place: Place, limit: Limit.optional() }),
  /** Numbered pages; ends at an empty page, or where `last` (a page count) or `more` (a boolean) says so. */
  z.strictObject({
    type: z.literal("page"),
    place: Place,
    first: z.number().int().default(1),
    last: Path.optional(),
    more: Path.optional(),
    limit: Limit.optional(),
  }),
  /** The next address comes whole: in the answer at `next`, or in the `Link` header. It must stay on the same host. */
  z.strictObject({ type: z.literal("link"), next: Path.optional(), limit: Limit.optional() }),
]);

/** Asks for chosen fields by name: those of `fields` whose path starts with `prefix`. A query gets them joined by commas, a body as an array. */
const Select = z.strictObject({ prefix: z.string(), place: Place });

/** How to ask for what changed since a moment. What is not given is taken from the object's full listing. */
const Changes = z
  .strictObject({
    request: RequestSpec.optional(),
    pagination: Pagination.optional(),
    select: Select.optional(),
    since: Place,
    format: z.enum(["iso", "unix_s", "unix_ms"]),
    /** False when the source answers "later than" and not "from … on". */
    inclusive: z.boolean(),
    /** How long after its time stamp a change may become visible. Re-reading costs little, missing costs a record. */
    lookbackMs: z.number().int().nonnegative(),
    /** Rows after which one query gives no more; the query is then begun anew from the last time seen. */
    windowCap: z.number().int().positive().optional(),
    order: z.enum(["updated_ascending", "unknown"]).default("unknown"),
  })
  .refine((c) => c.windowCap === undefined || c.order === "updated_ascending", "a capped window needs an ascending order");

const ObjectSpec = z.strictObject({
  title: z.string(),
  list: RequestSpec,
  pagination: Pagination.optional(),
  select: Select.optional(),
  records: Path,
  id: Path,
  updatedAt: Path,
  total: Path.optional(),
  changes: Changes.optional(),
  fields: z
    .array(
      z.strictObject({
        path: Path,
        type: z.enum(["string", "number", "boolean", "datetime", "date", "array", "object"]),
        title: z.string(),
      }),
    )
    .min(1),
  sample: z.record(z.string(), z.json()),
});

/**
 * How to talk to one third party, as plain data (design.md §4.1). Adding a system is writing one of these; a new key here
 * must be read by the runtime, which `conformance.test.ts` holds.
 */
export const Manifest = z
  .strictObject({
    key: z.string().regex(/^[a-z][a-z0-9-]*$/),
    name: z.string(),
    tagline: z.string().max(120),
    description: z.string(),
    categories: z.array(z.string()).min(1),
    docs: z.array(z.strictObject({ title: z.string(), url: HttpsUrl, readAt: z.iso.date() })).min(1),
    auth: z.record(Key, AuthMethod),
    /**
     * Which account this is: an id in the answer to `request`, or, where no call tells, what was entered or brought along, as
     * `account` puts it together (a secret in it is hashed). `label` may hold `{path}` holes.
     */
    identify: z
      .strictObject({ request: RequestSpec.optional(), accountId: Path.optional(), account: z.string().optional(), label: z.string() })
      .refine((one) => one.account !== undefined || (one.request !== undefined && one.accountId !== undefined), "names no account"),
    /** A cheap call that proves the credential at the API itself. */
    check: RequestSpec,
    http: z.strictObject({
      baseUrl: HttpsUrl,
      headers: z.record(z.string(), z.string()).default({}),
      /** Where an error answer keeps its text. */
      errorMessage: Path,
      /** Answers that are errors whatever their status says. */
      errors: z
        .array(
          z.strictObject({
            path: Path,
            equals: z.union([z.string(), z.boolean(), z.number()]),
            code: z.enum([
              "provider_invalid_response",
              "provider_unavailable",
              "provider_rate_limited",
              "reauth_required",
              "insufficient_scope",
            ]),
          }),
        )
        .default([]),
      rateLimit: z.strictObject({
        statuses: z.array(z.number().int()).default([429]),
        retryAfter: z.string().default("retry-after"),
        defaultWaitMs: z.number().int().positive(),
      }),
    }),
    pagination: Pagination,
    objects: z.record(Key, ObjectSpec),
    /** How the third party calls us. Not given: it does not, and is asked on schedule. */
    webhooks: Webhooks.optional(),
  })
  .superRefine((manifest, report) => {
    for (const { path, message } of authFaults(manifest.auth, manifest.http.baseUrl)) report.addIssue({ code: "custom", path, message });
  });

export type Manifest = z.output<typeof Manifest>;
export type ManifestInput = z.input<typeof Manifest>;
export type RequestSpec = z.output<typeof RequestSpec>;
export type Pagination = z.output<typeof Pagination>;
export type ObjectSpec = z.output<typeof ObjectSpec>;
export type Changes = z.output<typeof Changes>;
export type Place = z.output<typeof Place>;
export type Select = z.output<typeof Select>;

/** Types a manifest where it is written, and keeps its literal names. It is parsed when the registry first gives it out. */
export const defineConnector = <const M extends ManifestInput>(manifest: M): M => manifest;
