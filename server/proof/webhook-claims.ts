import type { Manifest } from "#server/runtime/manifest";
import type { Bench } from "./bench";
import { greets, hints, knowsAgain, subscribes, verifies } from "./webhook-proofs";

/** A claim that is not of one object, and what shows it. */
export type Said = { claim: string; title: string; claimed?: boolean; run(bench: Bench): Promise<void> };

/** What a manifest says of the calls that it takes. */
export function webhookClaims({ webhooks }: Manifest): Said[] {
  if (!webhooks) return [];
  const { events, handshakes, subscription } = webhooks;
  return [
    { claim: "webhooks.verify", title: "right calls are taken, others refused", run: verifies },
    { claim: "webhooks.again", title: "a call that comes again is known", run: knowsAgain },
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
