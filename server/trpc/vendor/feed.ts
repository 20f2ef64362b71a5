import { z } from "zod";
import { listConsumers } from "#server/domains/consumers/list-consumers";
import { putConsumer } from "#server/domains/consumers/put-consumer";
import { removeConsumer } from "#server/domains/consumers/remove-consumer";
import { AlertAfterMinutes, ConsumerName } from "#server/domains/consumers/schema";
import { listNotices } from "#server/domains/overview/list-notices";
import { vendorProcedure, vendorRouterOf } from "../init";

const one = z.strictObject({ name: ConsumerName });

/** Readers of the change feed whose place we keep. */
export const consumers = vendorRouterOf({
  list: vendorProcedure("developer").query(({ ctx }) => listConsumers(ctx, {})),
  put: vendorProcedure("developer")
    .input(
      one.extend({
        position: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
        since: z.date().optional(),
        alertAfterMinutes: AlertAfterMinutes.optional(),
      }),
    )
    .mutation(({ ctx, input }) => putConsumer(ctx, input)),
  remove: vendorProcedure("developer")
    .input(one)
    .mutation(({ ctx, input }) => removeConsumer(ctx, input)),
});

/** What keeps the vendor's own backend from hearing of changes. */
export const notices = vendorRouterOf({
  list: vendorProcedure("viewer").query(({ ctx }) => listNotices(ctx)),
});
