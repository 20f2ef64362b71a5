import { z } from "zod";
import { correctRecord, uncorrectRecord } from "#server/domains/records/correct-record";
import { restoreRecords, retryRecords, skipRecords } from "#server/domains/records/settle-held-records";
import { listCorrections } from "#server/domains/views/list-corrections";
import { listProblemCauses, listProblemRecords } from "#server/domains/views/list-problem-records";
import { vendorProcedure, vendorRouterOf } from "../init";
import { correctionInput, cursor, heldInput, heldState, id, limit } from "../inputs";

const anywhere = z.strictObject({
  customerId: id("customer").optional(),
  connectionId: id("connection").optional(),
  streamId: id("stream").optional(),
});
const place = anywhere.extend({ state: heldState });

/** What did not get through, of both directions, and what can be done about it. */
export const problems = vendorRouterOf({
  list: vendorProcedure("developer")
    .input(place.extend({ cause: heldInput.shape.cause, cursor, limit }))
    .query(({ ctx, input }) => listProblemRecords(ctx, input)),
  causes: vendorProcedure("developer")
    .input(place)
    .query(({ ctx, input }) => listProblemCauses(ctx, input)),
  retry: vendorProcedure("developer")
    .input(heldInput)
    .mutation(({ ctx, input }) => retryRecords(ctx, input)),
  skip: vendorProcedure("developer")
    .input(heldInput)
    .mutation(({ ctx, input }) => skipRecords(ctx, input)),
  restore: vendorProcedure("developer")
    .input(heldInput)
    .mutation(({ ctx, input }) => restoreRecords(ctx, input)),
  correct: vendorProcedure("developer")
    .input(correctionInput.extend({ value: z.unknown() }))
    .mutation(({ ctx, input }) => correctRecord(ctx, input)),
  corrections: vendorProcedure("developer")
    .input(anywhere.extend({ cursor, limit }))
    .query(({ ctx, input }) => listCorrections(ctx, input)),
  uncorrect: vendorProcedure("developer")
    .input(correctionInput)
    .mutation(({ ctx, input }) => uncorrectRecord(ctx, input)),
});
