import { z } from "zod";
import { listHeld } from "#server/domains/writes/list-held";
import { listWrites } from "#server/domains/writes/list-writes";
import { dropHeld, retryHeld } from "#server/domains/writes/settle-held";
import { planUndo, undoWrites, whichWrites } from "#server/domains/writes/undo-writes";
import { vendorProcedure, vendorRouterOf } from "../init";
import { cursor, id, limit } from "../inputs";

const which = z.strictObject({ streamId: id("stream"), ownIds: z.array(z.string().min(1).max(512)).min(1).max(1_000).optional() });

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
  held: vendorProcedure("developer")
    .input(z.strictObject({ streamId: id("stream").optional(), customerId: id("customer").optional(), cursor, limit }))
    .query(({ ctx, input }) => listHeld(ctx, input)),
  retry: vendorProcedure("developer")
    .input(which)
    .mutation(({ ctx, input }) => retryHeld(ctx, input)),
  drop: vendorProcedure("developer")
    .input(which)
    .mutation(({ ctx, input }) => dropHeld(ctx, input)),
  planUndo: vendorProcedure("developer")
    .input(meant)
    .query(({ ctx, input }) => planUndo(ctx, whichWrites(input))),
  undo: vendorProcedure("developer")
    .input(meant)
    .mutation(({ ctx, input }) => undoWrites(ctx, whichWrites(input))),
});
