import { z } from "zod";
import { listConflicts } from "#server/domains/conflicts/list-conflicts";
import { Choices } from "#server/domains/conflicts/schema";
import { settleAlike, settleConflict } from "#server/domains/conflicts/settle-conflicts";
import { resolveCustomer } from "#server/domains/customers/resolve-customer";
import { operation } from "../operation";
import { cursor, customerName, idOf, limitUpTo, moment, pageOf } from "../shapes";

const ConflictBody = z
  .object({
    id: z.string(),
    streamId: z.string(),
    connectionId: z.string(),
    customerId: z.string(),
    model: z.string(),
    ownId: z.string().meta({ description: "Your own id of the record." }),
    externalId: z.string().meta({ description: "Id of the record at the third party." }),
    fields: z
      .array(z.object({ field: z.string(), name: z.string(), type: z.string(), base: z.unknown(), ours: z.unknown(), theirs: z.unknown() }))
      .meta({ description: "What both sides have changed: `base` is what you said when you last agreed." }),
    openedAt: moment,
  })
  .meta({ id: "Conflict" });

const Settled = z.object({ conflicts: z.number().int() });

export const conflicts = [
  operation({
    id: "listConflicts",
    method: "GET",
    path: "/v1/conflicts",
    summary: "List what both sides have changed",
    description: "Records of two-way streams on which a person has to say what counts. The newest first; settled ones are not among them.",
    input: z.strictObject({ customer: customerName.optional(), stream: idOf("stream").optional(), cursor, limit: limitUpTo(500, 100) }),
    output: pageOf(ConflictBody),
    async run(ctx, { customer, stream: streamId, cursor: from, limit }) {
      const customerId = await resolveCustomer(ctx, customer);
      const { items, next } = await listConflicts(ctx, { customerId, streamId, cursor: from, limit });
      return {
        next,
        items: items.map(({ modelKey, what: _, openedAt, ...one }) => ({ ...one, model: modelKey, openedAt: openedAt.toISOString() })),
      };
    },
  }),
  operation({
    id: "settleConflict",
    method: "POST",
    path: "/v1/conflicts/{id}/settle",
    summary: "Settle a conflict",
    description:
      'Say by field what counts: `{"take":"ours"}`, `{"take":"theirs"}` or `{"value":…}`. Fields you leave out stay open. What is not theirs is written there.',
    input: z.strictObject({ id: idOf("conflict"), choices: Choices }),
    output: Settled,
    run: (ctx, { id, choices }) => settleConflict(ctx, { conflictId: id, choices }),
  }),
  operation({
    id: "settleConflictsAlike",
    method: "POST",
    path: "/v1/conflicts/settle",
    summary: "Settle a field of all conflicts of a stream",
    description: "At most 500 a call; ask again while the answer is 500.",
    input: z.strictObject({ stream: idOf("stream"), field: z.string().min(1).max(200), take: z.enum(["ours", "theirs"]) }),
    output: Settled,
    run: (ctx, { stream: streamId, field, take }) => settleAlike(ctx, { streamId, field, take }),
  }),
];
