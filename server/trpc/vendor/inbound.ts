import { z } from "zod";
import { removeInboundEndpoint, rotateInboundSecret } from "#server/domains/inbox/change-inbound-endpoint";
import { createInboundEndpoint } from "#server/domains/inbox/create-inbound-endpoint";
import { getCalls } from "#server/domains/inbox/get-calls";
import { vendorProcedure, vendorRouterOf } from "../init";
import { id } from "../inputs";

const one = z.strictObject({ inboundId: id("inbound") });
const secret = z.string().trim().min(16, "at least 16 characters").max(10_000);

/** Addresses that third parties call. */
export const inbound = vendorRouterOf({
  get: vendorProcedure("developer")
    .input(z.strictObject({ integrationId: id("integration") }))
    .query(({ ctx, input }) => getCalls(ctx, input)),
  create: vendorProcedure("developer")
    .input(
      z.strictObject({
        integrationId: id("integration"),
        connectionId: id("connection").optional(),
        secret: secret.optional(),
        generateSecret: z.boolean().default(false),
      }),
    )
    .mutation(({ ctx, input }) => createInboundEndpoint(ctx, input)),
  rotate: vendorProcedure("developer")
    .input(one.extend({ secret: secret.optional() }))
    .mutation(({ ctx, input }) => rotateInboundSecret(ctx, { id: input.inboundId, secret: input.secret })),
  remove: vendorProcedure("developer")
    .input(one)
    .mutation(({ ctx, input }) => removeInboundEndpoint(ctx, { id: input.inboundId })),
});
