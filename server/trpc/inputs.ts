import { z } from "zod";
import { Choices } from "#server/domains/conflicts/schema";
import { ValueChoices, Wishes } from "#server/domains/overrides/schema";
import { StreamChosen } from "#server/domains/templates/offers";
import type { Id, IdKind } from "#server/lib/ids";

/** An id of ours. Any text passes: one that names nothing is `not_found`, like one that is not the caller's. */
export const id = <K extends IdKind>(_kind: K) =>
  z
    .string()
    .min(1)
    .max(100)
    .transform((value) => value as Id<K>);

/** Where the page before ended, as its `next` said. */
export const cursor = z.string().max(1_000).optional();
export const limit = z.number().int().min(1).max(100).default(50);

export const streamInput = z.strictObject({ streamId: id("stream") });
export const decideDeletesInput = streamInput.extend({ decision: z.enum(["approve", "decline"]) });
export const connectionInput = z.strictObject({ connectionId: id("connection") });
/** `picked`: fields of one object whose values are wanted just now. */
export const lookInput = connectionInput.extend({
  picked: z.object({ object: z.string().min(1).max(200), paths: z.array(z.string().min(1).max(500)).max(50) }).optional(),
});
/** `lastEventId` is put in by tRPC when it takes a stream up again. */
export const watchInput = z.strictObject({ connectionId: id("connection"), lastEventId: z.string().max(10_000).nullish() });

/** Held records of a stream: those with these ids, those of one cause, or all. */
export const heldInput = streamInput.extend({
  ids: z.array(z.string().min(1).max(1_000)).min(1).max(1_000).optional(),
  cause: z.string().min(1).max(100).optional(),
});
export const heldState = z.enum(["held", "skipped"]).default("held");
export const correctionInput = streamInput.extend({ externalId: z.string().min(1).max(1_000), field: z.string().min(1).max(200) });

/** A record by its id at the third party, or one of the vendor's own by the vendor's id. */
export const recordInput = streamInput.extend({
  externalId: z.string().min(1).max(1_000).optional(),
  ownId: z.string().min(1).max(512).optional(),
});
export const runRecordsInput = z.strictObject({ runId: id("run"), cursor, limit });

export const adaptationInput = connectionInput.extend({ templateId: id("template") });
/** The revision of the customer's mapping that the caller saw. */
const seen = streamInput.extend({ n: z.number().int().min(0) });
export const saveInput = seen.extend({ fields: Wishes });
export const settleConflictInput = seen.extend({ target: z.string().min(1).max(500), keep: z.enum(["customer", "template"]) });
export const revertInput = seen.extend({ to: z.number().int().min(0) });
export const tryInput = adaptationInput.extend({
  streamKey: z.string().min(1).max(100),
  fields: Wishes.optional(),
  chosen: StreamChosen.optional(),
});
export const chooseInput = streamInput.extend({ chosen: StreamChosen });
export const dryRunInput = z.strictObject({ callId: id("actionCall") });
export const settleDriftInput = z.strictObject({
  driftId: id("drift"),
  act: z.enum(["accept", "dismiss"]),
  to: ValueChoices.optional(),
});
export const settleFieldsInput = z.strictObject({ conflictId: id("conflict"), choices: Choices });
export const settleAlikeInput = streamInput.extend({ field: z.string().min(1).max(200), take: z.enum(["ours", "theirs"]) });
export const driftStatus = z.enum(["open", "accepted", "dismissed", "gone"]);

export const connectionState = z.enum(["connecting", "active", "syncing", "delayed", "attention", "reauth", "paused", "disconnected"]);

/** Answers of a connect form, by the key of the field. */
export const answers = z.record(z.string().max(100), z.string().max(10_000));

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without the keys that are there but undefined, which a form sends for what was left empty. */
export function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Defined<T>;
}
