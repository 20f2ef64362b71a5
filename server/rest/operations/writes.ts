import { z } from "zod";
import { resolveCustomer } from "#server/domains/customers/resolve-customer";
import { listHeld } from "#server/domains/writes/list-held";
import { listWrites } from "#server/domains/writes/list-writes";
import { dropHeld, retryHeld } from "#server/domains/writes/settle-held";
import { planUndo, undoWrites, whichWrites } from "#server/domains/writes/undo-writes";
import { operation } from "../operation";
import { cursor, customerName, idOf, limitUpTo, moment, pageOf } from "../shapes";

const fields = z.record(z.string(), z.unknown()).nullable();

const WriteBody = z
  .object({
    id: z.string(),
    customerId: z.string(),
    streamId: z.string(),
    runId: z.string(),
    ownId: z.string().meta({ description: "Your own id of the record." }),
    externalId: z.string().meta({ description: "Id of the record at the third party." }),
    op: z.enum(["create", "update", "delete"]),
    before: fields.meta({ description: "The written fields as they were, under the third party's names; null when it did not show them." }),
    after: fields,
    at: moment,
    undoneAt: moment.nullable(),
    undoOf: z.string().nullable(),
  })
  .meta({ id: "Write" });

const HeldBody = z
  .object({
    streamId: z.string(),
    connectionId: z.string(),
    customerId: z.string(),
    model: z.string(),
    ownId: z.string(),
    externalId: z.string().nullable(),
    op: z.enum(["put", "delete", "undo"]),
    state: z
      .enum(["held", "unknown"])
      .meta({ description: "`unknown`: it may have been done. Look at the third party before you retry it." }),
    code: z.string(),
    message: z.string().nullable(),
    field: z.string().nullable(),
    fixer: z.string().meta({ description: "Who can do something about it." }),
    since: moment,
  })
  .meta({ id: "HeldWrite" });

const stream = idOf("stream");
const which = z.strictObject({ stream, ids: z.array(z.string().min(1).max(512)).min(1).max(1_000).optional() });
const Count = z.object({ wishes: z.number().int() });

const dateOf = (text: string | undefined) => (text === undefined ? undefined : new Date(text));

export const writes = [
  operation({
    id: "listWrites",
    method: "GET",
    path: "/v1/writes",
    summary: "List what was written at third parties",
    description: "The newest first, with what was there before. Kept for 30 days.",
    input: z.strictObject({
      customer: customerName.optional(),
      stream: stream.optional(),
      run: idOf("run").optional(),
      ownId: z.string().min(1).max(512).optional(),
      cursor,
      limit: limitUpTo(500, 100),
    }),
    output: pageOf(WriteBody),
    async run(ctx, { customer, stream: streamId, run, ownId, cursor: from, limit }) {
      const customerId = await resolveCustomer(ctx, customer);
      const { items, next } = await listWrites(ctx, { customerId, streamId, runId: run, ownId, cursor: from, limit });
      return { next, items: items.map((one) => ({ ...one, at: one.at.toISOString(), undoneAt: one.undoneAt?.toISOString() ?? null })) };
    },
  }),
  operation({
    id: "undoWrites",
    method: "POST",
    path: "/v1/writes/undo",
    summary: "Take writes back",
    description:
      "One write, those of a run, or those of a stream in a while. With `plan` nothing is done, and the answer is what it would come to. A record that was changed at the third party since is left alone and told among `/v1/held-writes`.",
    input: z.strictObject({
      write: idOf("write").optional(),
      run: idOf("run").optional(),
      stream: stream.optional(),
      from: z.iso.datetime({ offset: true }).optional(),
      to: z.iso.datetime({ offset: true }).optional(),
      plan: z.boolean().default(false),
    }),
    output: z.object({
      writes: z.number().int(),
      records: z.number().int(),
      possible: z.number().int(),
      obstacles: z.array(z.object({ why: z.string(), text: z.string(), records: z.number().int(), examples: z.array(z.string()) })),
      more: z.boolean().meta({ description: "There are more writes than are taken in one go; ask again for the others." }),
    }),
    async run(ctx, { plan, write, run, stream: streamId, from, to }) {
      const which = whichWrites({ writeId: write, runId: run, streamId, from: dateOf(from), to: dateOf(to) });
      return plan ? planUndo(ctx, which) : undoWrites(ctx, which);
    },
  }),
  operation({
    id: "listHeldWrites",
    method: "GET",
    path: "/v1/held-writes",
    summary: "List what could not be written",
    description: "Own records that a third party refused, or of which nobody knows whether it took them.",
    input: z.strictObject({ stream: stream.optional(), cursor, limit: limitUpTo(500, 100) }),
    output: pageOf(HeldBody),
    async run(ctx, { stream: streamId, cursor: from, limit }) {
      const { items, next } = await listHeld(ctx, { streamId, cursor: from, limit });
      return { next, items: items.map(({ modelKey, since, ...one }) => ({ ...one, model: modelKey, since: since.toISOString() })) };
    },
  }),
  operation({
    id: "retryHeldWrites",
    method: "POST",
    path: "/v1/held-writes/retry",
    summary: "Have held writes tried again",
    description: "Those of a stream with these own ids, or all of it. Deletions that were held back for their number are approved by this.",
    input: which,
    output: Count,
    run: (ctx, { stream: streamId, ids }) => retryHeld(ctx, { streamId, ownIds: ids }),
  }),
  operation({
    id: "dropHeldWrites",
    method: "POST",
    path: "/v1/held-writes/drop",
    summary: "Let held writes go",
    description: "What they wanted is not done. The next change of such a record is a new wish.",
    input: which,
    output: Count,
    run: (ctx, { stream: streamId, ids }) => dropHeld(ctx, { streamId, ownIds: ids }),
  }),
];
