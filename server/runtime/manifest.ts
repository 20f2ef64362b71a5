import { z } from "zod";
import { authFaults } from "./auth/check-auth";
import { HttpsUrl, Key, Path } from "./auth/parts";
import { AuthMethod } from "./auth/schema";
import { ExportJob, WholeFile } from "./paging/export-schema";
import { Get, Nested } from "./paging/records-schema";
import { RequestSpec } from "./paging/request-schema";
import { MomentLook, NoneOutcome, Outcome, Pagination, Place, Reading, Window, Zone } from "./paging/schema";
import { ErrorRule, Protocol, RateLimit } from "./protocols/schema";
import { RecordId } from "./record-id";
import { Webhooks } from "./webhooks/scheme";
import { Actions, Deletes, One, Writes } from "./writes/schema";

/** Asks for chosen fields by name: those of `fields` whose path starts with `prefix`. A query gets them joined by commas, a body as an array. */
const Select = z.strictObject({ prefix: z.string(), place: Place });

const FieldType = z.enum(["string", "number", "boolean", "datetime", "date", "array", "object"]);

/** How an account says which fields its records have, its own among them. Paths but `fields` start at one described field. */
const Describe = z.strictObject({
  request: RequestSpec,
  fields: Path,
  name: Path,
  title: Path.optional(),
  /** Its type in the source's words, and what those mean; a word that is not here is text. */
  type: Path.optional(),
  types: z.record(z.string(), FieldType).default({}),
  /** Put before the name, it is the field's path in a record. */
  prefix: z.string().default(""),
  /** What marks a field of the account's own: true, or this value. */
  custom: z.strictObject({ path: Path, equals: z.union([z.string(), z.boolean(), z.number()]).optional() }).optional(),
  required: Path.optional(),
  /** All values there are. */
  values: z.strictObject({ list: Path, value: Path }).optional(),
});

/**
 * The source hands out a token for what it has told; with it, only what is new is told. It is read from each page, of the full listing
 * too, and the last one told counts; or first of all from `request`, where listings do not tell it. It goes to `place`, or stands
 * where the request holds `{token}`; with pages by `link` it is an address where neither is given. `expired`: then all is read anew.
 */
const Token = z.strictObject({
  from: Reading,
  request: RequestSpec.optional(),
  place: Place.optional(),
  expired: z.array(Outcome).default([{ status: 410 }]),
});

/** How to ask for what changed since a moment, or by a token. What is not given is taken from the object's full listing. */
const Changes = z
  .strictObject({
    request: RequestSpec.optional(),
    pagination: Pagination.optional(),
    /** The object's own goes along with its tokens only: with pages of another kind it is to be said here. */
    onward: RequestSpec.optional(),
    select: Select.optional(),
    records: Path.optional(),
    /** The object's own counts where `records` and `record` are not given. */
    nested: Nested.optional(),
    /** The object's own count where `request` is not given: another call that is not there must not look like one with nothing new. */
    none: z.array(NoneOutcome).optional(),
    /** Rows are events: where in each the record stands, as far as an event shows it. */
    record: Path.optional(),
    /** Rows tell what has changed, and not what it is now: each record is then fetched, once a page. */
    get: Get.optional(),
    /** Instead of a moment. */
    token: Token.optional(),
    /** Not given: the request holds `{since}`. */
    since: Place.optional(),
    until: Place.optional(),
    format: MomentLook.optional(),
    /** Whose clock formats without a zone show, and texts without one mean. */
    zone: Zone.default("UTC"),
    /** False when the source answers "later than" and not "from … on". */
    inclusive: z.boolean().optional(),
    /** How long after its time stamp a change may become visible. Re-reading costs little, missing costs a record. */
    lookbackMs: z.number().int().nonnegative().optional(),
    window: Window.optional(),
    /** How far back it goes; for what is longer ago, everything is read. */
    reachMs: z.number().int().positive().optional(),
    /** Rows after which one query gives no more; the query is then begun anew from the last time seen. */
    windowCap: z.number().int().positive().optional(),
    order: z.enum(["updated_ascending", "unknown"]).default("unknown"),
    /** After so long everything is read again: for what such questions do not show (changes of old rows, deletions). */
    rereadMs: z.number().int().positive().optional(),
  })
  .refine((c) => c.windowCap === undefined || c.order === "updated_ascending", "a capped window needs an ascending order")
  .superRefine(({ token, format, inclusive, lookbackMs }, report) => {
    for (const [name, value] of Object.entries({ format, inclusive, lookbackMs }))
      if (!token && value === undefined) report.addIssue({ code: "custom", path: [name], message: "is missing: changes by time need it" });
  })
  .transform(({ format = "iso" as const, inclusive = true, lookbackMs = 0, ...rest }) => ({ ...rest, format, inclusive, lookbackMs }));

const ObjectSpec = z
  .strictObject({
    title: z.string(),
    /** Not given: everything comes by `job`; or nobody can be asked, and the third party's calls bring them (`webhooks.events.record`). */
    list: RequestSpec.optional(),
    protocol: Protocol.optional(),
    pagination: Pagination.optional(),
    /** Asked instead for every page but the first, where that is another call; it holds `{page}`. */
    onward: RequestSpec.optional(),
    select: Select.optional(),
    records: Path,
    nested: Nested.optional(),
    /** The records stand in an object, each under its key; the key is put into each at this name. */
    keyedBy: Key.optional(),
    /** The source leaves the list out when there is nothing; what holds it must be there. */
    leavesOutEmpty: z.boolean().default(false),
    /** Answers that say that there is nothing (more): errors, or fine ones without the list. */
    none: z.array(NoneOutcome).default([]),
    /** Rows are lists of cells. The answer has the columns' names at `names`; a row becomes `{[number]: its number, cells: {…}}`. */
    table: z.strictObject({ names: Path, number: Key }).optional(),
    id: RecordId,
    /** Of records in lists inside rows, or below a parent: no two of them have one id, whatever row or parent they are of. */
    unique: z.boolean().default(false),
    /** Not given: nothing in a record tells when it changed. */
    updatedAt: Path.optional(),
    /** Stands in where `updatedAt` is null, as it is for some until the first change. */
    createdAt: Path.optional(),
    total: Reading.optional(),
    /** Asked once, as everything is read for the first time, where the listing itself does not say how many there are. */
    count: z.strictObject({ request: RequestSpec, total: Reading }).optional(),
    changes: Changes.optional(),
    /** What an answer of the connect form changes: how pages follow each other, how changes are asked for. Of several the last counts. */
    variants: z
      .array(
        z.strictObject({
          when: z.strictObject({ field: Key, is: z.string() }),
          pagination: Pagination.optional(),
          changes: Changes.optional(),
        }),
      )
      .default([]),
    /**
     * The list is asked for each record of another object, whose id is `{parent}`. Where that hangs on another itself, `{parent_thing}`
     * is the id of the `thing` above. A record that is gone (404, 410) is passed over.
     */
    each: Key.optional(),
    /**
     * With `each`: what there is to know of whose records they are. `as`: where a record is to say it. `inId`: ids are unique within one
     * parent only, and are joined with its. `skip`: answers by which a record says that it has no such list. `changed`: what happens in a
     * list changes its parent, so that only parents that changed are asked; all of them every `rereadMs`.
     */
    parent: z
      .strictObject({
        as: Path.optional(),
        inId: z.boolean().default(false),
        skip: z.array(Outcome).default([]),
        changed: z.strictObject({ rereadMs: z.number().int().positive() }).optional(),
      })
      .optional(),
    /** The list tells ids only: each record is fetched by `{id}`. */
    get: Get.optional(),
    /** Everything is written to a file on demand, which is then read. Stands in for the full listing. */
    job: ExportJob.optional(),
    /** Everything stands in one file. Stands in for the full listing. */
    file: WholeFile.optional(),
    /** One record by its id. */
    one: One.optional(),
    writes: Writes.optional(),
    /** Not given: deletions are not learned. */
    deletes: Deletes.optional(),
    /** Not given: the fields below, and what samples show. */
    describe: Describe.optional(),
    fields: z
      .array(
        z.strictObject({
          path: Path,
          type: FieldType,
          title: z.string(),
        }),
      )
      .min(1),
    sample: z.record(z.string(), z.json()),
  })
  .refine((one) => one.deletes?.by !== "feed" || one.changes !== undefined, "a list of deletions needs `changes` to go with");

type Known = { objects: Record<string, z.output<typeof ObjectSpec>>; webhooks?: z.output<typeof Webhooks> | undefined };

type ShapeFault = { at: string[]; message: string } | null;

/** Ways to read that do not go together. */
function wayFault({ job, file, each, nested, table }: z.output<typeof ObjectSpec>): ShapeFault {
  if (nested && table) return { at: ["nested"], message: "cannot be used with `table`: cells hold no lists" };
  if (file && (job || each)) return { at: ["file"], message: `cannot be used with \`${job ? "job" : "each"}\`: a file holds everything` };
  return job && each ? { at: ["job"], message: "cannot be used with `each`: a file holds everything" } : null;
}

/** What is wrong with an object beyond its shape, or null. */
function objectFault(spec: z.output<typeof ObjectSpec>, brought: boolean): ShapeFault {
  const { list, changes, job, file, each, deletes } = spec;
  if (!list && (changes || each)) return { at: [], message: "is read somehow, and has no `list`" };
  const fault = wayFault(spec);
  if (fault) return fault;
  if (!list && !job && !file && !brought)
    return { at: [], message: "has no `list`, and no call brings its records (`webhooks.events.record`)" };
  if (!changes?.token || (each === undefined && deletes?.by !== "feed")) return null;
  return { at: ["changes", "token"], message: "cannot be used with `each`, nor with a list of deletions: a token belongs to one list" };
}

const objectFaults = ({ objects, webhooks }: Known): { path: string[]; message: string }[] =>
  Object.entries(objects).flatMap(([key, spec]) => {
    const fault = objectFault(spec, webhooks?.events.record !== undefined);
    return fault ? [{ path: ["objects", key, ...fault.at], message: fault.message }] : [];
  });

/** Requests that name a host there is none of. */
function strayHosts(manifest: { http: { hosts: Record<string, string> } }): { path: (string | number)[]; message: string }[] {
  const faults: { path: (string | number)[]; message: string }[] = [];
  const walk = (value: unknown, path: (string | number)[]): void => {
    if (typeof value !== "object" || value === null || path.at(-1) === "sample" || path.at(-1) === "body") return;
    const { host, path: way } = value as { host?: unknown; path?: unknown };
    if (typeof host === "string" && typeof way === "string" && way.startsWith("/") && !Object.hasOwn(manifest.http.hosts, host))
      faults.push({ path: [...path, "host"], message: `there is no host "${host}" in \`http.hosts\`` });
    for (const [name, inner] of Object.entries(value)) walk(inner, [...path, Array.isArray(value) ? Number(name) : name]);
  };
  const { auth: _auth, ...rest } = manifest as { auth?: unknown };
  walk(rest, []);
  return faults;
}

/**
 * How to talk to one third party, as plain data (design.md §4.1). Adding a system is writing one of these; a new key here
 * must be read by the runtime, which `conformance.test.ts` holds.
 */
export const Manifest = z
  .strictObject({
    key: z.string().regex(/^[a-z][a-z0-9-]*$/, "must be a name of small letters, digits and -"),
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
    /** A cheap call that proves the credential at the API itself. Not given: there is none to prove. */
    check: RequestSpec.optional(),
    http: z.strictObject({
      baseUrl: HttpsUrl,
      /** Further base URLs by name, where some requests go to another host of the same system; the credential goes there too. */
      hosts: z.record(Key, HttpsUrl).default({}),
      /** Ports that its addresses name, or that who connects may enter, besides 443 and 8443. Hosts are public ones all the same. */
      ports: z.array(z.number().int().min(1_024).max(65_535)).max(8).default([]),
      headers: z.record(z.string(), z.string()).default({}),
      /** Where an error answer keeps its text. */
      errorMessage: Path,
      /** Where an error answer names the field it means. */
      errorField: Path.optional(),
      /** Answers that are errors whatever their status says. */
      protocol: Protocol.prefault({ type: "json" }),
      /** What a fine answer says of itself, or one of several words for it; an answer that says otherwise is an error, whatever its status. */
      success: z
        .strictObject({ path: Path, equals: z.union([z.string(), z.boolean(), z.number(), z.array(z.string()).min(1)]) })
        .optional(),
      errors: z.array(ErrorRule).default([]),
      rateLimit: RateLimit,
    }),
    pagination: Pagination,
    objects: z.record(Key, ObjectSpec),
    /** How the third party calls us. Not given: it does not, and is asked on schedule. */
    webhooks: Webhooks.optional(),
    /** What the system does on request, besides keeping records. */
    actions: Actions.default({}),
  })
  .superRefine((manifest, report) => {
    for (const fault of objectFaults(manifest)) report.addIssue({ code: "custom", ...fault });
    for (const { path, message } of [...authFaults(manifest.auth, manifest.http), ...strayHosts(manifest)])
      report.addIssue({ code: "custom", path, message });
  });

export type Manifest = z.output<typeof Manifest>;
export type ManifestInput = z.input<typeof Manifest>;
export type ObjectSpec = z.output<typeof ObjectSpec>;
export type Changes = z.output<typeof Changes>;
export type Describe = z.output<typeof Describe>;
export type Select = z.output<typeof Select>;

export type { RequestSpec } from "./paging/request-schema";

/** Types a manifest where it is written, and keeps its literal names. It is parsed when the registry first gives it out. */
export const defineConnector = <const M extends ManifestInput>(manifest: M): M => manifest;
