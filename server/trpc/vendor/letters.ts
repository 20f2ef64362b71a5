import { z } from "zod";
import { getDigest, RHYTHMS, setDigest } from "#server/domains/mails/digest-rhythm";
import { previewLetters } from "#server/domains/mails/preview-letters";
import { LANGUAGES } from "#server/words/languages";
import { vendorProcedure, vendorRouterOf } from "../init";

/** Letters to customers and to the team: what they look like, and how often a member wants theirs. */
export const letters = vendorRouterOf({
  preview: vendorProcedure("viewer")
    .input(z.strictObject({ language: z.enum(LANGUAGES) }))
    .query(({ ctx, input }) => previewLetters(ctx, input)),
  digest: vendorProcedure("viewer").query(({ ctx }) => getDigest(ctx)),
  setDigest: vendorProcedure("viewer")
    .input(z.strictObject({ rhythm: z.enum(RHYTHMS) }))
    .mutation(({ ctx, input }) => setDigest(ctx, input)),
});
