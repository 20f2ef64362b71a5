import { proxyActivities } from "@temporalio/workflow";
import type { CallRef, Calls } from "#workflows/contract";

const { doCall } = proxyActivities<Calls>({
  startToCloseTimeout: "90 seconds",
  heartbeatTimeout: "10 seconds",
  scheduleToCloseTimeout: "15 minutes",
  retry: { initialInterval: "500 milliseconds", maximumInterval: "30 seconds" },
  priority: { priorityKey: 1 },
});

/** Has one stored call done. Somebody waits for it, so it goes before everything else. */
export async function performCall(input: CallRef): Promise<void> {
  await doCall(input);
}
