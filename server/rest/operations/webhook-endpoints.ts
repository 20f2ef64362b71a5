import { z } from "zod";
import { createEndpoint } from "#server/domains/webhooks/create-endpoint";
import { type Endpoint, listEndpoints } from "#server/domains/webhooks/list-endpoints";
import { removeEndpoint } from "#server/domains/webhooks/remove-endpoint";
import { rotateSecret } from "#server/domains/webhooks/rotate-secret";
import { operation } from "../operation";
import { idOf, moment, pageOf } from "../shapes";

const EndpointBody = z
  .object({
    id: z.string(),
    url: z.string(),
    status: z.enum(["active", "disabled"]),
    disabledReason: z.string().nullable(),
    createdAt: moment,
  })
  .meta({ id: "WebhookEndpoint" });

const bodyOf = ({ id, url, status, disabledReason, createdAt }: Endpoint) => ({
  id,
  url,
  status,
  disabledReason,
  createdAt: createdAt.toISOString(),
});

export const webhookEndpoints = [
  operation({
    id: "listWebhookEndpoints",
    method: "GET",
    path: "/v1/webhook-endpoints",
    summary: "List webhook endpoints",
    input: z.strictObject({}),
    output: pageOf(EndpointBody),
    async run(ctx) {
      return { items: (await listEndpoints(ctx, {})).map(bodyOf), next: null };
    },
  }),
  operation({
    id: "createWebhookEndpoint",
    method: "POST",
    path: "/v1/webhook-endpoints",
    summary: "Add a webhook endpoint",
    description:
      "Deliveries follow Standard Webhooks: verify them with `secret`, which is shown this once. They are hints; `/v1/changes` is complete.",
    status: 201,
    input: z.strictObject({ url: z.string().min(1).max(2_000) }),
    output: EndpointBody.extend({ secret: z.string() }),
    async run(ctx, input) {
      const { row, secret } = await createEndpoint(ctx, input);
      return { ...bodyOf(row), secret };
    },
  }),
  operation({
    id: "rotateWebhookSecret",
    method: "POST",
    path: "/v1/webhook-endpoints/{id}/rotate-secret",
    summary: "Replace an endpoint's signing secret",
    description:
      "The new secret is shown this once and signs every delivery from now on, retries included. There is no overlap yet: put the new one in place at once.",
    input: z.strictObject({ id: idOf("endpoint") }),
    output: z.object({ secret: z.string() }),
    run: (ctx, { id }) => rotateSecret(ctx, { id }),
  }),
  operation({
    id: "deleteWebhookEndpoint",
    method: "DELETE",
    path: "/v1/webhook-endpoints/{id}",
    summary: "Remove a webhook endpoint",
    input: z.strictObject({ id: idOf("endpoint") }),
    output: null,
    run: (ctx, { id }) => removeEndpoint(ctx, { id }),
  }),
];
