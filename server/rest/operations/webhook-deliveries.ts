import { z } from "zod";
import { type Delivery, listDeliveries } from "#server/domains/webhooks/list-deliveries";
import { replayDelivery } from "#server/domains/webhooks/replay-delivery";
import { operation } from "../operation";
import { cursor, idOf, moment, pageOf } from "../shapes";

const DeliveryBody = z
  .object({
    id: z.string(),
    eventId: z.string().meta({ description: "The `webhook-id` of every attempt." }),
    endpointId: z.string(),
    type: z.string(),
    data: z.record(z.string(), z.unknown()),
    status: z.enum(["pending", "delivered", "dead"]).meta({ description: "`dead`: given up after about three days; replay it." }),
    attempts: z.number().int(),
    nextAttemptAt: moment.nullable(),
    responseStatus: z.number().int().nullable(),
    responseBody: z.string().nullable().meta({ description: "The newest answer, or why none came; at most 2 kB." }),
    createdAt: moment,
    deliveredAt: moment.nullable(),
  })
  .meta({ id: "WebhookDelivery" });

const bodyOf = (row: Delivery) => ({
  ...{ id: row.id, eventId: row.eventId, endpointId: row.endpointId, status: row.status, attempts: row.attempts },
  ...{ type: row.payload.type, data: row.payload.data, responseStatus: row.responseStatus, responseBody: row.responseBody },
  nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
  deliveredAt: row.deliveredAt?.toISOString() ?? null,
});

export const webhookDeliveries = [
  operation({
    id: "listWebhookDeliveries",
    method: "GET",
    path: "/v1/webhook-deliveries",
    summary: "List deliveries, newest first",
    description: "What was sent to your endpoints in the last 30 days and how it was answered, 50 a page.",
    input: z.strictObject({ endpoint: idOf("endpoint").optional(), cursor }),
    output: pageOf(DeliveryBody),
    async run(ctx, { endpoint, cursor: from }) {
      const { items, next } = await listDeliveries(ctx, { endpointId: endpoint, cursor: from });
      return { items: items.map(bodyOf), next };
    },
  }),
  operation({
    id: "replayWebhookDelivery",
    method: "POST",
    path: "/v1/webhook-deliveries/{id}/replay",
    summary: "Send a delivery again",
    input: z.strictObject({ id: idOf("delivery") }),
    output: null,
    run: (ctx, { id }) => replayDelivery(ctx, { deliveryId: id }),
  }),
];
