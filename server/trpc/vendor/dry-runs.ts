import { z } from "zod";
import { getDryRun } from "#server/domains/dry-runs/get-dry-run";
import { previewDraftWrites, previewWrites } from "#server/domains/dry-runs/preview-writes";
import { startDraftDryRun, startDryRun } from "#server/domains/dry-runs/start-dry-run";
import { startLook } from "#server/domains/schemas/start-look";
import { FieldChoices } from "#server/mapping/overrides";
import { MappingFields } from "#server/mapping/schema";
import { vendorProcedure, vendorRouterOf } from "../init";
import { connectionInput, dryRunInput, id, tryInput } from "../inputs";

const developer = vendorProcedure("developer");

/** The same that customers do, and what a template's draft would do with one customer's records. Results show records. */
export const dryRuns = vendorRouterOf({
  look: vendorProcedure("support")
    .input(connectionInput)
    .mutation(({ ctx, input }) => startLook(ctx, input)),
  start: developer.input(tryInput).mutation(({ ctx, input }) => startDryRun(ctx, input)),
  startDraft: developer
    .input(
      tryInput.extend({
        ...{ fields: MappingFields.optional(), filter: z.string().max(2_000).nullable().optional() },
        choices: FieldChoices.optional(),
      }),
    )
    .mutation(({ ctx, input }) => startDraftDryRun(ctx, input)),
  previewWrites: developer.input(tryInput).query(({ ctx, input }) => previewWrites(ctx, input)),
  previewDraftWrites: developer
    .input(
      tryInput.omit({ fields: true, chosen: true }).extend({
        ...{ connectionId: id("connection").optional(), fields: MappingFields.optional() },
        choices: FieldChoices.optional(),
      }),
    )
    .query(({ ctx, input }) => previewDraftWrites(ctx, input)),
  get: developer.input(dryRunInput).query(({ ctx, input }) => getDryRun(ctx, input)),
});
