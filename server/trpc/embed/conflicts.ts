import { z } from "zod";
import { listConflicts } from "#server/domains/conflicts/list-conflicts";
import { settleAlike, settleConflict } from "#server/domains/conflicts/settle-conflicts";
import { embedProcedure, embedRouterOf } from "../init";
import { cursor, id, limit, settleAlikeInput, settleFieldsInput } from "../inputs";

export const conflicts = embedRouterOf({
  list: embedProcedure
    .input(z.strictObject({ connectionId: id("connection"), cursor, limit }))
    .query(({ ctx, input }) => listConflicts(ctx, input)),
  settle: embedProcedure.input(settleFieldsInput).mutation(({ ctx, input }) => settleConflict(ctx, input)),
  settleAlike: embedProcedure.input(settleAlikeInput).mutation(({ ctx, input }) => settleAlike(ctx, input)),
});
