import { z } from "zod";
import { checkManifest } from "#server/domains/connectors/check-manifest";
import { compareVersions } from "#server/domains/connectors/compare-versions";
import { importDescription } from "#server/domains/connectors/import-description";
import { getConnector, listConnectors } from "#server/domains/connectors/list-connectors";
import { getVersion, listVersions } from "#server/domains/connectors/list-versions";
import { publishVersion } from "#server/domains/connectors/publish-version";
import { retireVersion } from "#server/domains/connectors/retire-version";
import { saveVersion } from "#server/domains/connectors/save-version";
import { SourceFormat } from "#server/domains/connectors/schema";
import { setUp } from "#server/domains/connectors/set-up";
import { TRIAL_STEPS } from "#server/domains/connectors/trial";
import { tryVersion } from "#server/domains/connectors/try-version";
import { createIntegration } from "#server/domains/integrations/create-integration";
import { createFromObject } from "#server/domains/templates/create-from-object";
import { vendorProcedure, vendorRouterOf } from "../init";
import { answers, id } from "../inputs";

const key = z.string().min(1).max(100);
const version = z.number().int().min(1).max(1_000_000);
const ofVersion = z.strictObject({ key, version });
/** Larger files are read too, and told that they are too large. */
const file = z.strictObject({ source: z.string().max(600_000), format: SourceFormat.optional() });

const trial = ofVersion.extend({
  step: z.enum(TRIAL_STEPS),
  object: z.string().max(100),
  wish: z.strictObject({ cursor: z.string().max(200_000).nullable(), since: z.string().max(40).nullable() }),
});

export const connectors = vendorRouterOf({
  list: vendorProcedure("viewer").query(({ ctx }) => listConnectors(ctx)),
  get: vendorProcedure("viewer")
    .input(z.strictObject({ key }))
    .query(({ ctx, input }) => getConnector(ctx, input)),
  setUp: vendorProcedure("viewer")
    .input(z.strictObject({ key, version: version.optional() }))
    .query(({ ctx, input }) => setUp(ctx, input)),
  versions: vendorProcedure("viewer")
    .input(z.strictObject({ key }))
    .query(({ ctx, input }) => listVersions(ctx, input)),
  version: vendorProcedure("developer")
    .input(ofVersion)
    .query(({ ctx, input }) => getVersion(ctx, input)),
  check: vendorProcedure("developer")
    .input(file)
    .mutation(({ input }) => {
      const checked = checkManifest(input.source, input.format);
      return checked.ok
        ? { key: checked.manifest.key, name: checked.manifest.name, faults: [] }
        : { key: null, name: null, faults: checked.faults };
    }),
  save: vendorProcedure("developer")
    .input(file)
    .mutation(({ ctx, input }) => saveVersion(ctx, input)),
  draft: vendorProcedure("developer")
    .input(z.strictObject({ text: z.string().min(1).max(2_000_000) }))
    .mutation(({ ctx, input }) => importDescription(ctx, input)),
  compare: vendorProcedure("developer")
    .input(z.strictObject({ key, from: version.optional(), to: version }))
    .query(({ ctx, input }) => compareVersions(ctx, input)),
  publish: vendorProcedure("admin")
    .input(ofVersion.extend({ acceptBreaking: z.boolean().default(false) }))
    .mutation(({ ctx, input }) => publishVersion(ctx, input)),
  retire: vendorProcedure("admin")
    .input(ofVersion)
    .mutation(({ ctx, input }) => retireVersion(ctx, input)),
  try: vendorProcedure("developer")
    .input(
      trial.extend({
        credential: z.strictObject({
          authKey: z.string().min(1).max(100),
          fields: answers,
          accessToken: z.string().max(20_000).optional(),
          clientId: z.string().max(500).optional(),
          clientSecret: z.string().max(10_000).optional(),
          sandboxOrigin: z.string().max(300).optional(),
        }),
      }),
    )
    .mutation(({ ctx, input }) => tryVersion(ctx, input)),
  offer: vendorProcedure("admin")
    .input(
      z.strictObject({
        connectorKey: key,
        connectorVersion: version.optional(),
        name: z.string().trim().min(1).max(80).optional(),
        authKey: z.string().min(1).max(100).optional(),
        clientId: z.string().trim().min(1).max(500).optional(),
        clientSecret: z.string().trim().min(1).max(10_000).optional(),
        status: z.enum(["available", "coming_soon", "hidden"]).optional(),
        sandboxOrigin: z.string().max(300).optional(),
      }),
    )
    .mutation(({ ctx, input }) => createIntegration(ctx, input)),
  template: vendorProcedure("admin")
    .input(
      z.strictObject({
        integrationId: id("integration"),
        object: z.string().min(1).max(100),
        name: z.string().trim().min(1).max(80).optional(),
        modelKey: z.string().min(1).max(60).optional(),
      }),
    )
    .mutation(({ ctx, input }) => createFromObject(ctx, input)),
});
