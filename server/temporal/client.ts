import { Client, Connection, WorkflowNotFoundError } from "@temporalio/client";
import {
  defineSearchAttributeKey,
  SearchAttributeType,
  TypedSearchAttributes,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from "@temporalio/common";
import type { Logger } from "pino";
import {
  DELIVERY_TYPE,
  INBOX_TYPE,
  KEEPER_TYPE,
  RECONCILE_TYPE,
  SEARCH_ATTRIBUTES,
  SIGNAL,
  TASK_QUEUE,
  workflowId,
} from "#workflows/contract";
import { type CodecKeys, createDataConverter } from "./codec";
import type { Keeping } from "./keeping";

export type TemporalOptions = {
  address: string;
  namespace: string;
  tls: boolean;
  apiKey: string | null;
  codec: CodecKeys;
  log: Logger;
};

const DEADLINE_MS = 1_500;

const attribute = Object.fromEntries(
  Object.entries(SEARCH_ATTRIBUTES).map(([key, name]) => [key, defineSearchAttributeKey(name, SearchAttributeType.KEYWORD)]),
) as Record<keyof typeof SEARCH_ATTRIBUTES, ReturnType<typeof defineSearchAttributeKey<typeof SearchAttributeType.KEYWORD>>>;

/** A client that connects on first use; nothing is dialled before. */
export function createTemporalClient(options: TemporalOptions): Client {
  const connection = Connection.lazy({
    address: options.address,
    tls: options.tls,
    connectTimeout: DEADLINE_MS,
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

/** The product's hand on Temporal: see {@link Keeping}. Failures are logged and answered with `false`, never thrown. */
export function keepingOf(client: Client, log: Logger): Keeping {
  const attempt = async (what: string, run: () => Promise<unknown>): Promise<boolean> => {
    try {
      await client.connection.withDeadline(Date.now() + DEADLINE_MS, run);
      return true;
    } catch (error) {
      log.warn({ err: error, what }, "Temporal did not take this now; the reconciler will");
      return false;
    }
  };
  return {
    pokeStream: (ref) =>
      attempt("poke stream", () =>
        client.workflow.signalWithStart(KEEPER_TYPE, {
          workflowId: workflowId.keeper(ref.environmentId, ref.streamId),
          taskQueue: TASK_QUEUE.sync,
          args: [{ ...ref, legs: 0 }],
          signal: SIGNAL.poke,
          signalArgs: [],
          priority: { fairnessKey: ref.customerId },
          typedSearchAttributes: new TypedSearchAttributes([
            { key: attribute.environment, value: ref.environmentId },
            { key: attribute.customer, value: ref.customerId },
            { key: attribute.stream, value: ref.streamId },
          ]),
        }),
      ),
    stopStream: (ref) =>
      attempt("stop stream", async () => {
        try {
          await client.workflow.getHandle(workflowId.keeper(ref.environmentId, ref.streamId)).terminate("the stream is off");
        } catch (error) {
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        }
      }),
    pokeEndpoint: (input) =>
      attempt("poke endpoint", () =>
        client.workflow.signalWithStart(DELIVERY_TYPE, {
          workflowId: workflowId.delivery(input.environmentId, input.endpointId),
          taskQueue: TASK_QUEUE.delivery,
          args: [input],
          signal: SIGNAL.poke,
          signalArgs: [],
          typedSearchAttributes: new TypedSearchAttributes([{ key: attribute.environment, value: input.environmentId }]),
        }),
      ),
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
    reachable: () => attempt("health", () => client.workflowService.getSystemInfo({})),
  };
}
