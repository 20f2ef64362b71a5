import { z } from "zod";
import { addEmbedKeys } from "#server/domains/embed-sessions/add-embed-keys";
import { listEmbedKeys } from "#server/domains/embed-sessions/list-embed-keys";
import { removeEmbedKey } from "#server/domains/embed-sessions/remove-embed-key";
import { vendorProcedure, vendorRouterOf } from "../init";
import { id } from "../inputs";

export const embedKeys = vendorRouterOf({
  list: vendorProcedure("developer").query(({ ctx }) => listEmbedKeys(ctx)),
  add: vendorProcedure("developer")
    .input(z.strictObject({ key: z.string().trim().min(1).max(50_000), kid: z.string().trim().min(1).max(200).optional() }))
    .mutation(({ ctx, input }) => addEmbedKeys(ctx, input)),
  remove: vendorProcedure("developer")
    .input(z.strictObject({ id: id("embedKey") }))
    .mutation(({ ctx, input }) => removeEmbedKey(ctx, input)),
});
