import { z } from "zod";
import { dropClaim } from "#server/domains/claims/drop-claim";
import { lookAtClaim } from "#server/domains/claims/look-at-claim";
import { takeClaim } from "#server/domains/claims/take-claim";
import { createLink } from "#server/domains/connect-links/create-link";
import { linkProgress } from "#server/domains/connect-links/link-progress";
import { authorizationStatus } from "#server/domains/connections/authorization-status";
import { beginAuthorization } from "#server/domains/connections/begin-authorization";
import { finalizeAuthorization } from "#server/domains/connections/finalize-authorization";
import type { ConnectOutcome } from "#server/domains/connections/internal";
import { submitApiKey } from "#server/domains/connections/submit-api-key";
import { getConnection } from "#server/domains/views/get-connection";
import type { CustomerCtx } from "#server/lib/context";
import { embedProcedure, embedRouterOf } from "../init";
import { answers, id } from "../inputs";
import type { AuthorizationResult } from "../views/embed";

const authorizationInput = z.strictObject({ authorizationId: id("authorization"), resumeKey: z.string().max(200).optional() });

/** The outcome with the connection as the screen shows it. */
async function shown(ctx: CustomerCtx, outcome: ConnectOutcome): Promise<AuthorizationResult> {
  if (outcome.outcome === "different_account") return outcome;
  return { outcome: outcome.outcome, connection: await getConnection(ctx, { connectionId: outcome.connectionId }) };
}

export const connect = embedRouterOf({
  begin: embedProcedure
    .input(
      z.strictObject({
        integrationId: id("integration"),
        connectionId: id("connection").optional(),
        config: answers.default({}),
        display: z.enum(["popup", "redirect"]),
        returnTo: z
          .url({ protocol: /^https?$/ })
          .max(2_000)
          .optional(),
      }),
    )
    .mutation(({ ctx, input }) => beginAuthorization(ctx, input)),
  status: embedProcedure.input(authorizationInput).query(({ ctx, input }) => authorizationStatus(ctx, input)),
  finalize: embedProcedure
    .input(authorizationInput.extend({ ticket: z.string().max(200).optional() }))
    .mutation(async ({ ctx, input }) => shown(ctx, await finalizeAuthorization(ctx, input))),
  invite: embedProcedure
    .input(
      z.strictObject({ integrationId: id("integration"), connectionId: id("connection").optional(), email: z.email().max(200).optional() }),
    )
    .mutation(({ ctx, input }) => createLink(ctx, input)),
  invited: embedProcedure.input(z.strictObject({ integrationId: id("integration") })).query(({ ctx, input }) => linkProgress(ctx, input)),
  submitKey: embedProcedure
    .input(z.strictObject({ integrationId: id("integration"), connectionId: id("connection").optional(), fields: answers }))
    .mutation(async ({ ctx, input }) => shown(ctx, await submitApiKey(ctx, input))),
});

const claimInput = z.strictObject({ token: z.string().min(20).max(200) });

/** Installed from the third party's side. All are mutations: their input is a secret, which must not stand in an address. */
export const claims = embedRouterOf({
  look: embedProcedure.input(claimInput).mutation(({ ctx, input }) => lookAtClaim(ctx, input)),
  take: embedProcedure.input(claimInput).mutation(async ({ ctx, input }) => shown(ctx, await takeClaim(ctx, input))),
  drop: embedProcedure.input(claimInput).mutation(({ ctx, input }) => dropClaim(ctx, input)),
});
