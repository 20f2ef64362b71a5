import { Client, Connection, WorkflowNotFoundError } from "@temporalio/client";
import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from "@temporalio/common";
import type { Logger } from "pino";
import {
  CALL_TYPE,
  DELIVERY_TYPE,
  INBOX_TYPE,
  KEEPER_TYPE,
  RECONCILE_TYPE,
  ROLLOUT_TYPE,
  SIGNAL,
  TASK_QUEUE,
  workflowId,
} from "#workflows/contract";
import { type CodecKeys, createDataConverter } from "./codec";
import type { Keeping } from "./keeping";
import { taggingOf } from "./search-attributes";

export type TemporalOptions = {
  address: string;
  namespace: string;
  tls: boolean;
  apiKey: string | null;
  codec: CodecKeys;
  log: Logger;
};

const DEADLINE_MS = 1_500;

/** A client that connects on first use; nothing is dialled before. */
export function createTemporalClient(options: TemporalOptions): Client {
  const connection = Connection.lazy({
    address: options.address,
    tls: options.tls,
    connectTimeout: DEADLINE_MS,
    // After an outage the next try comes within two seconds; gRPC's own pause grows to two minutes.
    channelArgs: { "grpc.initial_reconnect_backoff_ms": 200, "grpc.max_reconnect_backoff_ms": 2_000 },
    ...(options.apiKey === null ? {} : { apiKey: options.apiKey }),
  });
  return new Client({ connection, namespace: options.namespace, dataConverter: createDataConverter(options.codec) });
}

/** Makes sure that exactly one reconciler runs; called by every worker again and again. */
export async function ensureReconciler(client: Client): Promise<void> {
  await client.workflow.start(RECONCILE_TYPE, {
    workflowId: workflowId.reconcile(),
    taskQueue: TASK_QUEUE.sync,
    args: [],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
  });
}

/** {@link keepingOf} a client of its own, for processes that need nothing else of Temporal. */
export function createKeeping(options: TemporalOptions): Keeping {
  return keepingOf(createTemporalClient(options), options.log);
}

type Attempting = (what: string, run: () => Promise<unknown>) => Promise<boolean>;

const attempting =
  (client: Client, log: Logger): Attempting =>
  async (what, run) => {
    try {
      await client.connection.withDeadline(Date.now() + DEADLINE_MS, run);
      return true;
    } catch (error) {
      log.warn({ err: error, what }, "Temporal did not take this now; the reconciler will");
      return false;
    }
  };

type Tagging = ReturnType<typeof taggingOf>;

function calling(client: Client, log: Logger, attempt: Attempting, tagged: Tagging): Keeping["performCall"] {
  return async (ref, { start, waitMs }) => {
    const id = workflowId.call(ref.environmentId, ref.callId);
    const begin = () =>
      tagged({ environment: ref.environmentId, customer: ref.customerId }, (typed) =>
        client.workflow.start(CALL_TYPE, {
          workflowId: id,
          taskQueue: TASK_QUEUE.sync,
          args: [ref],
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
          workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
          priority: { priorityKey: 1, fairnessKey: ref.customerId },
          ...typed,
        }),
      );
    if (start && !(await attempt("start call", begin))) return false;
    if (waitMs === 0) return true;
    // How it ends is in its row; that the wait is over, or nobody knows it any more, is no failure of the call.
    await client.connection
      .withDeadline(Date.now() + waitMs, () => client.workflow.getHandle(id).result())
      .catch((error: unknown) => log.debug({ err: error }, "a call was not waited for to its end"));
    return true;
  };
}

/** Pokes of what belongs to no customer; the inbox not even to an environment. */
const pokingOthers = (client: Client, attempt: Attempting, tagged: Tagging): Pick<Keeping, "pokeInbox" | "pokeRollout"> => ({
  pokeInbox: () =>
    attempt("poke inbox", () =>
      client.workflow.signalWithStart(INBOX_TYPE, {
        workflowId: workflowId.inbox(),
        taskQueue: TASK_QUEUE.sync,
        args: [],
        signal: SIGNAL.poke,
        signalArgs: [],
      }),
    ),
  pokeRollout: (ref) =>
    attempt("poke roll-out", () =>
      tagged({ environment: ref.environmentId }, (typed) =>
        client.workflow.signalWithStart(ROLLOUT_TYPE, {
          workflowId: workflowId.rollout(ref.environmentId, ref.rolloutId),
          taskQueue: TASK_QUEUE.sync,
          args: [ref],
          signal: SIGNAL.poke,
          signalArgs: [],
          ...typed,
        }),
      ),
    ),
});

/** The product's hand on Temporal: see {@link Keeping}. Failures are logged and answered with `false`, never thrown. */
export function keepingOf(client: Client, log: Logger): Keeping {
  const attempt = attempting(client, log);
  const tagged = taggingOf(client, log);
  return {
    pokeStream: (ref) =>
      attempt("poke stream", () => {
        const tags = { environment: ref.environmentId, customer: ref.customerId, stream: ref.streamId };
        return tagged(tags, (typed) =>
          client.workflow.signalWithStart(KEEPER_TYPE, {
            workflowId: workflowId.keeper(ref.environmentId, ref.streamId),
            taskQueue: TASK_QUEUE.sync,
            args: [{ ...ref, legs: 0 }],
            signal: SIGNAL.poke,
            signalArgs: [],
            priority: { fairnessKey: ref.customerId },
            ...typed,
          }),
        );
      }),
    stopStream: (ref) =>
      attempt("stop stream", async () => {
        try {
          await client.workflow.getHandle(workflowId.keeper(ref.environmentId, ref.streamId)).terminate("the stream is off");
        } catch (error) {
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        }
      }),
    pokeEndpoint: (input) =>
      attempt("poke endpoint", () => {
        return tagged({ environment: input.environmentId }, (typed) =>
          client.workflow.signalWithStart(DELIVERY_TYPE, {
            workflowId: workflowId.delivery(input.environmentId, input.endpointId),
            taskQueue: TASK_QUEUE.sync,
            args: [input],
            signal: SIGNAL.poke,
            signalArgs: [],
            ...typed,
          }),
        );
      }),
    ...pokingOthers(client, attempt, tagged),
    performCall: calling(client, log, attempt, tagged),
    reachable: () => attempt("health", () => client.workflowService.getSystemInfo({})),
  };
}
