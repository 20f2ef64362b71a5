import { z } from "zod";
import { resolveCustomer } from "#server/domains/customers/resolve-customer";
import { getOwnRecord, listOwnRecords, type OwnRecord } from "#server/domains/own-records/list-own-records";
import { MOST_PUT, putOwnRecords } from "#server/domains/own-records/put-own-records";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { type CustomerId, recordId } from "#server/lib/ids";
import { operation } from "../operation";
import { cursor, customerName, idOf, limitUpTo, moment, pageOf } from "../shapes";

const Data = z.record(z.string(), z.unknown()).meta({ description: "The fields of your model." });
const model = z.string().min(1).max(100).meta({ description: "Key of the model." });
const ownId = z
  .string()
  .min(1)
  .max(512)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is meant
  .regex(/^[^\u0000-\u001f]+$/)
  .meta({ description: "Your own id of the record." });

const OwnRecordBody = z
  .object({
    id: z.string(),
    data: Data,
    version: z.number().int().meta({ description: "Rises with each real change." }),
    changedAt: moment,
    deletedAt: moment.nullable(),
    streams: z
      .array(
        z.object({
          streamId: z.string(),
          recordId: z.string().nullable().meta({ description: "Its id for `/v1/records/{id}/lineage`; null = none yet." }),
          externalId: z.string().nullable().meta({ description: "The record that it is at the third party; null = none yet." }),
          state: z.enum(["in_step", "waiting", "held", "unknown"]).meta({
            description:
              "`in_step`: the third party was told. `waiting`: it will be. `held`: it was refused, see `message`. `unknown`: it may have been done, a person has to look.",
          }),
          code: z.string().nullable(),
          message: z.string().nullable(),
          field: z.string().nullable(),
          syncedAt: moment.nullable(),
        }),
      )
      .meta({ description: "Where it stands in each stream that writes it." }),
  })
  .meta({ id: "OwnRecord" });

const bodyOf = ({ changedAt, deletedAt, streams, ...record }: OwnRecord) => ({
  ...record,
  changedAt: changedAt.toISOString(),
  deletedAt: deletedAt?.toISOString() ?? null,
  streams: streams.map(({ syncedAt, ...one }) => ({
    ...one,
    recordId: one.externalId === null ? null : recordId(one.streamId, one.externalId),
    syncedAt: syncedAt?.toISOString() ?? null,
  })),
});

async function customerOf(ctx: Ctx, name: string): Promise<CustomerId> {
  const id = await resolveCustomer(ctx, name);
  if (id) return id;
  throw new AppError("not_found", "no such customer in this environment");
}

const path = "/v1/customers/{customer}/models/{model}/records" as const;

export const ownRecords = [
  operation({
    id: "putOwnRecords",
    method: "PUT",
    path,
    summary: "Send your own records of a customer",
    description: `What has changed is written at the third parties of the streams that write this model. At most ${MOST_PUT} a call; the same again changes nothing. Each record stands for itself: \`refused\` says which fields do not fit the model, and the others are stored.`,
    input: z.strictObject({
      customer: customerName,
      model,
      records: z
        .array(
          z.strictObject({
            id: ownId,
            data: Data.optional().meta({ description: "The whole record." }),
            deleted: z.literal(true).optional(),
            version: z.number().int().min(1).optional().meta({
              description: "The version you know: refused when it is another by now, so that nothing a third party has changed is undone.",
            }),
            changedAt: z.iso
              .datetime({ offset: true })
              .optional()
              .meta({ description: "When it was changed with you: what `newest` compares. Absent = now." }),
            externalId: z
              .string()
              .min(1)
              .max(512)
              .optional()
              .meta({ description: "The record at the third party that it is, when you know it." }),
            streamId: idOf("stream").optional().meta({ description: "With `externalId`, when several streams write this model." }),
          }),
        )
        .min(1)
        .max(MOST_PUT),
    }),
    output: z.object({
      results: z.array(
        z.object({
          id: z.string(),
          outcome: z.enum(["stored", "unchanged", "refused"]),
          version: z.number().int().nullable(),
          issues: z.array(z.object({ path: z.string(), message: z.string() })),
        }),
      ),
    }),
    async run(ctx, { customer, model: modelKey, records }) {
      return { results: await putOwnRecords(ctx, { customerId: await customerOf(ctx, customer), modelKey, records }) };
    },
  }),
  operation({
    id: "listOwnRecords",
    method: "GET",
    path,
    summary: "List your own records of a customer",
    description: "By id, and where each stands at the third parties.",
    input: z.strictObject({
      customer: customerName,
      model,
      externalId: z.string().min(1).max(512).optional().meta({ description: "Those that are this record at a third party." }),
      cursor,
      limit: limitUpTo(500, 100),
    }),
    output: pageOf(OwnRecordBody),
    async run(ctx, { customer, model: modelKey, externalId, cursor: from, limit }) {
      const customerId = await customerOf(ctx, customer);
      const { items, next } = await listOwnRecords(ctx, { customerId, modelKey, externalId, cursor: from, limit });
      return { items: items.map(bodyOf), next };
    },
  }),
  operation({
    id: "getOwnRecord",
    method: "GET",
    path: `${path}/{id}`,
    summary: "Get one of your own records",
    input: z.strictObject({ customer: customerName, model, id: ownId }),
    output: OwnRecordBody,
    run: async (ctx, { customer, model: modelKey, id }) =>
      bodyOf(await getOwnRecord(ctx, { customerId: await customerOf(ctx, customer), modelKey, id })),
  }),
  operation({
    id: "deleteOwnRecord",
    method: "DELETE",
    path: `${path}/{id}`,
    summary: "Say that one of your own records is no more",
    description: "It is deleted at the third party where the template says so, and kept there else. Twice is once.",
    input: z.strictObject({ customer: customerName, model, id: ownId }),
    output: null,
    async run(ctx, { customer, model: modelKey, id }) {
      const customerId = await customerOf(ctx, customer);
      await getOwnRecord(ctx, { customerId, modelKey, id });
      await putOwnRecords(ctx, { customerId, modelKey, records: [{ id, deleted: true }] });
    },
  }),
];
