import { z } from "zod";

const DAY_MS = 86_400_000;

/** What of a stream may be changed at any time. */
const settings = {
  /** Shown to the customer: "Contacts". */
  label: z.string().trim().min(1).max(80),
  intervalMs: z.number().int().min(10_000).max(DAY_MS).default(300_000),
  /** How many days before it is turned on a customer's records must have changed to be read the first time. Null or absent = all. */
  backfillDays: z.number().int().min(1).max(3_650).nullable().optional(),
};

/** One object ↔ model flow that a template offers. Its mapping lives in `mappings`, versioned by itself. */
export const TemplateStream = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9_]*$/),
  /** Object of the connector's manifest. */
  object: z.string().min(1),
  /** Key of the vendor's model. */
  model: z.string().min(1),
  ...settings,
});
export type TemplateStream = z.infer<typeof TemplateStream>;

/** A stream's settings as they are sent, by its key. */
export const StreamSettings = z.strictObject({ key: z.string().min(1).max(100), ...settings });
export type StreamSettings = z.infer<typeof StreamSettings>;
