import { z } from "zod";
import { readAs } from "#server/domains/consumers/read-as";
import { ConsumerName } from "#server/domains/consumers/schema";
import { resolveCustomer } from "#server/domains/customers/resolve-customer";
import { checkModelKey } from "#server/domains/models/check-model-key";
import { listChanges } from "#server/domains/records/list-changes";
import { listRecords } from "#server/domains/records/list-records";
import { syncNow } from "#server/domains/streams/sync-now";
import type { Ctx } from "#server/lib/context";
import { operation } from "../operation";
import { cursor, customerName, idOf, limitUpTo, moment, pageOf } from "../shapes";

const Data = z.record(z.string(), z.unknown()).meta({ description: "The fields of your model." });

const RecordBody = z
  .object({
    id: z.string(),
    externalId: z.string().meta({ description: "Id of the record in the customer's account." }),
    streamId: z.string(),
    customerId: z.string(),
    model: z.string(),
    data: Data,
    source: z.unknown().optional().meta({ description: "The record as the third party gave it; only with `source=true`." }),
    mappingVersion: z.number().int(),
    seq: z.number().int(),
    updatedAt: moment,
    deletedAt: moment.nullable(),
  })
  .meta({ id: "Record" });

const ChangeBody = z
  .object({
    position: z.number().int().meta({
      description:
        "Place in the feed: it rises and never repeats, but may skip: a position that came to nothing (a record mapped again without a difference) is not shown. Nothing ever appears behind one you have read.",
    }),
    op: z.enum(["created", "updated", "deleted"]),
    recordId: z.string(),
    externalId: z.string(),
    model: z.string(),
    customerId: z.string(),
    streamId: z.string(),
    seq: z.number().int(),
    at: moment,
    record: Data.nullable().meta({ description: "The record as it is now; null when it is gone." }),
  })
  .meta({ id: "Change" });

const WAIT_STEP_MS = 400;

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => resolve(clearTimeout(timer)), { once: true });
  });

type Wanted = Parameters<typeof listChanges>[1];

/** Asks the feed again and again until it has something or the time is over: a long poll without a held connection. */
async function awaitChanges(ctx: Ctx, wanted: Wanted, waitMs: number, signal: AbortSignal) {
  const deadline = performance.now() + waitMs;
  let page = await listChanges(ctx, wanted);
  if (wanted.modelKey !== undefined && page.size === 0) await checkModelKey(ctx, wanted.modelKey);
  for (let left = deadline - performance.now(); page.size === 0 && left > 0; left = deadline - performance.now()) {
    await pause(Math.min(WAIT_STEP_MS, left), signal);
    if (signal.aborted) return page;
    page = await listChanges(ctx, { ...wanted, after: page.next });
  }
  return page;
}

export const records = [
  operation({
    id: "listRecords",
    method: "GET",
    path: "/v1/records",
    summary: "List records",
    description: "Live records in a stable order. To follow changes, read `/v1/changes` instead.",
    input: z.strictObject({
      model: z.string().min(1).max(100).optional(),
      customer: customerName.optional(),
      stream: idOf("stream").optional(),
      source: z.enum(["true", "false"]).default("false"),
      cursor,
      limit: limitUpTo(1_000, 100),
    }),
    output: pageOf(RecordBody),
    async run(ctx, { model, customer, stream, source, cursor: from, limit }) {
      const customerId = await resolveCustomer(ctx, customer);
      const page = await listRecords(ctx, {
        modelKey: model,
        customerId,
        streamId: stream,
        withSource: source === "true",
        cursor: from,
        limit,
      });
      if (model !== undefined && page.items.length === 0) await checkModelKey(ctx, model);
      return page;
    },
  }),
  operation({
    id: "listChanges",
    method: "GET",
    path: "/v1/changes",
    summary: "Read the change feed",
    description:
      "Everything that changed behind the position `after` (0 = from the start), oldest first, complete and without repeats. Keep `next` and send it as `after`. With `wait`, the answer is held until there is something, for at most so many seconds. Changes are kept for 90 days: who asks for older ones gets `conflict`, reads `/v1/records` and goes on from the position named in the answer. With `consumer` we keep your place under that name: `after` then says that all up to there is done, and a call without `after` gives what is not yet done, so a reader that died gets its page again (at least once). A new name begins with the oldest change that is kept. `conflict` when somebody moved the consumer meanwhile: go on without `after`; and for a consumer whose next changes were removed: read `/v1/records` and go on with the position named as `after`.",
    input: z.strictObject({
      after: z.coerce
        .number()
        .int()
        .min(0)
        .max(Number.MAX_SAFE_INTEGER)
        .optional()
        .meta({ description: "Without it: 0, or the place of the consumer; of a new one, the oldest change that is kept." }),
      consumer: ConsumerName.optional().meta({ description: "A name of your own for who reads, such as `billing`; one reader a name." }),
      limit: limitUpTo(1_000, 100),
      wait: z.coerce.number().min(0).max(25).default(0).meta({ description: "Seconds to wait for a change, up to 25." }),
      customer: customerName.optional(),
      model: z.string().min(1).max(100).optional(),
    }),
    output: z.object({
      items: z.array(ChangeBody),
      next: z.number().int().meta({ description: "Send it as `after` next time." }),
      latest: z.number().int().meta({ description: "Newest position there is; `latest - next` is how far you are behind." }),
    }),
    async run(ctx, { after, consumer, limit, wait, customer, model }, signal) {
      const customerId = await resolveCustomer(ctx, customer);
      const read = (from: number) => awaitChanges(ctx, { after: from, limit, customerId, modelKey: model }, wait * 1_000, signal);
      return consumer === undefined ? read(after ?? 0) : readAs(ctx, { name: consumer, after }, read);
    },
  }),
  operation({
    id: "syncStream",
    method: "POST",
    path: "/v1/streams/{id}/sync",
    summary: "Sync a stream now",
    description:
      "What a stream was stopped for because nearly everything was held back is tried again, and does not stop it again under the same mapping. `engineReachable: false` means that the wish is noted and is carried out when the workflow engine is back.",
    status: 202,
    input: z.strictObject({ id: idOf("stream") }),
    output: z.object({
      queued: z.boolean().meta({ description: "false: the stream only writes, and nothing waits to be written." }),
      engineReachable: z.boolean(),
    }),
    run: (ctx, { id }) => syncNow(ctx, { streamId: id }),
  }),
];
