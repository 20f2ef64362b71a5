import { z } from "zod";
import { listRollouts } from "#server/domains/rollouts/list-rollouts";
import { previewRollout } from "#server/domains/rollouts/preview-rollout";
import { startRollout } from "#server/domains/rollouts/start-rollout";
import { finishRollout, pauseRollout, resumeRollout, rollBack } from "#server/domains/rollouts/steer-rollout";
import { vendorProcedure, vendorRouterOf } from "../init";
import { cursor, id, limit } from "../inputs";

const developer = vendorProcedure("developer");
const ofStream = z.strictObject({ templateId: id("template"), streamKey: z.string().min(1).max(100) });
const which = z.strictObject({ rolloutId: id("rollout") });
/** From a minute to a week. */
const watchMs = z.number().int().min(60_000).max(604_800_000);

/** A new version of a mapping on its way to customers, step by step. */
export const rollouts = vendorRouterOf({
  list: vendorProcedure("viewer")
    .input(z.strictObject({ templateId: id("template").optional(), cursor, limit }))
    .query(({ ctx, input }) => listRollouts(ctx, input)),
  preview: developer.input(ofStream).query(({ ctx, input }) => previewRollout(ctx, input)),
  start: developer
    .input(
      ofStream.extend({
        basis: z.string().max(100).optional(),
        watchMs: watchMs.optional(),
        maxErrorPercent: z.number().int().min(0).max(100).optional(),
      }),
    )
    .mutation(({ ctx, input }) => startRollout(ctx, input)),
  pause: developer.input(which).mutation(({ ctx, input }) => pauseRollout(ctx, input)),
  resume: developer.input(which).mutation(({ ctx, input }) => resumeRollout(ctx, input)),
  rollBack: developer.input(which).mutation(({ ctx, input }) => rollBack(ctx, input)),
  finish: developer.input(which).mutation(({ ctx, input }) => finishRollout(ctx, input)),
});
