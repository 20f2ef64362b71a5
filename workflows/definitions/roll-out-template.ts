import { allHandlersFinished, condition, continueAsNew, proxyActivities, setHandler, workflowInfo } from "@temporalio/workflow";
import type { RolloutRef, Rollouts } from "#workflows/contract";
import { poke } from "./keeper";

const TURNS_PER_HISTORY = 500;

const { advanceRollout } = proxyActivities<Rollouts>({
  startToCloseTimeout: "5 minutes",
  heartbeatTimeout: "30 seconds",
  retry: { initialInterval: "1 second", maximumInterval: "60 seconds", nonRetryableErrorTypes: ["not_found"] },
  priority: { priorityKey: 2 },
});

/** Takes a roll-out through its steps, turn by turn, until it is done or rolled back. */
export async function rollOutTemplate(input: RolloutRef): Promise<void> {
  let poked = true;
  setHandler(poke, () => {
    poked = true;
  });
  for (let turn = 0; turn < TURNS_PER_HISTORY && !workflowInfo().continueAsNewSuggested; turn++) {
    poked = false;
    const { done, waitMs } = await advanceRollout(input);
    if (done) return;
    if (waitMs > 0) await condition(() => poked, waitMs);
  }
  await condition(allHandlersFinished);
  await continueAsNew<typeof rollOutTemplate>(input);
}
