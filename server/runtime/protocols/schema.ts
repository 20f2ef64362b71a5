import { z } from "zod";
import { Key, Path, Sought } from "../auth/parts";

/**
 * How requests are written and answers are read. Whatever the protocol, an answer becomes a plain value that paths look
 * into. What a request's `body` is: the value (json, form, graphql as `{query, variables}`), the elements (xml, soap: the
 * operation and its parameters), `{method, params}` (jsonrpc, xmlrpc).
 */
export const Protocol = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("json") }),
  /** `items[0][price]=5`; the answer is JSON. */
  z.strictObject({ type: z.literal("form") }),
  z.strictObject({ type: z.literal("graphql") }),
  z.strictObject({ type: z.literal("jsonrpc") }),
  z.strictObject({ type: z.literal("xmlrpc") }),
  /** Names without their prefixes; attributes begin with `@`, the text beside them is `#text`. Values are texts. */
  z.strictObject({ type: z.literal("xml") }),
  /** `namespace` is that of the operation. `header` holds elements of the SOAP header; `{holes}` are filled from the credential. */
  z.strictObject({
    type: z.literal("soap"),
    version: z.enum(["1.1", "1.2"]).default("1.1"),
    namespace: z.string().min(1),
    action: z.string().default(""),
    header: z.record(z.string(), z.json()).default({}),
    /** WS-Security: who asks, in the header, with a digest of the password that holds for this request only; or with the password itself. */
    usernameToken: z.strictObject({ username: z.string(), password: z.string(), digest: z.boolean().default(true) }).optional(),
    /** The answer is what its one element in the SOAP body holds, whatever that is called: `result.records`. Faults stay whole. */
    unwrap: z.boolean().default(false),
  }),
  /** The answer is `{rows: […]}`, named by the first row, or by `columns` where the first row is data. */
  z.strictObject({
    type: z.literal("csv"),
    separator: z.string().length(1).default(","),
    columns: z.array(z.string()).optional(),
  }),
  /** A JSON value a line; the answer is `{rows: […]}`. */
  z.strictObject({ type: z.literal("ndjson") }),
]);
export type Protocol = z.output<typeof Protocol>;

const Scalar = z.union([z.string(), z.boolean(), z.number()]);

/** An answer that means an error. Without `statuses` it is looked for in answers that seem fine. */
export const ErrorRule = z
  .strictObject({
    statuses: z.array(z.number().int()).optional(),
    path: Path.optional(),
    /** Looked at instead of the body. */
    header: z.string().toLowerCase().optional(),
    /** One of: the value is this, is not this, is there (not null, not empty), or its text matches. */
    equals: Scalar.optional(),
    not: Scalar.optional(),
    present: z.boolean().optional(),
    matches: Sought.optional(),
    code: z.enum([
      "provider_invalid_response",
      "provider_unavailable",
      "provider_rate_limited",
      "reauth_required",
      "insufficient_scope",
      "record_invalid",
    ]),
  })
  .refine((rule) => rule.path !== undefined || rule.header !== undefined || rule.statuses !== undefined, "looks at nothing")
  .refine((rule) => rule.path === undefined || rule.header === undefined, "looks at a path or at a header");
export type ErrorRule = z.output<typeof ErrorRule>;

/** How long to wait, read from an answer that says no. Of several values, as a path with `*` finds them, the longest counts. */
export const WaitReader = z
  .strictObject({
    header: z.string().toLowerCase().optional(),
    /** In the header's JSON, or in the body when there is no `header`. */
    path: Path.optional(),
    /** Takes it out of a longer text; the first group counts. */
    pattern: Sought.optional(),
    unit: z.enum(["seconds", "ms", "minutes", "epoch_s", "epoch_ms", "date"]),
  })
  .refine((one) => one.header !== undefined || one.path !== undefined, "reads nothing");
export type WaitReader = z.output<typeof WaitReader>;

/** A budget that fills up again: wait = (needed - left) / perSecond. */
export const Budget = z.strictObject({ left: Path, perSecond: Path, needed: Path });

/** How much is left, read from an answer that says yes. Of several values, as a path with `*` finds them, the scarcest counts. */
const Remaining = z
  .strictObject({
    header: z.string().toLowerCase().optional(),
    /** In the header's JSON, or in the body when there is no `header`. */
    path: Path.optional(),
    /** Takes it out of a longer text: the first group is what is left, or `(?<used>…)` and `(?<of>…)` say how much is used up. */
    pattern: Sought.optional(),
    /** When it is full again. Not given: after `defaultWaitMs`. */
    reset: WaitReader.optional(),
    /** The number says how much is used up, of this much. */
    usedOf: z.number().positive().optional(),
    /** With so many left only people are let through until the reset; with none left, nobody is. */
    reserve: z.number().nonnegative().default(5),
  })
  .refine((one) => one.header !== undefined || one.path !== undefined, "reads nothing");
export type Remaining = z.output<typeof Remaining>;

const Scope = z.enum(["app", "account"]);

/**
 * A limit known beforehand, kept by all workers together. Without `burst` the source counts windows: never more than
 * `requests` in any `perMs`. With it the source has a bucket of its own: `burst` at once, `requests` more every `perMs`.
 */
const Bucket = z.strictObject({
  /** Whom the source counts: the integration (one OAuth app), or each account on it, over all of its connections. */
  scope: Scope,
  /** Tells two buckets of one scope apart. */
  name: Key.default("all"),
  requests: z.number().int().positive(),
  perMs: z
    .number()
    .int()
    .positive()
    .max(24 * 3_600_000),
  burst: z.number().int().positive().optional(),
  /** Only requests by these methods, and to these addresses below the base URL: `*` is one part, `**` any number. */
  methods: z.array(z.string().toUpperCase()).min(1).optional(),
  paths: z
    .array(z.string().regex(/^\/[^?#{}]*$/))
    .min(1)
    .optional(),
});
export type Bucket = z.output<typeof Bucket>;

export const RateLimit = z
  .strictObject({
    statuses: z.array(z.number().int()).default([429]),
    retryAfter: z.string().toLowerCase().default("retry-after"),
    readers: z.array(WaitReader).default([]),
    budget: Budget.optional(),
    /** The wait when the answer names none, or none that helps (0, a moment gone by). */
    defaultWaitMs: z.number().int().positive(),
    /** Who has to wait after a refusal, and whose `remaining` is told: one account, or everybody on the integration. */
    scope: Scope.default("account"),
    buckets: z.array(Bucket).max(20).default([]),
    /** Requests under way at the same time. */
    concurrency: z
      .strictObject({ app: z.number().int().positive().optional(), account: z.number().int().positive().optional() })
      .default({}),
    remaining: z.array(Remaining).default([]),
  })
  .refine(({ buckets }) => new Set(buckets.map((one) => `${one.scope} ${one.name}`)).size === buckets.length, "two buckets have one name");
export type RateLimit = z.output<typeof RateLimit>;
