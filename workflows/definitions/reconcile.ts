import { continueAsNew, proxyActivities, sleep } from "@temporalio/workflow";
import type { Reconciling } from "#workflows/contract";

const EVERY = "30 seconds";
const ROUNDS_PER_HISTORY = 200;

const { reconcileOnce } = proxyActivities<Reconciling>({
  startToCloseTimeout: "5 minutes",
  heartbeatTimeout: "30 seconds",
  retry: { initialInterval: "1 second", maximumInterval: "30 seconds" },
  priority: { priorityKey: 1 },
});

/** Compares Postgres with Temporal, for ever. Workers start it again when Temporal has lost it. */
export async function reconcile(): Promise<void> {
  for (let round = 0; round < ROUNDS_PER_HISTORY; round++) {
    await reconcileOnce();
    await sleep(EVERY);
  }
  await continueAsNew<typeof reconcile>();
}
