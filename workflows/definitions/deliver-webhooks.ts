import { allHandlersFinished, condition, continueAsNew, proxyActivities, setHandler, workflowInfo } from "@temporalio/workflow";
import { type Deliveries, type DeliveryInput, TASK_QUEUE } from "#workflows/contract";
import { poke } from "./keeper";

const ROUNDS_PER_HISTORY = 500;

const { deliverPending } = proxyActivities<Deliveries>({
  taskQueue: TASK_QUEUE.delivery, // slots of its own: slow endpoints hold up no sync
  startToCloseTimeout: "10 minutes",
  heartbeatTimeout: "30 seconds",
  retry: { initialInterval: "1 second", maximumInterval: "60 seconds" },
});

/** Tells one endpoint what happened, as long as there is something to tell; one slow endpoint holds up nobody else's. */
export async function deliverWebhooks(input: DeliveryInput): Promise<void> {
  let poked = true;
  setHandler(poke, () => {
    poked = true;
  });
  for (let round = 0; round < ROUNDS_PER_HISTORY && !workflowInfo().continueAsNewSuggested; round++) {
    poked = false;
    const result = await deliverPending(input);
    if (result.stop) return;
    if (result.waitMs === null) await condition(() => poked, "1 day");
    else if (result.waitMs > 0) await condition(() => poked, result.waitMs);
  }
  await condition(allHandlersFinished);
  await continueAsNew<typeof deliverWebhooks>(input);
}
