import { getAdaptation } from "#server/domains/overrides/get-adaptation";
import { mappingDocument } from "#server/domains/overrides/mapping-document";
import { overridesHistory } from "#server/domains/overrides/overrides-history";
import { revertOverrides } from "#server/domains/overrides/revert-overrides";
import { saveOverrides } from "#server/domains/overrides/save-overrides";
import { settleConflict } from "#server/domains/overrides/settle-conflict";
import { settleDrift } from "#server/domains/overrides/settle-drift";
import { embedProcedure, embedRouterOf } from "../init";
import { adaptationInput, connectionInput, revertInput, saveInput, settleConflictInput, settleDriftInput, streamInput } from "../inputs";

/** What a customer makes of a mapping: see it, change what is open to them, settle what has changed underneath. */
export const mapping = embedRouterOf({
  get: embedProcedure.input(adaptationInput).query(({ ctx, input }) => getAdaptation(ctx, input)),
  save: embedProcedure.input(saveInput).mutation(({ ctx, input }) => saveOverrides(ctx, input)),
  settleConflict: embedProcedure.input(settleConflictInput).mutation(({ ctx, input }) => settleConflict(ctx, input)),
  revert: embedProcedure.input(revertInput).mutation(({ ctx, input }) => revertOverrides(ctx, input)),
  history: embedProcedure.input(streamInput).query(({ ctx, input }) => overridesHistory(ctx, input)),
  settleDrift: embedProcedure.input(settleDriftInput).mutation(({ ctx, input }) => settleDrift(ctx, input)),
  document: embedProcedure.input(connectionInput).query(({ ctx, input }) => mappingDocument(ctx, input)),
});
