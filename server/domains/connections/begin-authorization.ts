import { and, count, eq, gt } from "drizzle-orm";
import { authorizations, environments } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { CustomerCtx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { type AuthorizationId, type ConnectionId, type IntegrationId, newId } from "#server/lib/ids";
import { hashToken, newToken } from "#server/lib/tokens";
import { takeApart } from "#server/runtime/auth/answers";
import { appOf } from "#server/runtime/auth/app";
import { sayTo } from "#server/words/reader";
import { checkAnswers } from "./check-answers";
import { consentOf } from "./consent-of";
import { offerOf, ownConnection, sealContext, sessionOf } from "./internal";

export type BeginAuthorization = {
  integrationId: IntegrationId;
  /** Set to authorise an existing connection again. */
  connectionId?: ConnectionId | undefined;
  /** Answers of the connect form, when the connector asks anything before the redirect. */
  config: Record<string, string>;
  display: "popup" | "redirect";
  /** `redirect` only: where the browser goes in the end; its origin must be one the vendor allows. */
  returnTo?: string | undefined;
};

const LIFE_MS = 10 * 60_000;
const MAX_OPEN = 20;

/**
 * Begins an authorisation and returns the address of the third party's consent page. The state is random, single-use, stored
 * as a hash and bound to this embed session; the PKCE verifier never leaves the server. `resumeKey` lets the frame go on after its
 * page was reloaded; it is for that tab alone.
 */
export async function beginAuthorization(
  ctx: CustomerCtx,
  input: BeginAuthorization,
): Promise<{ authorizationId: AuthorizationId; url: string; resumeKey: string }> {
  const embedSessionId = sessionOf(ctx);
  const offer = await offerOf(ctx, input.integrationId, input.connectionId);
  const { integration, manifest, method } = offer;
  if (method.type !== "oauth2_code" && method.type !== "oauth1")
    throw new AppError("invalid", `${manifest.name} is connected with a key, not by signing in.`);
  const app = appOf(ctx, manifest.name, method, integration);
  if (!app) throw new AppError("config_invalid", `The ${manifest.name} integration has no OAuth app.`);
  const { config } = takeApart(method.fields, checkAnswers(method.fields, input.config, sayTo(ctx)));
  if (input.connectionId) await ownConnection(ctx, integration.id, input.connectionId);
  const returnTo = await checkedReturn(ctx, input);

  const id = newId("authorization");
  const { environmentId, customerId } = ctx.scope;
  const state = newToken("");
  const resumeKey = newToken("rsm_");
  const { verifier, url } = await consentOf(ctx, offer, app, config, state);
  const now = ctx.clock.now();
  await withScope(ctx, async (tx) => {
    const mine = and(eq(authorizations.embedSessionId, embedSessionId), eq(authorizations.environmentId, environmentId));
    const [open] = await tx
      .select({ n: count() })
      .from(authorizations)
      .where(and(mine, eq(authorizations.customerId, customerId), eq(authorizations.status, "waiting"), gt(authorizations.expiresAt, now)));
    if ((open?.n ?? 0) >= MAX_OPEN)
      throw new AppError("quota_exceeded", "Too many sign-ins were begun and not finished; wait some minutes.", { retryAfterMs: LIFE_MS });
    await tx.insert(authorizations).values({
      id,
      environmentId,
      customerId,
      integrationId: integration.id,
      embedSessionId,
      connectionId: input.connectionId ?? null,
      stateHash: hashToken(state),
      resumeHash: hashToken(resumeKey),
      verifier: ctx.vault.seal(verifier, sealContext({ id, environmentId, customerId }, "verifier")),
      config,
      display: input.display,
      returnTo,
      frameOrigin: ctx.actor.type === "customer" ? (ctx.actor.frame ?? null) : null,
      language: ctx.reader?.language ?? null,
      expiresAt: new Date(now.getTime() + LIFE_MS),
    });
  });

  return { authorizationId: id, url, resumeKey };
}

/** The page to go back to, or null for a popup. Only pages of the vendor's own, exact origins. */
async function checkedReturn(ctx: CustomerCtx, { display, returnTo }: BeginAuthorization): Promise<string | null> {
  if (display === "popup") return null;
  const refuse = (message: string) => new AppError("invalid", message, { details: { fields: [{ path: "returnTo", message }] } });
  if (returnTo === undefined || !URL.canParse(returnTo)) throw refuse("returnTo must be the address of the page to come back to.");
  const url = new URL(returnTo);
  const [environment] = await withScope(ctx, (tx) =>
    tx
      .select({ allowedOrigins: environments.allowedOrigins })
      .from(environments)
      .where(and(eq(environments.id, ctx.scope.environmentId), eq(environments.vendorId, ctx.scope.vendorId))),
  );
  if (
    ctx.actor.type === "customer" &&
    ctx.actor.link &&
    url.origin === (ctx.actor.frame ?? ctx.config.origin) &&
    url.pathname.startsWith("/connect/link/")
  )
    return `${url.origin}${url.pathname}`;
  const plain = url.username === "" && url.password === "" && /^https?:$/.test(url.protocol);
  if (!plain || !environment?.allowedOrigins.includes(url.origin)) throw refuse("returnTo is not a page of one of the allowed origins.");
  return url.href;
}
