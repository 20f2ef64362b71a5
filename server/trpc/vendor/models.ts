import { z } from "zod";
import { archiveModel } from "#server/domains/models/archive-model";
import { getModel } from "#server/domains/models/get-model";
import { ImportModel, importModel } from "#server/domains/models/import-model";
import { listModels } from "#server/domains/models/list-models";
import { previewModel } from "#server/domains/models/preview-model";
import { saveModel } from "#server/domains/models/save-model";
import { ModelContent, ModelFields, ModelKey } from "#server/domains/models/schema";
import { vendorProcedure, vendorRouterOf } from "../init";

const key = z.string().min(1).max(60);

export const models = vendorRouterOf({
  list: vendorProcedure("viewer").query(({ ctx }) => listModels(ctx)),
  get: vendorProcedure("viewer")
    .input(z.strictObject({ key }))
    .query(({ ctx, input }) => getModel(ctx, input)),
  preview: vendorProcedure("developer")
    .input(z.strictObject({ key, fields: ModelFields }))
    .mutation(({ ctx, input }) => previewModel(ctx, input)),
  import: vendorProcedure("developer")
    .input(ImportModel)
    .mutation(({ input }) => importModel(input)),
  save: vendorProcedure("developer")
    .input(
      ModelContent.extend({
        key: ModelKey,
        version: z.number().int().min(0).max(1_000_000).optional(),
        acceptBreaking: z.boolean().default(false),
      }),
    )
    .mutation(({ ctx, input }) => saveModel(ctx, input)),
  archive: vendorProcedure("developer")
    .input(z.strictObject({ key, archived: z.boolean() }))
    .mutation(({ ctx, input }) => archiveModel(ctx, input)),
});
