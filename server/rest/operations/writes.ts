import { z } from "zod";
import { resolveCustomer } from "#server/domains/customers/resolve-customer";
import { listWrites } from "#server/domains/writes/list-writes";
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

const stream = idOf("stream");

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
      "One write, those of a run, or those of a stream in a while. With `plan` nothing is done, and the answer is what it would come to. A record that was changed at the third party since is left alone and told among `/v1/held-records`.",
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
];
