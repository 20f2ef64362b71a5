import { z } from "zod";
import { createEndpoint } from "#server/domains/webhooks/create-endpoint";
import { type Endpoint, listEndpoints } from "#server/domains/webhooks/list-endpoints";
import { removeEndpoint } from "#server/domains/webhooks/remove-endpoint";
import { replayFailed } from "#server/domains/webhooks/replay-failed";
import { MOST_REPLAYED, planReplay, replayRange } from "#server/domains/webhooks/replay-range";
import { rotateSecret } from "#server/domains/webhooks/rotate-secret";
import { setEndpointStatus } from "#server/domains/webhooks/set-endpoint-status";
import { operation } from "../operation";
import { idOf, moment, pageOf } from "../shapes";

const EndpointBody = z
  .object({
    id: z.string(),
    url: z.string(),
    status: z.enum(["active", "disabled"]),
    disabledReason: z.string().nullable(),
    disabledCause: z.enum(["team", "gone", "failing"]).nullable().meta({
      description: "`gone`: it answered 410. `failing`: every delivery failed for five days. Then your owners and admins are written to.",
    }),
    disabledAt: moment.nullable(),
    holdUntil: moment.nullable().meta({
      description: "Nothing is sent before: it answered 429, 502 or 504, or 503 with Retry-After. Other endpoints do not wait.",
    }),
    previousSecretUntil: moment.nullable().meta({ description: "Until when the secret before signs too; null outside a rotation." }),
    createdAt: moment,
  })
  .meta({ id: "WebhookEndpoint" });

const bodyOf = ({ id, url, status, disabledReason, disabledCause, disabledAt, holdUntil, previousSecretUntil, createdAt }: Endpoint) => ({
  ...{ id, url, status, disabledReason, disabledCause },
  disabledAt: disabledAt?.toISOString() ?? null,
  holdUntil: holdUntil?.toISOString() ?? null,
  previousSecretUntil: previousSecretUntil?.toISOString() ?? null,
  createdAt: createdAt.toISOString(),
});

const one = z.strictObject({ id: idOf("endpoint") });

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
      "Deliveries follow Standard Webhooks: verify them with `secret`, which is shown this once. They are hints; `/v1/changes` is complete. The address must be public and speak TLS.",
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
      "The new secret is shown this once. For `overlapHours` every delivery carries two signatures, by the new secret and by the one before; any Standard Webhooks library accepts either. 0 ends the old one at once, for a secret that leaked.",
    input: one.extend({ overlapHours: z.number().int().min(0).max(72).default(24) }),
    output: z.object({ secret: z.string(), previousUntil: moment.nullable() }),
    async run(ctx, input) {
      const { secret, previousUntil } = await rotateSecret(ctx, input);
      return { secret, previousUntil: previousUntil?.toISOString() ?? null };
    },
  }),
  operation({
    id: "enableWebhookEndpoint",
    method: "POST",
    path: "/v1/webhook-endpoints/{id}/enable",
    summary: "Switch an endpoint on again",
    description:
      "After five days of failures, or an answer of 410, an endpoint is switched off. Switched on, it is told once a stream of all that changed meanwhile.",
    input: one,
    output: null,
    run: (ctx, { id }) => setEndpointStatus(ctx, { id, status: "active" }),
  }),
  operation({
    id: "disableWebhookEndpoint",
    method: "POST",
    path: "/v1/webhook-endpoints/{id}/disable",
    summary: "Switch an endpoint off",
    input: one,
    output: null,
    run: (ctx, { id }) => setEndpointStatus(ctx, { id, status: "disabled" }),
  }),
  operation({
    id: "replayFailedDeliveries",
    method: "POST",
    path: "/v1/webhook-endpoints/{id}/replay-failed",
    summary: "Send what was given up again",
    description: "Each delivery goes out under its own `webhook-id`, with a full schedule of attempts before it.",
    status: 202,
    input: one,
    output: z.object({ replayed: z.number().int() }),
    run: (ctx, { id }) => replayFailed(ctx, { id }),
  }),
  operation({
    id: "replayDeliveries",
    method: "POST",
    path: "/v1/webhook-endpoints/{id}/replay",
    summary: "Send what was told in a span of time again",
    description: `Deliveries that were made from \`from\` on and before \`to\`, each under its own \`webhook-id\`. With \`dryRun\` they are only counted. At most ${MOST_REPLAYED} a call: for more nothing is sent, and \`invalid\` says how many there are. Deliveries are kept for 30 days; older changes are in \`/v1/changes\`.`,
    status: 202,
    input: one.extend({
      from: z.iso.datetime({ offset: true }),
      to: z.iso.datetime({ offset: true }),
      type: z.string().min(1).max(100).optional().meta({ description: "Only events of this type, such as `records.changed`." }),
      only: z.enum(["all", "dead"]).default("all").meta({ description: "`dead`: only what was given up." }),
      dryRun: z.boolean().default(false),
    }),
    output: z.object({ matching: z.number().int(), replayed: z.number().int(), most: z.number().int() }),
    async run(ctx, { dryRun, from, to, ...input }) {
      const range = { ...input, from: new Date(from), to: new Date(to) };
      if (dryRun) return { ...(await planReplay(ctx, range)), replayed: 0 };
      const { replayed } = await replayRange(ctx, range);
      return { matching: replayed, replayed, most: MOST_REPLAYED };
    },
  }),
  operation({
    id: "deleteWebhookEndpoint",
    method: "DELETE",
    path: "/v1/webhook-endpoints/{id}",
    summary: "Remove a webhook endpoint",
    input: one,
    output: null,
    run: (ctx, { id }) => removeEndpoint(ctx, { id }),
  }),
];
