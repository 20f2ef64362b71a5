import { claims } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { type IntegrationId, newId } from "#server/lib/ids";
import { hashToken, newToken } from "#server/lib/tokens";
import { appOf } from "#server/runtime/auth/app";
import { readInstall } from "#server/runtime/auth/read-callback";
import { consentOf } from "../connections/consent-of";
import { offerOf } from "../connections/internal";
import { sealContext } from "./internal";

/** `browser`: what this browser was given to keep by an earlier one, if any. */
export type BeginInstall = { integrationId: IntegrationId; params: Record<string, string>; browser: string | null };

const LIFE_MS = 3_600_000;

/**
 * Begins an installation that the third party's own store has sent a browser for: nobody knows yet whose customer it is. Returns the
 * address of the consent page, and what the browser has to keep so that it, and no other, can come back. Throws `invalid` for what is
 * not signed as it must be, not fresh, or lacks what the consent page needs; `not_found` for an integration that is not on offer.
 */
export async function beginInstall(ctx: Ctx, input: BeginInstall): Promise<{ url: string; browser: string }> {
  const offer = await offerOf(ctx, input.integrationId);
  const { integration, manifest, method } = offer;
  const app = method.type === "oauth2_code" ? appOf(ctx, manifest.name, method, integration) : null;
  if (method.type !== "oauth2_code" || !app) throw new AppError("invalid", `${manifest.name} is not installed from its own side.`);
  const now = ctx.clock.now();
  const read = readInstall(method, input.params, app.clientSecret, now);
  if ("refused" in read) throw new AppError("invalid", read.refused);

  const id = newId("claim");
  const { environmentId } = ctx.scope;
  const state = newToken("");
  const browser = input.browser ?? newToken("brw_");
  const { verifier, url } = await consentOf(ctx, offer, app, read.config, state);
  await withScope(ctx, (tx) =>
    tx.insert(claims).values({
      id,
      environmentId,
      integrationId: integration.id,
      stateHash: hashToken(state),
      browserHash: hashToken(browser),
      verifier: ctx.vault.seal(verifier, sealContext({ id, environmentId }, "verifier")),
      config: read.config,
      expiresAt: new Date(now.getTime() + LIFE_MS),
    }),
  );
  return { url, browser };
}
