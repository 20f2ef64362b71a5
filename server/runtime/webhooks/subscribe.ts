import { AppError, isAppError } from "#server/lib/errors";
import { textAt } from "../paths";
import { fillCall } from "../writes/fill";
import { resultOfError } from "../writes/result";
import type { Call, Subscription } from "../writes/schema";
import type { Writing } from "../writes/writer";

export type Subscribed = { id: string; secret: string | null };

const send = async ({ send: out, manifest, config = {} }: Writing, call: Call, values: Record<string, unknown>) =>
  out({ ...fillCall(call, { values, config }, manifest.http.protocol), write: true });

/** What is subscribed to, one call each; one nameless topic where one call is for all. */
export const topicsOf = ({ topics }: Subscription): string[] => (topics.length > 0 ? topics : [""]);

/** Asks to be called at `url`. Throws the AppError that says why it is not so. */
export async function subscribe(
  hands: Writing,
  subscription: Subscription,
  given: { url: string; secret: string; topic: string },
): Promise<Subscribed> {
  const { json } = await send(hands, subscription.create, given);
  const id = textAt(json, subscription.id);
  if (id === null)
    throw new AppError("provider_invalid_response", `${hands.manifest.name} named no id for the subscription.`, {
      details: { status: 200 },
    });
  return { id, secret: subscription.secret === undefined ? null : textAt(json, subscription.secret) };
}

/** Prolongs a subscription. False when it has to be made anew: there is no such call, or nothing left to prolong. */
export async function renewSubscription(
  hands: Writing,
  { renew }: Subscription,
  given: { id: string; url: string; secret: string; topic: string },
): Promise<boolean> {
  if (!renew) return false;
  try {
    await send(hands, renew, given);
    return true;
  } catch (error) {
    const status = isAppError(error) ? error.details?.["status"] : undefined;
    if (status === 404 || status === 410) return false;
    throw error;
  }
}

/** Takes a subscription back. `later`: it could not be asked now. What is refused or gone needs no second try. */
export async function unsubscribe(
  hands: Writing,
  { remove }: Subscription,
  given: { id: string; topic: string },
): Promise<"over" | "later"> {
  if (!remove) return "over";
  try {
    await send(hands, remove, given);
    return "over";
  } catch (error) {
    const { outcome } = resultOfError(error);
    const refused = isAppError(error) && (error.code === "reauth_required" || error.code === "insufficient_scope");
    return outcome === "refused" || refused ? "over" : "later";
  }
}
