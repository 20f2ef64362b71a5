import { z } from "zod";
import { Key, Path, Pattern } from "../auth/parts";
import { RequestSpec } from "../paging/request-schema";
import { MomentLook, NoneOutcome, Pagination, Place, Zone } from "../paging/schema";
import { Protocol } from "../protocols/schema";
import { IdPath } from "../record-id";

/**
 * A call that changes something, or asks for one thing. Texts may hold `{path}` holes, filled from what is given: `{id}`,
 * `{data.email}`, `{version}` (guard), `{key}` (value of the upsert's key; `{rest}` is the data without it), `{once}` (our
 * key of this one wish) and `{ref}` (names the record within one batch) of a write, or `{email}` of an action's input; other names are the connection's own (`{realm_id}`). A text of the body that is one
 * hole and nothing else becomes the value itself, whatever its type: `{ "properties": "{data}" }`. Under the name `...` the parts of
 * a value are put in beside the others: `{ "Id": "{id}", "...": "{data}" }`. What has no value is left out
 * of the body, the query and the headers: the text, and an object whose holes all have none. Null is a value where a whole value stands. A
 * hole in the path must have one.
 * `{path|filter}` changes the value first: `quoted` puts `\\` before quotes and backslashes (SOQL, search texts), `doubled` doubles
 * single quotes (OData), `lower`, `upper`, `trim`, `md5`, `base64`, `text` (a number as text), `number`, `json` (the value as JSON
 * text), `join` (a list with commas), and the formats of moments (`unix_s`, `unix_ms`, `iso_s`, `date`, …).
 */
export const Call = z.strictObject({
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]),
  /** One of `http.hosts`, when not the base URL. */
  host: Key.optional(),
  path: z.string().startsWith("/"),
  query: z.record(z.string(), z.string()).default({}),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.json().optional(),
  /** The object's, or the manifest's, when not given. */
  protocol: Protocol.optional(),
});
export type Call = z.output<typeof Call>;

const Scalar = z.union([z.string(), z.boolean(), z.number()]);

/** Answers that mean what they seem not to: a delete of what is gone, a create of what is there. */
const Also = z.strictObject({
  status: z.number().int(),
  path: Path.optional(),
  equals: Scalar.optional(),
  /** Where this answer names the record; `pattern` takes the id out of a longer text, its first group counts. */
  id: Path.optional(),
  pattern: Pattern.optional(),
});
export type Also = z.output<typeof Also>;

/**
 * A fine-looking answer that says no: there is something at `path` (a text, a list that is not empty), or what `equals` names.
 * `message` and `field` are paths from the top of the answer: `data.customerCreate.userErrors.0.message`.
 */
const Refused = z.strictObject({
  path: Path,
  equals: Scalar.optional(),
  message: Path.optional(),
  /** Where it names the field it means. */
  field: Path.optional(),
});
export type Refused = z.output<typeof Refused>;

/**
 * Where the new id is: in the answer, or in a header. `pattern` takes it out of a longer text, its first group counts; of an address in a
 * header the last part is taken.
 */
const NewId = z.union([
  IdPath,
  z.strictObject({ header: z.string().toLowerCase(), pattern: Pattern.optional() }),
  z.strictObject({ path: Path, pattern: Pattern }),
]);
export type NewId = z.output<typeof NewId>;

/**
 * What keeps a create that is sent twice from making two. `key`: the third party knows our key and answers as the first time.
 * `find`: we look for the record by what we send before a repeat. Neither: an unknown outcome is left for a person.
 */
const Once = z.discriminatedUnion("by", [
  z.strictObject({
    by: z.literal("key"),
    place: Place,
    /** How long the third party remembers; after it a repeat is not sent. */
    rememberedMs: z
      .number()
      .int()
      .positive()
      .default(24 * 3_600_000),
  }),
  z.strictObject({
    by: z.literal("find"),
    /** Holes as in the write's own call. */
    request: Call,
    records: Path,
    id: IdPath,
    /** Field of `data` → path in a found record: all must be equal, or it is another one. */
    match: z.record(z.string(), Path),
    /** When a found record was made: what is older than our first attempt is another one. Needed where `match` is not unique. */
    createdAt: Path.optional(),
    /** How long it may take until what was made is found. */
    settleMs: z.number().int().nonnegative().max(20_000).default(1_000),
  }),
]);
export type Once = z.output<typeof Once>;

/**
 * The same write for many records at once: `{items}` in the body becomes the list of `item` filled for each. Where
 * creations are told apart by a key, `item` may hold each one's, as `{once}`; else the batch gets one of its own.
 */
const Batch = z.strictObject({
  request: Call,
  item: z.json(),
  size: z.number().int().min(2).max(10_000),
  /**
   * One result a record. `by`: they come in the order sent (`order`), or name the record at `key`, which is what `item` holds at
   * `itemKey`. Without `list`, all went well or none did.
   */
  results: z
    .strictObject({
      list: Path,
      by: z.enum(["order", "key"]).default("order"),
      key: Path.optional(),
      itemKey: Path.optional(),
      id: IdPath.optional(),
      /** A result is fine when the value here is this (or simply there), and is not when there is something at `error`. */
      ok: z.strictObject({ path: Path, equals: Scalar.optional() }).optional(),
      error: Path.optional(),
      /** The field a failed result means. */
      field: Path.optional(),
      /** Failed ones stand in a list of their own; each names its record at `errorKey`, or at `key` when that is not given. */
      errors: Path.optional(),
      errorKey: Path.optional(),
    })
    .optional(),
});
export type Batch = z.output<typeof Batch>;

const common = {
  request: Call,
  batch: Batch.optional(),
  /** Where the whole record stands in the answer, when it comes back. */
  record: Path.optional(),
  /** Statuses that mean it is done all the same. */
  also: z.array(Also).default([]),
  refused: Refused.optional(),
};

const Write = z.strictObject({ ...common, id: NewId.optional() });

/** The third party refuses the write when the record has changed since: the version's place, and where a record shows it. */
const Guard = z.strictObject({
  place: Place,
  version: Path,
  /** No write without it: when none is given, the record is read for it just before. */
  required: z.boolean().default(false),
});
export type Guard = z.output<typeof Guard>;

/** How records of an object are changed. What is not here, the object cannot. */
export const Writes = z.strictObject({
  create: z.strictObject({ ...common, id: NewId, once: Once.optional() }).optional(),
  update: Write.extend({ guard: Guard.optional() }).optional(),
  /** Makes or changes by a key of ours: field of `data` that is the key. */
  upsert: Write.extend({ key: z.string(), created: z.strictObject({ path: Path, equals: Scalar }).optional() }).optional(),
  delete: z
    .strictObject({ ...common, guard: Guard.optional(), also: z.array(Also).default([{ status: 404 }, { status: 410 }]) })
    .optional(),
  /** Accounts have fields of their own: names that are not listed are sent as they are given. */
  open: z.boolean().default(false),
  /** What may be sent. Names are paths in `data`. Read-only fields are simply not here. */
  fields: z
    .array(
      z.strictObject({
        path: Path,
        type: z.enum(["string", "number", "boolean", "datetime", "date", "array", "object"]),
        title: z.string(),
        required: z.boolean().default(false),
        /** Given at the creation only. */
        createOnly: z.boolean().default(false),
        /** Given to a change only: a creation does not know it. */
        updateOnly: z.boolean().default(false),
        values: z.array(Scalar).min(1).optional(),
        maxLength: z.number().int().positive().optional(),
      }),
    )
    .min(1),
});
export type Writes = z.output<typeof Writes>;

/** How one record is asked for by its `{id}`: what a webhook named, or a write left in doubt. */
export const One = z.strictObject({
  request: Call,
  record: Path.default("$"),
  /** Answers that mean "there is none". */
  none: z.array(Also).default([{ status: 404 }, { status: 410 }]),
});
export type One = z.output<typeof One>;

/**
 * How the deletion of records is learned. `mark`: a field of the record says so. `feed`: a list of its own names them, from
 * the moment the last pass began, before its changes are read. `scan`: nobody says; a whole reading, made every `everyMs`, shows
 * who is missing.
 */
export const Deletes = z.discriminatedUnion("by", [
  /** `id`: where a deleted record has its id, when not where others have it. */
  z.strictObject({ by: z.literal("mark"), path: Path, equals: Scalar.optional(), id: IdPath.optional() }),
  z.strictObject({
    by: z.literal("feed"),
    request: Call.extend({ method: z.enum(["GET", "POST"]).default("GET") }),
    protocol: Protocol.optional(),
    pagination: Pagination.optional(),
    /** Asked for every page but the first; the object's own goes along with its tokens only. */
    onward: RequestSpec.optional(),
    records: Path,
    id: IdPath,
    /** Answers that say that nothing (more) was deleted. */
    none: z.array(NoneOutcome).default([]),
    /** The list tells of other changes as well: these rows are the deletions. */
    where: z.strictObject({ path: Path, equals: Scalar }).optional(),
    /** Not given: the request holds `{since}`. */
    since: Place.optional(),
    format: MomentLook.default("iso"),
    zone: Zone.default("UTC"),
  }),
  z.strictObject({ by: z.literal("scan"), everyMs: z.number().int().positive().default(86_400_000) }),
]);
export type Deletes = z.output<typeof Deletes>;

const ActionField = z.strictObject({
  key: z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/),
  title: z.string(),
  help: z.string().optional(),
  type: z.enum(["string", "number", "boolean", "datetime", "date", "array", "object"]),
  required: z.boolean().default(false),
  values: z.array(Scalar).min(1).optional(),
  maxLength: z.number().int().positive().optional(),
  example: z.json().optional(),
});

/**
 * One thing a system does on request: send a message, quote a parcel, look up an address. `lookup` changes nothing and may be
 * asked again; `action` may not be, unless `once` says how.
 */
export const Action = z.strictObject({
  title: z.string(),
  description: z.string(),
  kind: z.enum(["lookup", "action"]),
  input: z.array(ActionField),
  request: Call,
  /** Where the result stands in the answer. */
  result: Path.default("$"),
  /** Fields of the result, by path from it. A result that is a list has these fields in each element. */
  output: z
    .array(
      z.strictObject({
        path: Path,
        type: z.enum(["string", "number", "boolean", "datetime", "date", "array", "object"]),
        title: z.string(),
      }),
    )
    .min(1),
  /** Answers that mean "nothing found": the result is null. A fine answer may, too (`status: 200` with a `path`). */
  none: z.array(Also).default([]),
  refused: Refused.optional(),
  once: Once.optional(),
  sample: z.strictObject({ input: z.record(z.string(), z.json()), answer: z.json() }),
});
export type Action = z.output<typeof Action>;

export const Actions = z.record(Key, Action);

/** How we ask to be called: made when a connection is, renewed before it ends, taken back when the connection goes. */
export const Subscription = z.strictObject({
  /** `{url}` is our address for this connection, `{secret}` what we made for it, `{topic}` one of `topics`. */
  create: Call,
  /** One call a topic; none = one call for all. */
  topics: z.array(z.string()).default([]),
  id: Path,
  /** The third party makes the secret: where it stands in the answer. */
  secret: Path.optional(),
  lifetimeMs: z.number().int().positive().optional(),
  renew: Call.optional(),
  remove: Call.optional(),
});
export type Subscription = z.output<typeof Subscription>;
