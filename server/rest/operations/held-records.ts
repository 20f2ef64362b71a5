import { z } from "zod";
import { resolveCustomer } from "#server/domains/customers/resolve-customer";
import { correctRecord, uncorrectRecord } from "#server/domains/records/correct-record";
import { listHeldCauses, listHeldRecords } from "#server/domains/records/list-held-records";
import { restoreRecords, retryRecords, skipRecords } from "#server/domains/records/settle-held-records";
import { ERRORS, isErrorCode } from "#server/lib/errors";
import { operation } from "../operation";
import { cursor, customerName, idOf, limitUpTo, moment, pageOf } from "../shapes";

const side = z.enum(["read", "write"]).meta({
  description: "`read`: it came and does not fit. `write`: the third party did not take your record, or nobody knows whether it did.",
});
const cause = z.string().meta({ description: "Alike for records held for the same reason; give it to retry or skip all of them." });
const field = z.string().nullable().meta({ description: "Field of your model that is meant; null when the whole record is." });
const fixer = z.string().meta({ description: "Who can do something about it." });

const HeldBody = z
  .object({
    id: z.string().meta({ description: "`read:` and the id at the source, or `write:` and your own id." }),
    side,
    streamId: z.string(),
    connectionId: z.string(),
    customerId: z.string(),
    model: z.string(),
    externalId: z.string().nullable().meta({ description: "Id of the record in the customer's account." }),
    ownId: z.string().nullable().meta({ description: "Your own id of the record." }),
    op: z.enum(["put", "delete", "undo"]).nullable().meta({ description: "What was to be written; null for what was read." }),
    state: z
      .enum(["held", "unknown", "skipped"])
      .meta({ description: "`unknown`: it may have been written. Look at the third party before you retry it." }),
    cause,
    code: z.string(),
    message: z.string(),
    field,
    fixer,
    source: z.string().nullable().meta({ description: "The record as it came, as JSON text; null above 64 KiB, and for writes." }),
    attempts: z.number().int(),
    retrying: z.boolean().meta({ description: "Asked for; the stream's next run takes it." }),
    paused: z.boolean().meta({ description: "The stream is paused: what is asked for is carried out when it goes on." }),
    since: moment,
    skippedBy: z.string().nullable(),
  })
  .meta({ id: "HeldRecord" });

const stream = idOf("stream");
const which = z.strictObject({
  stream,
  ids: z.array(z.string().min(1).max(1_000)).min(1).max(1_000).optional().meta({ description: "Ids of held records; absent = all." }),
  cause: z.string().min(1).max(100).optional().meta({ description: "Those of one cause only." }),
});
const Settled = z.object({
  records: z.number().int().meta({ description: "How many it is about." }),
  engineReachable: z.boolean().meta({ description: "`false`: the wish is noted and is carried out when the workflow engine is back." }),
  paused: z.boolean().meta({ description: "`true`: the stream is paused; the wish is noted and is carried out when it goes on." }),
});
const state = z.enum(["held", "skipped"]).default("held");
const place = z.strictObject({
  customer: customerName.optional(),
  connection: idOf("connection").optional(),
  stream: stream.optional(),
  state,
});
const oneField = z.strictObject({
  stream,
  externalId: z.string().min(1).max(1_000).meta({ description: "Id of the record in the customer's account." }),
  field: z.string().min(1).max(200).meta({ description: "Key of the field of your model." }),
});

const fixerOf = (code: string) => ERRORS[isErrorCode(code) ? code : "record_invalid"].fixer;

/** Records that did not get through, in either direction, and what can be done about them. */
export const heldRecords = [
  operation({
    id: "listHeldRecords",
    method: "GET",
    path: "/v1/held-records",
    summary: "List records that are held back",
    description:
      "What came and does not fit, and what a third party did not take; all others flow on. The newest first. `state=skipped`: those that were put aside.",
    input: place.extend({ cause: which.shape.cause, cursor, limit: limitUpTo(200, 100) }),
    output: pageOf(HeldBody),
    async run(ctx, { customer, connection, stream: streamId, cursor: from, ...rest }) {
      const customerId = await resolveCustomer(ctx, customer);
      const { items, next } = await listHeldRecords(ctx, { customerId, connectionId: connection, streamId, cursor: from, ...rest });
      return {
        next,
        items: items.map(({ hidden: _, since, ...one }) => ({ ...one, fixer: fixerOf(one.code), since: since.toISOString() })),
      };
    },
  }),
  operation({
    id: "listHeldCauses",
    method: "GET",
    path: "/v1/held-records/causes",
    summary: "List why records are held back",
    description: "How many of each stream are held for the same reason, the most frequent first; 100 at most.",
    input: place,
    output: z.object({
      items: z.array(z.object({ side, streamId: z.string(), cause, code: z.string(), field, fixer, records: z.number().int() })),
    }),
    async run(ctx, { customer, connection, stream: streamId, ...rest }) {
      const customerId = await resolveCustomer(ctx, customer);
      const causes = await listHeldCauses(ctx, { customerId, connectionId: connection, streamId, ...rest });
      return { items: causes.map(({ hidden: _, ...one }) => ({ ...one, fixer: fixerOf(one.code) })) };
    },
  }),
  operation({
    id: "retryHeldRecords",
    method: "POST",
    path: "/v1/held-records/retry",
    summary: "Have held records tried again",
    description:
      "By the stream's next run, which begins at once: what was read is mapped again from what is stored of it, or fetched anew if it could not be read; what was to be written is sent again. Deletions that were held for their number are approved by this. A stream that was stopped because nearly everything was held back goes on by it.",
    status: 202,
    input: which,
    output: Settled,
    run: (ctx, { stream: streamId, ...rest }) => retryRecords(ctx, { streamId, ...rest }),
  }),
  operation({
    id: "skipHeldRecords",
    method: "POST",
    path: "/v1/held-records/skip",
    summary: "Put held records aside",
    description:
      "They leave the counts and stay among `state=skipped`. What was read comes back by itself when it changes at the source, what was to be written when your record changes. Deletions and undos are let go for good.",
    input: which,
    output: Settled,
    run: (ctx, { stream: streamId, ...rest }) => skipRecords(ctx, { streamId, ...rest }),
  }),
  operation({
    id: "restoreHeldRecords",
    method: "POST",
    path: "/v1/held-records/restore",
    summary: "Take back that records were put aside",
    description: "They are tried again at once.",
    status: 202,
    input: which,
    output: Settled,
    run: (ctx, { stream: streamId, ...rest }) => restoreRecords(ctx, { streamId, ...rest }),
  }),
  operation({
    id: "correctRecord",
    method: "POST",
    path: "/v1/held-records/correct",
    summary: "Correct a field of one record",
    description:
      "Gives a value for a field that keeps a record back. It has to fit your model, counts for this record only, and falls away by itself when the source says something else of the field. Nothing is written at the third party in a stream that only reads.",
    status: 202,
    input: oneField.extend({ value: z.unknown().meta({ description: "As your model has it." }) }),
    output: Settled,
    run: (ctx, { stream: streamId, ...rest }) => correctRecord(ctx, { streamId, ...rest }),
  }),
  operation({
    id: "uncorrectRecord",
    method: "POST",
    path: "/v1/held-records/uncorrect",
    summary: "Take a correction away",
    description: "The field has what the source says of it again.",
    status: 202,
    input: oneField,
    output: Settled,
    run: (ctx, { stream: streamId, ...rest }) => uncorrectRecord(ctx, { streamId, ...rest }),
  }),
];
