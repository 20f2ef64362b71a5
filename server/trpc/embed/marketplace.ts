import { z } from "zod";
import { embedProcedure, embedRouterOf } from "../init";
import { id } from "../inputs";
import { bootstrap, getIntegrationDetail, listMarketplace } from "../pending";

export const session = embedRouterOf({
  bootstrap: embedProcedure.query(({ ctx }) => bootstrap(ctx, {})),
});

export const marketplace = embedRouterOf({
  list: embedProcedure.query(({ ctx }) => listMarketplace(ctx, {})),
  get: embedProcedure
    .input(z.strictObject({ integrationId: id("integration") }))
    .query(({ ctx, input }) => getIntegrationDetail(ctx, input)),
});
