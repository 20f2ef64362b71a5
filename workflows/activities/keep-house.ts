import { closeLostCalls } from "#server/domains/actions/close-lost-calls";
import { endClaims } from "#server/domains/claims/end-claims";
import { keepCredentialsAlive } from "#server/domains/connections/keep-credentials-alive";
import { revokeDisconnected } from "#server/domains/connections/revoke-disconnected";
import { keepSubscriptions } from "#server/domains/inbox/keep-subscriptions";
import { processInbox } from "#server/domains/inbox/process-inbox";
import { purgeInbox } from "#server/domains/inbox/purge-inbox";
import { sendDigests } from "#server/domains/mails/send-digests";
import { sendDueMails } from "#server/domains/mails/send-due-mails";
import { tellEndpointsOff } from "#server/domains/mails/tell-endpoints-off";
import { tellReauth } from "#server/domains/mails/tell-reauth";
import { purgeOld } from "#server/domains/retention/purge-old";
import { rotateKeys } from "#server/domains/secrets/rotate-keys";
import { LEG_MS } from "#server/domains/streams/sync-leg";
import type { Deps } from "#server/lib/context";

/**
 * One round of the reconciler: `reconcile`, then the rest of what our own database needs, and what waits for third parties
 * last and side by side, so that one who never answers delays nobody's sync. A part that fails is logged and stops no other;
 * only the failure of `reconcile` itself is thrown, after all is done.
 */
export async function keepHouse<T>(deps: Deps, reconcile: () => Promise<T>): Promise<T> {
  const part = async (name: string, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      deps.log.error({ err: error, part: name }, "a part of the reconciler's round failed");
    }
  };
  const [result] = await Promise.allSettled([reconcile()]);
  // For calls whose poke was lost with Temporal.
  await part("inbox", () => processInbox(deps, { untilMs: performance.now() + LEG_MS }));
  await part("lost calls", () => closeLostCalls(deps));
  await part("purge inbox", () => purgeInbox(deps));
  await part("purge", () => purgeOld(deps));
  await part("keys", () => rotateKeys(deps));
  await part("reconnect mails", () => tellReauth(deps));
  await part("switched-off mails", () => tellEndpointsOff(deps));
  await part("digests", () => sendDigests(deps));
  await Promise.all([
    part("mails", () => sendDueMails(deps)),
    part("revoke", () => revokeDisconnected(deps)),
    part("claims", () => endClaims(deps)),
    part("keep alive", () => keepCredentialsAlive(deps)),
    part("subscriptions", () => keepSubscriptions(deps)),
  ]);
  if (result.status === "rejected") throw result.reason;
  return result.value;
}
