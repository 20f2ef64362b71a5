import { z } from "zod";
import { OnlyValues, PlainValue } from "#server/mapping/only-values";

const IntervalMs = z.number().int().min(10_000).max(86_400_000);
/** Null = everything. */
const BackfillDays = z.number().int().min(1).max(3_650).nullable();

const Filter = z.strictObject({
  /** Of the source. */
  path: z.string().min(1).max(500),
  /** What the customer is asked: "Lifecycle stage". */
  label: z.string().trim().min(1).max(80),
  /** What may be ticked. */
  values: z
    .array(z.strictObject({ value: PlainValue, label: z.string().trim().min(1).max(80) }))
    .min(1)
    .max(50),
});

/** What of a stream customers may choose. What is absent is as the template has it. */
export const StreamOffers = z.strictObject({
  /** `always`: with the template. `on`, `off`: unless the customer says otherwise. Absent = `on`. */
  flows: z.enum(["always", "on", "off"]).optional(),
  /** How often it is read, in ms. */
  intervals: z.array(IntervalMs).min(1).max(8).optional(),
  /** How many days before it is turned on the first reading begins. */
  windows: z.array(BackfillDays).min(1).max(8).optional(),
  /** Which records, by values of the source's fields. */
  filters: z.array(Filter).min(1).max(5).optional(),
});
export type StreamOffers = z.infer<typeof StreamOffers>;

/** What a customer has chosen of it. What is absent is as the template has it. */
export const StreamChosen = z.strictObject({
  intervalMs: IntervalMs.optional(),
  backfillDays: BackfillDays.optional(),
  only: OnlyValues.optional(),
});
export type StreamChosen = z.infer<typeof StreamChosen>;
