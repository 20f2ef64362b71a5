import type { Manifest } from "#server/runtime/manifest";
import type { Bench } from "./bench";
import { greets, hints, hintsAll, knowsAgain, knowsGone, subscribes, thanks, verifies } from "./webhook-proofs";

/** A claim that is not of one object, and what shows it. */
export type Said = { claim: string; title: string; claimed?: boolean; run(bench: Bench): Promise<void> };

/** What a manifest says of the calls that it takes. */
export function webhookClaims({ webhooks }: Manifest): Said[] {
  if (!webhooks) return [];
  const { accepted, events, handshakes, subscription } = webhooks;
  return [
    { claim: "webhooks.verify", title: "right calls are taken, others refused", run: verifies },
    { claim: "webhooks.again", title: "a call that comes again is known", run: knowsAgain },
    { claim: "webhooks.accepted", title: "a call that was taken is answered as it wants", claimed: accepted !== undefined, run: thanks },
    { claim: "webhooks.several", title: "several events in one call are all heard", claimed: events.list !== undefined, run: hintsAll },
    { claim: "webhooks.gone", title: "a topic that says so leads to a deletion", claimed: events.gone.length > 0, run: knowsGone },
    ...Object.keys(events.objects).map((topic) => ({
      claim: `webhooks.events.${topic}`,
      title: `${topic} leads to its object`,
      run: (bench: Bench) => hints(bench, topic),
    })),
    ...handshakes.map(({ type }, n) => ({
      claim: `webhooks.handshake.${n}`,
      title: `the first call (${type}) is answered`,
      run: (bench: Bench) => greets(bench, n),
    })),
    { claim: "webhooks.subscription", title: "calls are asked for and called off", claimed: subscription !== undefined, run: subscribes },
  ];
}
