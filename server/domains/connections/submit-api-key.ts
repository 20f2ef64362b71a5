import type { CustomerCtx } from "#server/lib/context";
import { AppError, isAppError } from "#server/lib/errors";
import type { ConnectionId, IntegrationId } from "#server/lib/ids";
import { acquire, isSession } from "#server/runtime/auth/acquire";
import { takeApart } from "#server/runtime/auth/answers";
import { appOf } from "#server/runtime/auth/app";
import type { App } from "#server/runtime/auth/place";
import { expiryOf, type Secret } from "#server/runtime/secret";
import { sayTo } from "#server/words/reader";
import type { Say } from "#server/words/say";
import { lookSoon } from "../schemas/start-look";
import { checkAnswers } from "./check-answers";
import { type ConnectOutcome, callerOf, type Offer, offerOf, ownConnection, scopesOf, sessionOf } from "./internal";
import { proveAccount } from "./prove-account";
import { type Proven, saveAccount } from "./save-account";

export type SubmitApiKey = { integrationId: IntegrationId; connectionId?: ConnectionId | undefined; fields: Record<string, string> };

/**
 * Connects an account by what is entered, for every kind of auth that needs no redirect: keys, users and passwords, logins,
 * signed assertions, clients of the customer's own, or nothing at all. It is tried first: what the third party refuses is
 * `invalid` at its field and not stored.
 */
export async function submitApiKey(ctx: CustomerCtx, input: SubmitApiKey): Promise<ConnectOutcome> {
  sessionOf(ctx);
  const offer = await offerOf(ctx, input.integrationId, input.connectionId);
  const { integration, manifest, method } = offer;
  if (method.type === "oauth2_code" || method.type === "oauth1")
    throw new AppError("invalid", `${manifest.name} is connected by signing in, not with a key.`);
  const { values, config } = takeApart(method.fields, checkAnswers(method.fields, input.fields, sayTo(ctx)));
  if (input.connectionId) await ownConnection(ctx, integration.id, input.connectionId);
  const app = appOf(ctx, manifest.name, method, integration);
  const proven = await prove(ctx, offer, app, values, config).catch((error: unknown) => {
    throw atField(offer, error, sayTo(ctx));
  });
  const outcome = await saveAccount(ctx, offer, input.connectionId ?? null, proven);
  if (outcome.outcome !== "different_account") await lookSoon(ctx, outcome.connectionId);
  return outcome;
}

type Texts = Record<string, string>;

async function prove(ctx: CustomerCtx, offer: Offer, app: App | null, values: Texts, config: Texts): Promise<Proven> {
  const nowMs = ctx.clock.now().getTime();
  let secret: Secret = { type: "api_key", values };
  let expiry: Proven["expiry"] = { expiresAt: null, refreshAfter: null };
  let grantedScopes: string[] = [];
  if (isSession(offer.method)) {
    const scopes = scopesOf(offer);
    const got = await acquire(callerOf(ctx, offer), offer.method, values, { app, scopes, nowMs });
    if (!got.ok) {
      if (got.refusal.blame === "client")
        throw new AppError("config_invalid", `${got.refusal.text}. Check the integration's client id and secret.`);
      throw new AppError("reauth_required", got.refusal.text);
    }
    secret = { type: "session", values, token: got.token };
    expiry = expiryOf(got.lifetimeMs, nowMs);
    grantedScopes = got.scopes ?? scopes;
  }
  return { account: await proveAccount(ctx, offer, { secret, config, app }), secret, expiry, grantedScopes, config };
}

/** A refusal as a fault of the form, at the field that holds the secret; anything else as it is. */
function atField({ manifest, method }: Offer, error: unknown, say: Say): unknown {
  if (!isAppError(error) || (error.code !== "reauth_required" && error.code !== "insufficient_scope")) return error;
  const path = method.fields.find((field) => field.secret)?.key ?? method.fields[0]?.key ?? "key";
  const kind = method.type === "api_key" ? "key" : "entered";
  const message = say(error.code === "reauth_required" ? `connect.${kind}.not_accepted` : `connect.${kind}.may_not_read`, {
    name: manifest.name,
  });
  return new AppError("invalid", message, { details: { fields: [{ path, message }], said: true }, cause: error });
}
