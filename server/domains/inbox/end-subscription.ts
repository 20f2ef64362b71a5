import { and, eq } from "drizzle-orm";
import { inboundEndpoints, webhookSubscriptions } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Deps, Scope } from "#server/lib/context";
import type { ConnectionId, CustomerId, EnvironmentId, VendorId } from "#server/lib/ids";
import { unsubscribe } from "#server/runtime/webhooks/subscribe";
import { openLeavingHands } from "#server/runtime/writes/open-hands";

type Leaving = { vendorId: VendorId; environmentId: EnvironmentId; customerId: CustomerId; connectionId: ConnectionId };

/**
 * Worker: asks the third party not to call us any more about a connection that was disconnected, while its credential still
 * opens the door. False when it should be asked again later.
 */
export async function endSubscription(deps: Deps, leaving: Leaving): Promise<boolean> {
  const scope: Scope = leaving;
  const mine = and(
    eq(webhookSubscriptions.environmentId, leaving.environmentId),
    eq(webhookSubscriptions.customerId, leaving.customerId),
    eq(webhookSubscriptions.connectionId, leaving.connectionId),
  );
  const [known] = await withScope({ db: deps.db, scope }, (tx) => tx.select().from(webhookSubscriptions).where(mine));
  if (!known) return true;
  const hands = await openLeavingHands(deps, leaving);
  const subscription = hands?.manifest.webhooks?.subscription;
  const left = { ...known.made };
  for (const [topic, { id }] of hands && subscription ? Object.entries(known.made) : [])
    if (hands && subscription && (await unsubscribe(hands, subscription, { id, topic })) === "over") delete left[topic];
  const over = !subscription || Object.keys(left).length === 0;
  await withScope({ db: deps.db, scope }, async (tx) => {
    if (!over) {
      await tx.update(webhookSubscriptions).set({ made: left }).where(mine);
      return;
    }
    // Its address goes with it: who still calls there is answered like anybody at an address there is not.
    await tx
      .delete(inboundEndpoints)
      .where(and(eq(inboundEndpoints.id, known.endpointId), eq(inboundEndpoints.environmentId, leaving.environmentId)));
  });
  return over;
}
