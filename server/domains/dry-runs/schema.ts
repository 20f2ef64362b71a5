import { z } from "zod";

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

/** What a mapping would do. `read` is the sum of the six counts. */
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
});
export type DryRunResult = z.infer<typeof DryRunResult>;

export const DRY_RUN_SAMPLES = 20;

/** `pending`: ask again soon (every second or two); a dry run that nobody asks about ends by itself. */
export type DryRunView =
  | { status: "pending" }
  | { status: "done"; result: DryRunResult }
  /** `text` in the words of who asks. */
  | { status: "failed"; code: string; text: string; detail: string | null; next: string };
