import { z } from "zod";
import { listWrites } from "#server/domains/writes/list-writes";
import { planUndo, undoWrites, whichWrites } from "#server/domains/writes/undo-writes";
import { vendorProcedure, vendorRouterOf } from "../init";
import { cursor, id, limit } from "../inputs";

/** One write, those of a run, or those of a stream in a while. */
const meant = z.strictObject({
  writeId: id("write").optional(),
  runId: id("run").optional(),
  streamId: id("stream").optional(),
  from: z.date().optional(),
  to: z.date().optional(),
});

export const writes = vendorRouterOf({
  list: vendorProcedure("developer")
    .input(
      z.strictObject({
        streamId: id("stream").optional(),
        runId: id("run").optional(),
        customerId: id("customer").optional(),
        ownId: z.string().min(1).max(512).optional(),
        cursor,
        limit,
      }),
    )
    .query(({ ctx, input }) => listWrites(ctx, input)),
  planUndo: vendorProcedure("developer")
    .input(meant)
    .query(({ ctx, input }) => planUndo(ctx, whichWrites(input))),
  undo: vendorProcedure("developer")
    .input(meant)
    .mutation(({ ctx, input }) => undoWrites(ctx, whichWrites(input))),
});
