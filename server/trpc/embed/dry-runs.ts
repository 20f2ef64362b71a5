import { getDryRun } from "#server/domains/dry-runs/get-dry-run";
import { previewWrites } from "#server/domains/dry-runs/preview-writes";
import { startDryRun } from "#server/domains/dry-runs/start-dry-run";
import { startLook } from "#server/domains/schemas/start-look";
import { embedProcedure, embedRouterOf } from "../init";
import { dryRunInput, lookInput, tryInput } from "../inputs";

/** What needs the worker while somebody adapts a mapping: a look at the account's fields, and what the mapping would do. */
export const dryRuns = embedRouterOf({
  look: embedProcedure.input(lookInput).mutation(({ ctx, input }) => startLook(ctx, input)),
  start: embedProcedure.input(tryInput).mutation(({ ctx, input }) => startDryRun(ctx, input)),
  previewWrites: embedProcedure.input(tryInput).query(({ ctx, input }) => previewWrites(ctx, input)),
  get: embedProcedure.input(dryRunInput).query(({ ctx, input }) => getDryRun(ctx, input)),
});
