import { z } from "zod";
import { mintEmbedSession } from "#server/domains/embed-sessions/mint-embed-session";
import { operation } from "../operation";
import { externalId, moment, name } from "../shapes";

export const embedSessions = [
  operation({
    id: "createEmbedSession",
    method: "POST",
    path: "/v1/embed-sessions",
    summary: "Open the marketplace for a customer",
    description:
      "Gives a token that your page hands to `Inlay.open`. It lives ten minutes and works only on pages of `origin`. Call again to renew. A customer that is new is created; a name that is given replaces the old one.",
    status: 201,
    input: z.strictObject({
      customer: z.strictObject({ id: externalId, name: name.optional() }),
      origin: z
        .string()
        .max(300)
        .optional()
        .meta({ description: "Origin of the embedding page; needed when the environment allows more than one." }),
      user: z.string().trim().min(1).max(200).optional().meta({ description: "The person in front of the page, for the history." }),
    }),
    output: z.object({ token: z.string(), expiresAt: moment, customerId: z.string() }),
    async run(ctx, input) {
      const { token, expiresAt, customerId } = await mintEmbedSession(ctx, input);
      return { token, expiresAt: expiresAt.toISOString(), customerId };
    },
  }),
];
