import { z } from "zod";
import { getBootstrap } from "#server/domains/marketplace/get-bootstrap";
import { getIntegrationDetail } from "#server/domains/marketplace/get-integration-detail";
import { listMarketplace } from "#server/domains/marketplace/list-marketplace";
import { listOwnRequests } from "#server/domains/marketplace/list-requests";
import { requestIntegration } from "#server/domains/marketplace/request-integration";
import { embedProcedure, embedRouterOf } from "../init";
import { id } from "../inputs";

export const session = embedRouterOf({
  bootstrap: embedProcedure.query(({ ctx }) => getBootstrap(ctx)),
});

export const marketplace = embedRouterOf({
  list: embedProcedure.query(({ ctx }) => listMarketplace(ctx)),
  get: embedProcedure.input(z.strictObject({ integrationId: id("integration") })).query(async ({ ctx, input }) => {
    const detail = await getIntegrationDetail(ctx, input);
    // Who was sent a link learns what to connect, not what the customer has.
    return ctx.actor.type === "customer" && ctx.actor.link
      ? { ...detail, badge: null, connectionId: null, accounts: 0, connections: [], templates: [] }
      : detail;
  }),
  request: embedProcedure
    .input(z.strictObject({ name: z.string().trim().min(1).max(80) }))
    .mutation(({ ctx, input }) => requestIntegration(ctx, input)),
  requested: embedProcedure.query(({ ctx }) => listOwnRequests(ctx)),
});
