import { z } from "zod";
import { GATE_LENGTH } from "#server/domains/integrations/gate";
import { listIntegrations } from "#server/domains/integrations/list-integrations";
import { tryGate } from "#server/domains/integrations/try-gate";
import { updateIntegration } from "#server/domains/integrations/update-integration";
import { discardDraft } from "#server/domains/mappings/discard-draft";
import { getMappingVersion } from "#server/domains/mappings/get-mapping-version";
import { listPreviewCustomers } from "#server/domains/mappings/list-preview-customers";
import { mappingHistory } from "#server/domains/mappings/mapping-history";
import { previewCustomer } from "#server/domains/mappings/preview-customer";
import { publishMapping } from "#server/domains/mappings/publish-mapping";
import { saveDraft } from "#server/domains/mappings/save-draft";
import { getMappingEditor } from "#server/domains/templates/get-mapping-editor";
import { FieldChoices } from "#server/mapping/overrides";
import { EXPRESSION_LENGTH, MappingFields } from "#server/mapping/schema";
import { vendorProcedure, vendorRouterOf } from "../init";
import { id } from "../inputs";

export const integrations = vendorRouterOf({
  list: vendorProcedure("viewer").query(({ ctx }) => listIntegrations(ctx)),
  tryGate: vendorProcedure("admin")
    .input(z.strictObject({ gate: z.string().trim().min(1).max(GATE_LENGTH) }))
    .query(({ ctx, input }) => tryGate(ctx, input)),
  update: vendorProcedure("admin")
    .input(
      z.strictObject({
        id: id("integration"),
        name: z.string().trim().min(1).max(80).optional(),
        tagline: z.string().trim().max(200).optional(),
        status: z.enum(["available", "coming_soon", "hidden"]).optional(),
        gate: z.string().trim().max(GATE_LENGTH).optional(),
        claimUrl: z.string().trim().max(2_000).optional(),
        clientId: z.string().trim().min(1).max(500).optional(),
        clientSecret: z.string().trim().min(1).max(2_000).optional(),
      }),
    )
    .mutation(({ ctx, input }) => updateIntegration(ctx, input)),
});

const mappingInput = z.strictObject({ templateId: id("template"), streamKey: z.string().min(1).max(100) });

export const mappings = vendorRouterOf({
  editor: vendorProcedure("developer")
    .input(mappingInput)
    .query(({ ctx, input }) => getMappingEditor(ctx, input)),
  history: vendorProcedure("viewer")
    .input(mappingInput)
    .query(({ ctx, input }) => mappingHistory(ctx, input)),
  version: vendorProcedure("viewer")
    .input(mappingInput.extend({ version: z.number().int().min(1).max(1_000_000) }))
    .query(({ ctx, input }) => getMappingVersion(ctx, input)),
  customers: vendorProcedure("developer")
    .input(mappingInput.extend({ search: z.string().max(200).optional() }))
    .query(({ ctx, input }) => listPreviewCustomers(ctx, input)),
  onCustomer: vendorProcedure("developer")
    .input(mappingInput.extend({ connectionId: id("connection") }))
    .query(({ ctx, input }) => previewCustomer(ctx, input)),
  saveDraft: vendorProcedure("developer")
    .input(
      mappingInput.extend({
        fields: MappingFields,
        filter: z.string().max(EXPRESSION_LENGTH).nullable().optional(),
        choices: FieldChoices.optional(),
        basis: z.string().max(100).optional(),
      }),
    )
    .mutation(({ ctx, input }) => saveDraft(ctx, input)),
  discardDraft: vendorProcedure("developer")
    .input(mappingInput)
    .mutation(({ ctx, input }) => discardDraft(ctx, input)),
  publish: vendorProcedure("developer")
    .input(mappingInput.extend({ basis: z.string().max(100).optional() }))
    .mutation(({ ctx, input }) => publishMapping(ctx, input)),
});
