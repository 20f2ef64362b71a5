import { z } from "zod";
import { addStream } from "#server/domains/templates/add-stream";
import { adoptTemplateVersion } from "#server/domains/templates/adopt-version";
import { createReadyTemplate } from "#server/domains/templates/create-ready-template";
import { createTemplate } from "#server/domains/templates/create-template";
import { discardTemplateDraft } from "#server/domains/templates/discard-template-draft";
import { getTemplate } from "#server/domains/templates/get-template";
import { getTemplateDraft } from "#server/domains/templates/get-template-draft";
import { listLookups } from "#server/domains/templates/list-lookups";
import { listObjects } from "#server/domains/templates/list-objects";
import { listReadyTemplates } from "#server/domains/templates/list-ready-templates";
import { listTemplates } from "#server/domains/templates/list-templates";
import { previewReadyTemplate } from "#server/domains/templates/preview-ready-template";
import { publishTemplate } from "#server/domains/templates/publish-template";
import { removeStream } from "#server/domains/templates/remove-stream";
import { NewStream, Pacing, StreamSettings } from "#server/domains/templates/schema";
import { setTemplateStatus } from "#server/domains/templates/set-template-status";
import { getTemplateVersion, listTemplateVersions } from "#server/domains/templates/template-versions";
import { updateTemplate } from "#server/domains/templates/update-template";
import { MappingFields } from "#server/mapping/schema";
import { vendorProcedure, vendorRouterOf } from "../init";
import { id } from "../inputs";

const ofTemplate = z.strictObject({ templateId: id("template") });
const name = z.string().trim().min(1).max(80);
const readyWish = z.strictObject({
  key: z.string().min(1).max(60),
  integrationId: id("integration"),
  models: z.record(z.string().max(60), z.string().max(60)).optional(),
});
const version = z.number().int().min(1).max(1_000_000);
const basis = z.string().max(100).optional();
const description = z.string().trim().max(300);

export const templates = vendorRouterOf({
  list: vendorProcedure("viewer").query(({ ctx }) => listTemplates(ctx)),
  get: vendorProcedure("viewer")
    .input(ofTemplate)
    .query(({ ctx, input }) => getTemplate(ctx, { ...input, designed: true })),
  draft: vendorProcedure("viewer")
    .input(ofTemplate)
    .query(({ ctx, input }) => getTemplateDraft(ctx, input)),
  versions: vendorProcedure("viewer")
    .input(ofTemplate)
    .query(({ ctx, input }) => listTemplateVersions(ctx, input)),
  version: vendorProcedure("viewer")
    .input(ofTemplate.extend({ version }))
    .query(({ ctx, input }) => getTemplateVersion(ctx, input)),
  objects: vendorProcedure("viewer")
    .input(z.strictObject({ integrationId: id("integration") }))
    .query(({ ctx, input }) => listObjects(ctx, input)),
  lookups: vendorProcedure("viewer").query(({ ctx }) => listLookups(ctx)),
  ready: vendorProcedure("viewer").query(({ ctx }) => listReadyTemplates(ctx)),
  previewReady: vendorProcedure("viewer")
    .input(readyWish.extend({ integrationId: id("integration").optional(), connector: z.string().max(60).optional() }))
    .query(({ ctx, input }) => previewReadyTemplate(ctx, input)),
  createReady: vendorProcedure("developer")
    .input(readyWish.extend({ name: name.optional(), addFields: z.boolean().default(false) }))
    .mutation(({ ctx, input }) => createReadyTemplate(ctx, input)),
  create: vendorProcedure("developer")
    .input(z.strictObject({ integrationId: id("integration"), name, description: description.optional() }))
    .mutation(({ ctx, input }) => createTemplate(ctx, input)),
  update: vendorProcedure("developer")
    .input(
      ofTemplate.extend({
        version: z.number().int().min(0).optional(),
        basis,
        name: name.optional(),
        description: description.optional(),
        streams: z.array(StreamSettings).max(50).optional(),
      }),
    )
    .mutation(({ ctx, input }) => updateTemplate(ctx, input)),
  addStream: vendorProcedure("developer")
    .input(ofTemplate.extend({ ...NewStream.shape, fields: MappingFields }))
    .mutation(({ ctx, input }) => addStream(ctx, input)),
  removeStream: vendorProcedure("developer")
    .input(ofTemplate.extend({ streamKey: z.string().min(1).max(100) }))
    .mutation(({ ctx, input }) => removeStream(ctx, input)),
  publish: vendorProcedure("developer")
    .input(ofTemplate.extend({ basis, stopRunning: z.boolean().default(false), rollout: Pacing.optional() }))
    .mutation(({ ctx, input }) => publishTemplate(ctx, input)),
  discardDraft: vendorProcedure("developer")
    .input(ofTemplate.extend({ basis }))
    .mutation(({ ctx, input }) => discardTemplateDraft(ctx, input)),
  adoptVersion: vendorProcedure("developer")
    .input(ofTemplate.extend({ basis, version }))
    .mutation(({ ctx, input }) => adoptTemplateVersion(ctx, input)),
  setStatus: vendorProcedure("developer")
    .input(ofTemplate.extend({ status: z.enum(["draft", "published", "archived"]) }))
    .mutation(({ ctx, input }) => setTemplateStatus(ctx, input)),
});
