import { Context, log } from "@temporalio/activity";
import type { Client } from "@temporalio/client";
import { performCall } from "#server/domains/actions/perform-call";
import { processInbox } from "#server/domains/inbox/process-inbox";
import { advanceRollout } from "#server/domains/rollouts/advance-rollout";
import { claimRun } from "#server/domains/streams/claim-run";
import { finishRun } from "#server/domains/streams/finish-run";
import { streamCtx } from "#server/domains/streams/internal";
import { createLightLegs } from "#server/domains/streams/light-legs";
import type { Pace } from "#server/domains/streams/pull-pages";
import { StaleAttempt } from "#server/domains/streams/stale-attempt";
import { LEG_MS, syncLeg } from "#server/domains/streams/sync-leg";
import { takeTurn } from "#server/domains/streams/take-turn";
import { deliverPending } from "#server/domains/webhooks/deliver-pending";
import { pokeEndpoints } from "#server/domains/webhooks/poke-endpoints";
import type { Deps } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";
import { reconcileOnce } from "#server/temporal/reconcile";
import type { Activities } from "#workflows/contract";
import { guarded, toFailure } from "./failures";
import { keepHouse } from "./keep-house";

/** Legs that keepers run in their own turns. */
const LIGHT_LEGS = 8;

/** Local activities have no heartbeat; their errors cross all the same. */
async function local<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failure = toFailure(error);
    // What toFailure takes for unexpected crosses without its words, so this line is all there is of it.
    if (failure !== error && !isAppError(error) && !(error instanceof StaleAttempt)) log.error("activity failed", { err: error });
    throw failure;
  }
}

/** A leg gives its slot back after {@link LEG_MS}, or after its page when the process is to end. */
function legPace(signal: AbortSignal, closing: AbortSignal): Pace {
  const context = Context.current();
  const untilMs = performance.now() + LEG_MS;
  return {
    signal,
    get untilMs() {
      return closing.aborted ? 0 : untilMs;
    },
    beat: ({ pages, seen }) => context.heartbeat({ pages, seen }),
  };
}

/** The contract's activities, each a thin door onto one verb. `closing`: the process is to end, and what is at work comes to its next stop. */
export function createActivities(deps: Deps, client: Client, closing: AbortSignal): Activities {
  const lightLegs = createLightLegs(LIGHT_LEGS, () => performance.now());
  return {
    takeTurn: (input) => local(() => takeTurn(streamCtx(deps, input, "keeper"), input, lightLegs)),
    claimRun: (input) => local(() => claimRun(streamCtx(deps, input, "keeper"), input)),
    finishRun: (input) =>
      local(async () => {
        await finishRun(streamCtx(deps, input, "keeper"), input);
      }),
    syncLeg: (input) =>
      guarded(async (signal) => {
        const ctx = streamCtx(deps, input, "leg");
        const tally = await syncLeg(ctx, input, legPace(signal, closing));
        if (tally.changed > 0) await pokeEndpoints(ctx);
        const { done, paused, pages, seen, waitMs } = tally;
        return { done, paused, pages, seen, ...(waitMs === undefined ? {} : { waitMs }) };
      }),
    deliverPending: (input) => guarded(() => deliverPending(deps, input)),
    doCall: (input) => guarded((signal) => performCall(deps, input, signal, closing)),
    advanceRollout: (input) => guarded(() => advanceRollout(deps, input)),
    processInbox: () => guarded(() => processInbox(deps, { untilMs: performance.now() + LEG_MS })),
    reconcileOnce: () => guarded(() => keepHouse(deps, () => reconcileOnce(deps, client))),
  };
}
