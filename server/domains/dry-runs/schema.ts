import { z } from "zod";
import { Direction } from "../templates/schema";

/**
 * What becomes of a record. `same`: nothing the vendor would be told of. `skip`: the filter leaves it out. `remove`: the filter leaves
 * it out and we hold it, so it would be taken away. `quarantine`: held back, because a value does not fit.
 */
export const DRY_RUN_KINDS = ["create", "update", "same", "skip", "remove", "quarantine"] as const;
export type DryRunKind = (typeof DRY_RUN_KINDS)[number];

const count = z.int().min(0);
const Data = z.record(z.string(), z.unknown());

const DryRunSample = z.object({
  what: z.enum(DRY_RUN_KINDS),
  externalId: z.string(),
  /** As we hold it now; null = we do not hold it. */
  before: Data.nullable(),
  /** As it would become; null = nothing would be stored. */
  after: Data.nullable(),
  /** Of a record that is held back: which value does not fit, and why. */
  message: z.string().nullable(),
});
export type DryRunSample = z.infer<typeof DryRunSample>;

const Repeat = z.object({
  /** Of the model, which calls it unique. */
  field: z.string(),
  /** Records that have a value there which another of those looked at has as well. */
  records: count,
  example: z.string(),
});
export type Repeat = z.infer<typeof Repeat>;

/**
 * What becomes of an own record at the third party. `skip`: nothing is sent, for they know it already or decide themselves. `hold`: it waits for a
 * person. `unknown`: the third party was to be asked first and did not answer, or was not asked.
 */
export const WRITE_KINDS = ["create", "update", "delete", "skip", "hold", "unknown"] as const;
export type WriteKind = (typeof WRITE_KINDS)[number];

/** Why a record waits for a person: what it matches is not clear, it is gone there, a value does not fit, it cannot be written there at all. */
const HELD_WHYS = ["several", "gone", "value", "unable"] as const;

const WriteSample = z.object({
  what: z.enum(WRITE_KINDS),
  /** The vendor's own id of it. */
  ownId: z.string(),
  /** The record at the third party; null = there is none yet, or it is not known which. */
  externalId: z.string().nullable(),
  /** What would be sent: field of the model, place at the third party, what stands there as far as it is known, and what is written. */
  fields: z.array(z.object({ target: z.string(), path: z.string(), before: z.unknown(), after: z.unknown() })),
  /** Of one that waits for a person, or of which nothing is known: the field of the model that it is about, and why. */
  field: z.string().nullable(),
  message: z.string().nullable(),
  /** Of one that waits for a person: what kind of reason it is, for words in any language. */
  why: z.enum(HELD_WHYS).optional(),
});
export type WriteSample = z.infer<typeof WriteSample>;

/** What a mapping would write at the third party. `own` is the sum of the six counts. */
export const DryRunWrites = z.object({
  own: count,
  create: count,
  update: count,
  delete: count,
  skip: count,
  hold: count,
  unknown: count,
  /** The third party alone decides whether what is sent as new is new to it: some of `create` may change what is there. */
  mayExist: z.boolean(),
  /** There are more own records than were looked at. */
  more: z.boolean(),
  /** At most {@link DRY_RUN_SAMPLES}, of every kind there was. */
  samples: z.array(WriteSample),
});
export type DryRunWrites = z.infer<typeof DryRunWrites>;

/** What a mapping would do. `read` is the sum of the six counts. A stream of direction `push` reads nothing: all of them are 0. */
export const DryRunResult = z.object({
  /** Where the records came from: those that are stored, or the first ones of the account, read for this. */
  over: z.enum(["stored", "source"]),
  read: count,
  create: count,
  update: count,
  same: count,
  skip: count,
  remove: count,
  quarantine: count,
  /** There are more records than were looked at: the time was up, or there were enough. */
  more: z.boolean(),
  /** The filter is another one: records it left out before are not stored, and only the next full reading brings them. */
  reread: z.boolean(),
  /** Fields that should be unique and are not. Nothing is held back for it: the sync takes records as they are. */
  repeats: z.array(Repeat).default([]),
  /** At most {@link DRY_RUN_SAMPLES}, of every kind there was. */
  samples: z.array(DryRunSample),
  direction: Direction.default("pull"),
  /** Of a stream that writes; null of one that only reads. */
  writes: DryRunWrites.nullable().default(null),
});
export type DryRunResult = z.infer<typeof DryRunResult>;

export const DRY_RUN_SAMPLES = 20;

/** `pending`: ask again soon (every second or two); a dry run that nobody asks about ends by itself. */
export type DryRunView =
  | { status: "pending" }
  | { status: "done"; result: DryRunResult }
  /** `text` in the words of who asks. */
  | { status: "failed"; code: string; text: string; detail: string | null; next: string };
