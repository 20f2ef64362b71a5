import type { CustomerCtx } from "#server/lib/context";
import { AppError, isAppError } from "#server/lib/errors";
import type { ConnectionId, IntegrationId } from "#server/lib/ids";
import { checkAnswers } from "./check-answers";
import { type ConnectOutcome, offerOf, ownConnection, sessionOf } from "./internal";
import { type Account, proveAccount } from "./prove-account";
import { saveAccount } from "./save-account";

export type SubmitApiKey = { integrationId: IntegrationId; connectionId?: ConnectionId | undefined; fields: Record<string, string> };

/** Connects an account by key. The key is tried first: one that the third party refuses is `invalid` at its field and not stored. */
export async function submitApiKey(ctx: CustomerCtx, input: SubmitApiKey): Promise<ConnectOutcome> {
  sessionOf(ctx);
  const offer = await offerOf(ctx, input.integrationId);
  const { manifest, method } = offer;
  if (method.type !== "api_key") throw new AppError("invalid", `${manifest.name} is connected by signing in, not with a key.`);
  const values = checkAnswers(method.fields, input.fields);
  if (input.connectionId) await ownConnection(ctx, offer.integration.id, input.connectionId);
  const secret = { type: "api_key" as const, values };
  const config = Object.fromEntries(
    method.fields.filter((field) => !field.secret && field.key in values).map((field) => [field.key, values[field.key] ?? ""]),
  );
  let account: Account;
  try {
    account = await proveAccount(ctx, offer, secret, config);
  } catch (error) {
    if (!isAppError(error) || (error.code !== "reauth_required" && error.code !== "insufficient_scope")) throw error;
    const path = method.fields.find((field) => field.secret)?.key ?? method.fields[0]?.key ?? "key";
    const message =
      error.code === "reauth_required"
        ? `${manifest.name} does not accept this key.`
        : `This key may not read what is needed from ${manifest.name}.`;
    throw new AppError("invalid", message, { details: { fields: [{ path, message }] }, cause: error });
  }
  const expiry = { expiresAt: null, refreshAfter: null };
  return saveAccount(ctx, offer, input.connectionId ?? null, { account, secret, expiry, grantedScopes: [], config });
}
