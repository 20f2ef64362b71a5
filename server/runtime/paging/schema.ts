import { z } from "zod";
import { Path, Sought } from "../auth/parts";

/** Where a value goes in a request. `template` puts text around it: `updated_at:>'{value}'`. */
export const Place = z.strictObject({
  in: z.enum(["query", "body", "header"]),
  /** The name as it is sent (`DateSent>`, `filters[updated_after]`); in a body a path. */
  name: z.string().regex(/^\S+$/),
  template: z.string().includes("{value}").optional(),
  /** Of several values in a query each is a parameter of its own: `fields[]=a&fields[]=b`. Else they are joined by commas. */
  repeat: z.boolean().optional(),
});
export type Place = z.output<typeof Place>;

/** A value of the answer: a path in its body, or a header. */
export const Reading = z.union([Path, z.strictObject({ header: z.string().toLowerCase() })]);
export type Reading = z.output<typeof Reading>;

/** How many rows are asked for. A source may give fewer than asked: reading goes on by what came. */
export const Limit = z.strictObject({ place: Place.optional(), value: z.number().int().positive() });

/** An answer by its status; `path` and `equals` tell it from others with that status. */
export const Outcome = z.strictObject({
  status: z.number().int().min(200).max(599),
  path: Path.optional(),
  equals: z.union([z.string(), z.number(), z.boolean()]).optional(),
});
export type Outcome = z.output<typeof Outcome>;

/** Answers that say that there is nothing (more). */
export const NoneOutcome = Outcome.refine(
  ({ status, path }) => status === 204 || status >= 300 || path !== undefined,
  "an answer that is fine by its status is told by what stands at `path`: give it one",
);

/** What ends a pass besides the style's own sign. What is not declared never ends one. */
const Stop = z.strictObject({
  /** False = this was the last page. True without a way on is an error. */
  more: Reading.optional(),
  /** True = this was the last page. */
  done: Reading.optional(),
  /** Rows in all: ends when that many were seen. */
  total: Reading.optional(),
  /** Pages in all, for numbered ones. */
  pages: Reading.optional(),
  /** A page with fewer rows than the first one was the last. */
  short: z.boolean().default(false),
  /** Past the end the last page comes again: a page that begins as the one before ends the pass. */
  repeated: z.boolean().default(false),
  /** Answers past the end. All but 204 count only after the first page; `path` and `equals` tell them from other errors. */
  statuses: z
    .array(
      z.strictObject({
        status: z.union([204, 400, 404, 410, 416, 422].map((one) => z.literal(one))),
        path: Path.optional(),
        equals: z.union([z.string(), z.number(), z.boolean()]).optional(),
      }),
    )
    .default([]),
  /** Answers to a later page that say that its token or address has run out: the pass is begun anew, from the same moment. */
  expired: z.array(Outcome).default([]),
});
export type Stop = z.output<typeof Stop>;

const common = { limit: Limit.optional(), stop: Stop.prefault({}) };

/** What tokens and keys have in common. */
const marked = {
  place: Place.optional(),
  /** Asked with on the first page, where nothing is not a beginning: `WHERE id > {page}`. */
  begin: z.string().optional(),
  /** The token or key is a JSON value, perhaps of several parts, and goes back as it came. */
  json: z.boolean().default(false),
};

/**
 * How one page leads to the next. Instead of a `place`, the request may hold a hole: `{page}`, `{offset}`, `{from}`, `{to}`,
 * `{limit}`.
 */
export const Pagination = z.discriminatedUnion("type", [
  /** Everything comes at once. */
  z.strictObject({ type: z.literal("none"), ...common }),
  /** A token in the answer goes into the next request. `pattern` takes it out of a longer text; its first group counts. */
  z.strictObject({
    type: z.literal("cursor"),
    next: Reading,
    pattern: Sought.optional(),
    /** What stands there after the last page, besides nothing: "0", "-1". */
    none: z.string().optional(),
    ...marked,
    ...common,
  }),
  /** Numbered pages; ends at an empty page, or where `last` (a page count) or `more` (a boolean) says so. */
  z.strictObject({
    type: z.literal("page"),
    place: Place.optional(),
    first: z.number().int().default(1),
    last: Reading.optional(),
    more: Reading.optional(),
    ...common,
  }),
  /** Rows are counted from `first`; ends at an empty page. */
  z.strictObject({ type: z.literal("offset"), place: Place.optional(), first: z.number().int().min(0).default(0), ...common }),
  /** The last row's key goes into the next request; ends at an empty page. `key` is the record's id when not given. */
  z.strictObject({ type: z.literal("keyset"), key: Path.optional(), ...marked, ...common }),
  /** Rows `{from}` to `{to}`, both included: a `Range` header, rows of a sheet. `size` rows at a time. */
  z.strictObject({
    type: z.literal("range"),
    place: Place.optional(),
    first: z.number().int().min(0).default(0),
    size: z.number().int().positive(),
    ...common,
  }),
  /**
   * The next address comes whole or relative: in the answer at `next`, or in the `Link` header. It must stay on the same
   * host. `against` says what a relative one starts from; `own_host`: the host it names is
   * another one than ours (an inner one, `http://`), and only its path and query count.
   */
  z.strictObject({
    type: z.literal("link"),
    next: Reading.optional(),
    against: z.enum(["request", "base", "own_host"]).default("request"),
    ...common,
  }),
]);
export type Pagination = z.output<typeof Pagination>;

export const MomentFormat = z.enum([
  "iso",
  "iso_s",
  "date",
  "local",
  "unix_s",
  "unix_ms",
  "http_date",
  "odata_datetime",
  "odata_datetimeoffset",
  "ms_json",
]);
export type MomentFormat = z.output<typeof MomentFormat>;

/**
 * A moment as it is written: a format by its name, or a `look` of `yyyy MM dd HH mm ss SSS`, `XX` (+0200), `XXX` (+02:00), and what stands
 * between; letters are T and Z, or stand in quotes. It shows the clock of `zone`.
 */
export const MomentLook = z.union([
  MomentFormat,
  z.strictObject({
    look: z
      .string()
      .max(60)
      .regex(/^(?:yyyy|MM|dd|HH|mm|ss|SSS|XXX|XX|T|Z|'[^']+'|[^A-Za-z'])+$/, "must be like yyyy-MM-dd HH:mm:ss; other letters in quotes")
      .refine((text) => ["yyyy", "MM", "dd"].every((part) => text.includes(part)), "must have yyyy, MM and dd"),
  }),
]);
export type MomentLook = z.output<typeof MomentLook>;

const zoneFits = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

export const Zone = z.string().refine(zoneFits, "not a time zone");

/** Sources that answer only for a bounded time: it is cut into windows. `start` is where the very first read begins. */
export const Window = z
  .strictObject({
    maxMs: z.number().int().positive(),
    start: z.iso.datetime().optional(),
    startAgoMs: z.number().int().positive().optional(),
  })
  .refine((one) => one.start === undefined || one.startAgoMs === undefined, "one start, not two");
export type Window = z.output<typeof Window>;
