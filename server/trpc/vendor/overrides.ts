import { z } from "zod";
import { driftFleet } from "#server/domains/overrides/drift-fleet";
import { driftReach, FleetKey, SettleEverywhere, settleDriftEverywhere } from "#server/domains/overrides/drift-reach";
import { getAdaptation } from "#server/domains/overrides/get-adaptation";
import { listDrifts } from "#server/domains/overrides/list-drifts";
import { mappingDocument } from "#server/domains/overrides/mapping-document";
import { overridesHistory } from "#server/domains/overrides/overrides-history";
import { revertOverrides } from "#server/domains/overrides/revert-overrides";
import { saveOverrides } from "#server/domains/overrides/save-overrides";
import { settleConflict } from "#server/domains/overrides/settle-conflict";
import { settleDrift } from "#server/domains/overrides/settle-drift";
import { vendorProcedure, vendorRouterOf } from "../init";
import {
  adaptationInput,
  connectionInput,
  cursor,
  driftStatus,
  limit,
  revertInput,
  saveInput,
  settleConflictInput,
  settleDriftInput,
  streamInput,
} from "../inputs";

const support = vendorProcedure("support");

/** The same that customers do with their mappings, done for one of them; the history says by whom. Support sees no records. */
export const overrides = vendorRouterOf({
  get: support.input(adaptationInput).query(({ ctx, input }) => getAdaptation(ctx, input)),
  save: support.input(saveInput).mutation(({ ctx, input }) => saveOverrides(ctx, input)),
  settleConflict: support.input(settleConflictInput).mutation(({ ctx, input }) => settleConflict(ctx, input)),
  revert: support.input(revertInput).mutation(({ ctx, input }) => revertOverrides(ctx, input)),
  history: support.input(streamInput).query(({ ctx, input }) => overridesHistory(ctx, input)),
  settleDrift: support.input(settleDriftInput).mutation(({ ctx, input }) => settleDrift(ctx, input)),
  document: support.input(connectionInput).query(({ ctx, input }) => mappingDocument(ctx, input)),
  driftFleet: vendorProcedure("viewer").query(({ ctx }) => driftFleet(ctx)),
  driftReach: vendorProcedure("viewer")
    .input(FleetKey.extend({ cursor, limit }))
    .query(({ ctx, input }) => driftReach(ctx, input)),
  settleEverywhere: support.input(SettleEverywhere).mutation(({ ctx, input }) => settleDriftEverywhere(ctx, input)),
  drifts: vendorProcedure("viewer")
    .input(z.strictObject({ status: driftStatus.optional(), cursor, limit }))
    .query(({ ctx, input }) => listDrifts(ctx, input)),
});
