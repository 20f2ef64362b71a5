import { z } from "zod";
import { environmentCookie } from "#server/auth/member";
import type { Branding as StoredBranding } from "#server/db/schema/identity";
import { createApiKey } from "#server/domains/api-keys/create-api-key";
import { listApiKeys } from "#server/domains/api-keys/list-api-keys";
import { revokeApiKey } from "#server/domains/api-keys/revoke-api-key";
import { ApiScopes } from "#server/domains/api-keys/schema";
import { brandingHistory } from "#server/domains/branding/branding-history";
import { getBranding } from "#server/domains/branding/get-branding";
import { listTexts } from "#server/domains/branding/list-texts";
import { Branding } from "#server/domains/branding/schema";
import { restoreBranding, updateBranding } from "#server/domains/branding/update-branding";
import { getOwnOrigin, setOwnOrigin } from "#server/domains/environments/own-origin";
import { proveOwnOrigin } from "#server/domains/environments/prove-own-origin";
import { updateOrigins } from "#server/domains/environments/update-origins";
import { getOverview } from "#server/domains/overview/get-overview";
import { getViewer } from "#server/domains/views/get-viewer";
import { requireEnvironment } from "#server/domains/views/require-environment";
import { createEndpoint } from "#server/domains/webhooks/create-endpoint";
import { listDeliveries } from "#server/domains/webhooks/list-deliveries";
import { listEndpoints } from "#server/domains/webhooks/list-endpoints";
import { removeEndpoint } from "#server/domains/webhooks/remove-endpoint";
import { replayDelivery } from "#server/domains/webhooks/replay-delivery";
import { replayFailed } from "#server/domains/webhooks/replay-failed";
import { planReplay, replayRange } from "#server/domains/webhooks/replay-range";
import { rotateSecret } from "#server/domains/webhooks/rotate-secret";
import { setEndpointStatus } from "#server/domains/webhooks/set-endpoint-status";
import { LANGUAGES } from "#server/words/languages";
import { vendorProcedure, vendorRouterOf } from "../init";
import { cursor, defined, id } from "../inputs";

export const viewer = vendorRouterOf({
  get: vendorProcedure("viewer").query(({ ctx }) => getViewer(ctx)),
  switchEnvironment: vendorProcedure("viewer")
    .input(z.strictObject({ kind: z.enum(["test", "live"]) }))
    .mutation(async ({ ctx, input }) => {
      const { kind } = await requireEnvironment(ctx, input);
      ctx.responseHeaders.append("set-cookie", environmentCookie(kind, ctx.config.origin));
      return { kind };
    }),
});

export const overview = vendorRouterOf({
  get: vendorProcedure("viewer").query(({ ctx }) => getOverview(ctx)),
});

export const apiKeys = vendorRouterOf({
  list: vendorProcedure("developer").query(({ ctx }) => listApiKeys(ctx, {})),
  create: vendorProcedure("developer")
    .input(z.strictObject({ name: z.string().trim().min(1).max(80), scopes: ApiScopes }))
    .mutation(({ ctx, input }) => createApiKey(ctx, input)),
  revoke: vendorProcedure("developer")
    .input(z.strictObject({ id: id("apiKey") }))
    .mutation(({ ctx, input }) => revokeApiKey(ctx, input)),
});

const endpointInput = z.strictObject({ id: id("endpoint") });

const rangeInput = endpointInput.extend({
  from: z.date(),
  to: z.date(),
  type: z.string().min(1).max(100).optional(),
  only: z.enum(["all", "dead"]).default("all"),
});

export const webhooks = vendorRouterOf({
  list: vendorProcedure("developer").query(({ ctx }) => listEndpoints(ctx, {})),
  create: vendorProcedure("developer")
    .input(z.strictObject({ url: z.url({ protocol: /^https?$/ }).max(2_000) }))
    .mutation(({ ctx, input }) => createEndpoint(ctx, input)),
  remove: vendorProcedure("developer")
    .input(endpointInput)
    .mutation(({ ctx, input }) => removeEndpoint(ctx, input)),
  deliveries: vendorProcedure("developer")
    .input(z.strictObject({ endpointId: id("endpoint").optional(), cursor }))
    .query(({ ctx, input }) => listDeliveries(ctx, input)),
  replay: vendorProcedure("developer")
    .input(z.strictObject({ deliveryId: id("delivery") }))
    .mutation(({ ctx, input }) => replayDelivery(ctx, input)),
  replayFailed: vendorProcedure("developer")
    .input(endpointInput)
    .mutation(({ ctx, input }) => replayFailed(ctx, input)),
  planReplay: vendorProcedure("developer")
    .input(rangeInput)
    .query(({ ctx, input }) => planReplay(ctx, input)),
  replayRange: vendorProcedure("developer")
    .input(rangeInput)
    .mutation(({ ctx, input }) => replayRange(ctx, input)),
  setStatus: vendorProcedure("developer")
    .input(endpointInput.extend({ status: z.enum(["active", "disabled"]) }))
    .mutation(({ ctx, input }) => setEndpointStatus(ctx, input)),
  rotate: vendorProcedure("developer")
    .input(endpointInput.extend({ overlapHours: z.number().int().min(0).max(72).default(24) }))
    .mutation(({ ctx, input }) => rotateSecret(ctx, input)),
});

export const environment = vendorRouterOf({
  update: vendorProcedure("admin")
    .input(z.strictObject({ allowedOrigins: z.array(z.string().max(300)).max(50) }))
    .mutation(({ ctx, input }) => updateOrigins(ctx, input)),
  ownOrigin: vendorProcedure("viewer").query(({ ctx }) => getOwnOrigin(ctx)),
  setOwnOrigin: vendorProcedure("admin")
    .input(z.strictObject({ origin: z.string().trim().min(1).max(300).nullable() }))
    .mutation(({ ctx, input }) => setOwnOrigin(ctx, input)),
  proveOwnOrigin: vendorProcedure("admin").mutation(({ ctx }) => proveOwnOrigin(ctx)),
});

export const branding = vendorRouterOf({
  get: vendorProcedure("viewer").query(({ ctx }) => getBranding(ctx)),
  history: vendorProcedure("viewer").query(({ ctx }) => brandingHistory(ctx)),
  texts: vendorProcedure("viewer")
    .input(z.strictObject({ language: z.enum(LANGUAGES) }))
    .query(({ input }) => listTexts(input)),
  update: vendorProcedure("admin")
    .input(z.strictObject({ branding: Branding, n: z.number().int().min(0) }))
    .mutation(({ ctx, input }) => updateBranding(ctx, { ...input, branding: defined(input.branding) as StoredBranding })),
  restore: vendorProcedure("admin")
    .input(z.strictObject({ to: z.number().int().min(0), n: z.number().int().min(0) }))
    .mutation(({ ctx, input }) => restoreBranding(ctx, input)),
});
