import { allHandlersFinished, condition, continueAsNew, proxyActivities, setHandler, workflowInfo } from "@temporalio/workflow";
import type { Inbox } from "#workflows/contract";
import { poke } from "./keeper";

const ROUNDS_PER_HISTORY = 500;

const { processInbox } = proxyActivities<Inbox>({
  startToCloseTimeout: "2 minutes",
  heartbeatTimeout: "15 seconds",
  retry: { initialInterval: "1 second", maximumInterval: "30 seconds" },
  priority: { priorityKey: 2 },
});

/** Reads the inbox as often as it is poked, and ends when nobody has for a while; the next poke starts it again. */
export async function readInbox(): Promise<void> {
  let poked = true;
  setHandler(poke, () => {
    poked = true;
  });
  for (let round = 0; round < ROUNDS_PER_HISTORY && !workflowInfo().continueAsNewSuggested; round++) {
    poked = false;
    const { more } = await processInbox();
    if (!more && !(await condition(() => poked, "5 minutes"))) return;
  }
  await condition(allHandlersFinished);
  await continueAsNew<typeof readInbox>();
}
