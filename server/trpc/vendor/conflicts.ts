import { z } from "zod";
import { listConflicts } from "#server/domains/conflicts/list-conflicts";
import { settleAlike, settleConflict } from "#server/domains/conflicts/settle-conflicts";
import { vendorProcedure, vendorRouterOf } from "../init";
import { cursor, id, limit, settleAlikeInput, settleFieldsInput } from "../inputs";

export const conflicts = vendorRouterOf({
  list: vendorProcedure("developer")
    .input(z.strictObject({ streamId: id("stream").optional(), customerId: id("customer").optional(), cursor, limit }))
    .query(({ ctx, input }) => listConflicts(ctx, input)),
  settle: vendorProcedure("developer")
    .input(settleFieldsInput)
    .mutation(({ ctx, input }) => settleConflict(ctx, input)),
  settleAlike: vendorProcedure("developer")
    .input(settleAlikeInput)
    .mutation(({ ctx, input }) => settleAlike(ctx, input)),
});
