import { z } from "zod";
import { removeInboundEndpoint, rotateInboundSecret } from "#server/domains/inbox/change-inbound-endpoint";
import { createInboundEndpoint } from "#server/domains/inbox/create-inbound-endpoint";
import { type InboundEndpoint, listInboundEndpoints } from "#server/domains/inbox/list-inbound-endpoints";
import { decideDeletes } from "#server/domains/streams/decide-deletes";
import { operation } from "../operation";
import { idOf, moment, pageOf } from "../shapes";

const EndpointBody = z
  .object({
    id: z.string(),
    integrationId: z.string(),
    connectionId: z.string().nullable().meta({ description: "Null: it serves all accounts of the integration." }),
    proof: z.enum(["endpoint", "app", "none"]).meta({
      description: "What calls are checked with: this address's own secret, the integration's client secret, or nothing that is kept here.",
    }),
    secretSet: z.boolean(),
    automatic: z.boolean().meta({ description: "Made and kept at the third party by us." }),
    accepted: z.number().int(),
    refused: z.number().int(),
    unreadable: z.number().int().meta({ description: "Proven calls of the last 14 days that could not be read." }),
    lastAcceptedAt: moment.nullable(),
    lastRefusedAt: moment.nullable(),
    lastRefusal: z.enum(["no_secret", "missing", "time", "signature"]).nullable(),
    createdAt: moment,
  })
  .meta({ id: "InboundEndpoint" });

const bodyOf = ({ lastAcceptedAt, lastRefusedAt, createdAt, ...rest }: InboundEndpoint) => ({
  ...{ id: rest.id, integrationId: rest.integrationId, connectionId: rest.connectionId, proof: rest.proof, secretSet: rest.secretSet },
  ...{ automatic: rest.automatic, accepted: rest.accepted, refused: rest.refused, unreadable: rest.unreadable },
  lastAcceptedAt: lastAcceptedAt?.toISOString() ?? null,
  lastRefusedAt: lastRefusedAt?.toISOString() ?? null,
  lastRefusal: rest.lastRefusal,
  createdAt: createdAt.toISOString(),
});

const one = z.strictObject({ id: idOf("inbound") });
const secret = z
  .string()
  .min(16)
  .max(10_000)
  .meta({ description: "What the third party signs with. Never given out again.", writeOnly: true });

export const inbound = [
  operation({
    id: "listInboundEndpoints",
    method: "GET",
    path: "/v1/inbound-endpoints",
    summary: "List addresses that third parties call",
    input: z.strictObject({ integrationId: idOf("integration").optional() }),
    output: pageOf(EndpointBody),
    async run(ctx, input) {
      return { items: (await listInboundEndpoints(ctx, input)).map(bodyOf), next: null };
    },
  }),
  operation({
    id: "createInboundEndpoint",
    method: "POST",
    path: "/v1/inbound-endpoints",
    summary: "Open an address that a third party calls",
    description:
      "Enter `url` in the third party's own settings. It is shown this once, since its last part is secret; so is `secret`, when it was made here (`generateSecret`).",
    status: 201,
    input: z.strictObject({
      integrationId: idOf("integration"),
      connectionId: idOf("connection").optional(),
      secret: secret.optional(),
      generateSecret: z.boolean().default(false),
    }),
    output: z.object({ id: z.string(), url: z.string(), secret: z.string().nullable() }),
    run: (ctx, input) => createInboundEndpoint(ctx, input),
  }),
  operation({
    id: "rotateInboundSecret",
    method: "POST",
    path: "/v1/inbound-endpoints/{id}/rotate-secret",
    summary: "Replace the secret of an inbound address",
    description:
      "Give the third party's new secret, or let us make one, which is shown this once. Calls signed with the old one are then refused.",
    input: one.extend({ secret: secret.optional() }),
    output: z.object({ secret: z.string().nullable() }),
    run: (ctx, input) => rotateInboundSecret(ctx, input),
  }),
  operation({
    id: "deleteInboundEndpoint",
    method: "DELETE",
    path: "/v1/inbound-endpoints/{id}",
    summary: "Close an inbound address",
    input: one,
    output: null,
    run: (ctx, input) => removeInboundEndpoint(ctx, input),
  }),
  operation({
    id: "decideDeletes",
    method: "POST",
    path: "/v1/streams/{id}/deletes",
    summary: "Decide about records that are missing at the source",
    description:
      "When many records at once did not come in a whole reading, none is deleted until somebody decides. `approve` reads everything again and deletes as many as were missing; `decline` keeps them until the next whole reading. 409 when nothing waits for a decision.",
    input: z.strictObject({ id: idOf("stream"), decision: z.enum(["approve", "decline"]) }),
    output: null,
    run: (ctx, { id, decision }) => decideDeletes(ctx, { streamId: id, decision }),
  }),
];
