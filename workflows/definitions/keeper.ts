import {
  ActivityFailure,
  ApplicationFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import {
  FINAL,
  type KeeperInput,
  type RunOutcome,
  SIGNAL,
  STALE,
  type StreamClaims,
  type StreamLegs,
  type StreamRef,
  type StreamTurns,
} from "#workflows/contract";

const LEGS_PER_HISTORY = 500;
/** Of a long run only the beginning goes before others' schedules: that is what somebody waits for. */
const AWAITED_LEGS = 3;
const DAY_MS = 24 * 3_600_000;

// Short statements on our own database: no round trip to the server, half the cost of a regular activity.
const claims = proxyLocalActivities<StreamClaims>({
  startToCloseTimeout: "15 seconds",
  retry: { initialInterval: "500 ms", maximumInterval: "30 seconds" },
});

// A source that does not answer is given up long before; then come the statements that end the run.
const turns = proxyLocalActivities<StreamTurns>({
  startToCloseTimeout: "60 seconds",
  retry: { initialInterval: "500 ms", maximumInterval: "30 seconds" },
});

const legs = (fairnessKey: string, interactive: boolean, before: number) =>
  proxyActivities<StreamLegs>({
    // A report may take ten minutes to answer; a worker that died is known by its heartbeat.
    startToCloseTimeout: "15 minutes",
    heartbeatTimeout: "10 seconds",
    retry: {
      initialInterval: "1 second",
      backoffCoefficient: 2,
      maximumInterval: "60 seconds",
      maximumAttempts: 7,
      nonRetryableErrorTypes: [...FINAL],
    },
    priority: { fairnessKey, priorityKey: interactive && before < AWAITED_LEGS ? 2 : 3 },
  });

export const poke = defineSignal(SIGNAL.poke);

/** Why a run ended, from what came back over the activity boundary; null = another attempt has it. */
function outcomeOf(error: unknown): RunOutcome | null {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (!(cause instanceof ApplicationFailure)) {
    return { kind: "failed", code: "platform_error", message: "the work did not finish in time", retryAfterMs: null };
  }
  if (cause.type === STALE) return null;
  const retryAfterMs = typeof cause.details?.[0] === "number" ? cause.details[0] : null;
  return { kind: "failed", code: cause.type ?? "platform_error", message: cause.message, retryAfterMs };
}

/** Runs legs until the source is drained, somebody pauses, or it fails for good. Returns the number of legs. */
async function runToEnd(stream: StreamRef, runId: string, interactive: boolean): Promise<number> {
  let count = 0;
  let outcome: RunOutcome | null = null;
  try {
    for (;;) {
      const { syncLeg } = legs(stream.customerId, interactive, count);
      const leg = await syncLeg({ ...stream, runId });
      count++;
      if (leg.done || leg.paused) {
        outcome = { kind: leg.done ? "succeeded" : "paused" };
        break;
      }
      if (leg.waitMs !== undefined) return count; // the run stays open: the next claim says when it goes on
      if (count >= LEGS_PER_HISTORY) return count; // and here the next history claims and continues it
    }
  } catch (error) {
    if (isCancellation(error)) throw error;
    outcome = outcomeOf(error);
  }
  if (outcome !== null) await claims.finishRun({ ...stream, runId, outcome });
  return count;
}

/**
 * The keeper of one stream: waits until the stream is due or poked, runs it until the source is drained, and waits again.
 * It decides nothing by itself and remembers nothing: due time, cursor and pauses are read from Postgres at each turn.
 */
export async function keeper(input: KeeperInput): Promise<void> {
  const { legs: before, ...stream } = input;
  let poked = false;
  let count = 0;
  const startedMs = Date.now();
  // Keepers from before go on claiming until their history is at its end.
  const next = patched("turns") ? turns.takeTurn : claims.claimRun;
  setHandler(poke, () => {
    poked = true;
  });
  while (count < LEGS_PER_HISTORY && !workflowInfo().continueAsNewSuggested && Date.now() - startedMs < DAY_MS) {
    poked = false;
    const claim = await next(stream);
    if (claim.kind === "stop") return;
    if (claim.kind === "wait") await condition(() => poked, Math.max(claim.waitMs, 1));
    else count += await runToEnd(stream, claim.runId, claim.interactive);
  }
  // A poke that comes in now is not lost: it stands in the stream's row, which the next history reads first.
  await condition(allHandlersFinished);
  await continueAsNew<typeof keeper>({ ...stream, legs: before + count });
}
