import { z } from "zod";
import { dismissRequest } from "#server/domains/marketplace/dismiss-request";
import { listRequests } from "#server/domains/marketplace/list-requests";
import { vendorProcedure, vendorRouterOf } from "../init";

export const requests = vendorRouterOf({
  list: vendorProcedure("viewer").query(({ ctx }) => listRequests(ctx)),
  dismiss: vendorProcedure("admin")
    .input(z.strictObject({ key: z.string().min(1).max(100) }))
    .mutation(({ ctx, input }) => dismissRequest(ctx, input)),
});
