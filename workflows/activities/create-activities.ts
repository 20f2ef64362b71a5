import { Context, log } from "@temporalio/activity";
import type { Client } from "@temporalio/client";
import { performCall } from "#server/domains/actions/perform-call";
import { processInbox } from "#server/domains/inbox/process-inbox";
import { advanceRollout } from "#server/domains/rollouts/advance-rollout";
import { claimRun } from "#server/domains/streams/claim-run";
import { finishRun } from "#server/domains/streams/finish-run";
import { streamCtx } from "#server/domains/streams/internal";
import { StaleAttempt } from "#server/domains/streams/stale-attempt";
import { LEG_MS, syncLeg } from "#server/domains/streams/sync-leg";
import { deliverPending } from "#server/domains/webhooks/deliver-pending";
import { pokeEndpoints } from "#server/domains/webhooks/poke-endpoints";
import type { Deps } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";
import { reconcileOnce } from "#server/temporal/reconcile";
import type { Activities } from "#workflows/contract";
import { guarded, toFailure } from "./failures";
import { keepHouse } from "./keep-house";

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

/** The contract's activities, each a thin door onto one verb. */
export function createActivities(deps: Deps, client: Client): Activities {
  return {
    claimRun: (input) => local(() => claimRun(streamCtx(deps, input, "keeper"), input)),
    finishRun: (input) => local(() => finishRun(streamCtx(deps, input, "keeper"), input)),
    syncLeg: (input) =>
      guarded(async (signal) => {
        const ctx = streamCtx(deps, input, "leg");
        const context = Context.current();
        const tally = await syncLeg(ctx, input, {
          signal,
          untilMs: performance.now() + LEG_MS,
          beat: ({ pages, seen }) => context.heartbeat({ pages, seen }),
        });
        if (tally.changed > 0) await pokeEndpoints(ctx);
        const { done, paused, pages, seen, waitMs } = tally;
        return { done, paused, pages, seen, ...(waitMs === undefined ? {} : { waitMs }) };
      }),
    deliverPending: (input) => guarded(() => deliverPending(deps, input)),
    doCall: (input) => guarded((signal) => performCall(deps, input, signal)),
    advanceRollout: (input) => guarded(() => advanceRollout(deps, input)),
    processInbox: () => guarded(() => processInbox(deps, { untilMs: performance.now() + LEG_MS })),
    reconcileOnce: () => guarded(() => keepHouse(deps, () => reconcileOnce(deps, client))),
  };
}
