import { z } from "zod";
import { StreamOffers } from "./offers";

const DAY_MS = 86_400_000;

/** Which way records go: in; out; or both. Fixed: another direction is another stream. */
export const Direction = z.enum(["pull", "push", "two_way"]);
export type Direction = z.infer<typeof Direction>;

/** Who decides about a field that both sides changed. `newest`: whoever changed last. `manual`: a person. */
export const Owner = z.enum(["ours", "theirs", "newest", "manual"]);
export type Owner = z.infer<typeof Owner>;

/** By field of the model; the others as `default` says. */
export const Owners = z.strictObject({
  default: Owner.default("newest"),
  fields: z.record(z.string().min(1).max(200), Owner).default({}),
});
export type Owners = z.infer<typeof Owners>;

const Scalar = z.union([z.string().max(10_000), z.number(), z.boolean()]);

/**
 * A question asked for each record that is new or has changed, before it is mapped. Its answer stands in the record at `lookups.<key>`, and is
 * mapped from there like any other field.
 */
export const Lookup = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, "a key is made of small letters, digits and _, and begins with a letter"),
  /** Key of a lookup of the connector's manifest. */
  action: z.string().min(1).max(100),
  /** Whose connector is asked, by the customer's account there. Absent = the template's own integration, by the stream's connection. */
  integration: z.string().min(1).max(100).optional(),
  /** By the input's key: a path of the record, answers of earlier lookups among them, or the same for all. */
  input: z.record(
    z.string().max(100),
    z.union([z.strictObject({ from: z.string().min(1).max(500) }), z.strictObject({ constant: Scalar })]),
  ),
  /** What trouble does: hold the record back until it is over, or leave the answer empty. Nothing found is no trouble. */
  onError: z.enum(["quarantine", "null"]).default("quarantine"),
});
export type Lookup = z.infer<typeof Lookup>;

/** It cannot be turned off. */
const DeleteGuard = z.strictObject({
  records: z.number().int().min(0).max(1_000).optional(),
  percent: z.number().int().min(1).max(50).optional(),
});

/** What of a stream may be changed at any time. */
const settings = {
  /** Shown to the customer: "Contacts". */
  label: z.string().trim().min(1).max(80),
  intervalMs: z.number().int().min(10_000).max(DAY_MS).default(300_000),
  /** How many days before it is turned on a customer's records must have changed to be read the first time. Null or absent = all. */
  backfillDays: z.number().int().min(1).max(3_650).nullable().optional(),
  /** Push and two-way: field of the model by which a record is looked for before another is made. Null or absent = none. */
  match: z.string().min(1).max(200).nullable().optional(),
  /** Two-way. Absent = `newest` for all fields. */
  owners: Owners.optional(),
  /** Push and two-way: what the deletion of an own record does at the third party. Absent = `keep`. */
  deletes: z.enum(["keep", "propagate"]).optional(),
  /**
   * How many records may be missing, or be left out by a changed filter, before their deletion waits for a person: so many, or so many percent of
   * all, whichever is more; of a few records never more than half. Absent = 50 and 20 %.
   */
  deleteGuard: DeleteGuard.optional(),
  /** What of it customers may choose. Absent = whether it flows. */
  offers: StreamOffers.optional(),
  /** Pull: what is asked about each record, one after the other. */
  lookups: z.array(Lookup).max(5).optional(),
};

/** One object ↔ model flow that a template offers. Its mapping lives in `mappings`, versioned by itself. */
export const TemplateStream = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9_]*$/),
  /** Object of the connector's manifest. */
  object: z.string().min(1),
  /** Key of the vendor's model. */
  model: z.string().min(1),
  /** Absent = `pull`. */
  direction: Direction.optional(),
  ...settings,
});
export type TemplateStream = z.infer<typeof TemplateStream>;

/** A stream as it is added: what it is, and what of its settings is not as usual. */
export const NewStream = z.strictObject({
  object: z.string().min(1).max(100),
  model: z.string().min(1).max(60),
  direction: Direction.optional(),
  ...settings,
  /** The object's title when not given. */
  label: settings.label.optional(),
});
export type NewStream = z.infer<typeof NewStream>;

/** A stream's settings as they are sent, by its key. */
export const StreamSettings = z.strictObject({ key: z.string().min(1).max(100), ...settings });
export type StreamSettings = z.infer<typeof StreamSettings>;

/** How a roll-out goes: how long each step is watched (a minute to a week), and how much may go wrong. */
export const Pacing = z.strictObject({
  watchMs: z.number().int().min(60_000).max(604_800_000).optional(),
  /** So many of a hundred moved records may be held back that were not before. */
  maxErrorPercent: z.number().int().min(0).max(100).optional(),
});
export type Pacing = z.infer<typeof Pacing>;

/** What is to become of a template with its next version, but for its mappings, which have drafts of their own. */
export type TemplateDraft = { name: string; description: string; streams: TemplateStream[]; by: string; at: string };

/** A template as a whole at one version: every stream with its settings and the version of its mapping. */
export type TemplateDocument = { name: string; description: string; streams: (TemplateStream & { mapping: number })[] };
