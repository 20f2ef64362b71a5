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
  CALL_TYPE,
  DELIVERY_TYPE,
  INBOX_TYPE,
  KEEPER_TYPE,
  RECONCILE_TYPE,
  ROLLOUT_TYPE,
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
    // After an outage the next try comes within two seconds; gRPC's own pause grows to two minutes.
    channelArgs: { "grpc.initial_reconnect_backoff_ms": 200, "grpc.max_reconnect_backoff_ms": 2_000 },
    ...(options.apiKey === null ? {} : { apiKey: options.apiKey }),
  });
  return new Client({ connection, namespace: options.namespace, dataConverter: createDataConverter(options.codec) });
}

/**
 * Registers the search attributes the server does not know yet. A server that does not let us (Temporal Cloud) is told in the
 * log how to; workflows then start without them, and only Temporal's own screens miss something.
 */
export async function ensureSearchAttributes(client: Client, namespace: string, log: Logger): Promise<void> {
  const names = Object.values(SEARCH_ATTRIBUTES);
  try {
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
    const missing = names.filter((name) => !customAttributes?.[name]);
    if (missing.length === 0) return;
    const keyword = 2; // temporal.api.enums.v1.INDEXED_VALUE_TYPE_KEYWORD
    await client.connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
    });
    log.info({ missing }, "search attributes were registered");
  } catch (error) {
    const command = names.map((name) => `--name ${name} --type Keyword`).join(" ");
    log.warn({ err: error }, `search attributes could not be registered; by hand: temporal operator search-attribute create ${command}`);
  }
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

function calling(client: Client, log: Logger, attempt: Attempting): Keeping["performCall"] {
  return async (ref, { start, waitMs }) => {
    const id = workflowId.call(ref.environmentId, ref.callId);
    const begin = () =>
      client.workflow.start(CALL_TYPE, {
        workflowId: id,
        taskQueue: TASK_QUEUE.sync,
        args: [ref],
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        priority: { priorityKey: 1, fairnessKey: ref.customerId },
      });
    if (start && !(await attempt("start call", begin))) return false;
    if (waitMs === 0) return true;
    // How it ends is in its row; that the wait is over, or nobody knows it any more, is no failure of the call.
    await client.connection
      .withDeadline(Date.now() + waitMs, () => client.workflow.getHandle(id).result())
      .catch((error: unknown) => log.debug({ err: error }, "a call was not waited for to its end"));
    return true;
  };
}

/** Pokes of what belongs to no stream and no customer. */
const pokingUntagged = (client: Client, attempt: Attempting): Pick<Keeping, "pokeInbox" | "pokeRollout"> => ({
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
      client.workflow.signalWithStart(ROLLOUT_TYPE, {
        workflowId: workflowId.rollout(ref.environmentId, ref.rolloutId),
        taskQueue: TASK_QUEUE.sync,
        args: [ref],
        signal: SIGNAL.poke,
        signalArgs: [],
      }),
    ),
});

/** The product's hand on Temporal: see {@link Keeping}. Failures are logged and answered with `false`, never thrown. */
export function keepingOf(client: Client, log: Logger): Keeping {
  const attempt = attempting(client, log);
  let indexed = true;
  /** Starts with search attributes; a server that does not know them gets the workflow without. */
  const tagged = async (
    tags: TypedSearchAttributes,
    start: (typed: { typedSearchAttributes?: TypedSearchAttributes }) => Promise<unknown>,
  ) => {
    if (!indexed) return start({});
    try {
      return await start({ typedSearchAttributes: tags });
    } catch (error) {
      if (!/search attribute/i.test(String((error as { cause?: Error }).cause?.message ?? error))) throw error;
      indexed = false;
      log.warn({ err: error }, "this Temporal server has no search attributes of ours; workflows start without them");
      return start({});
    }
  };
  return {
    pokeStream: (ref) =>
      attempt("poke stream", () => {
        const tags = new TypedSearchAttributes([
          { key: attribute.environment, value: ref.environmentId },
          { key: attribute.customer, value: ref.customerId },
          { key: attribute.stream, value: ref.streamId },
        ]);
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
        const tags = new TypedSearchAttributes([{ key: attribute.environment, value: input.environmentId }]);
        return tagged(tags, (typed) =>
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
    ...pokingUntagged(client, attempt),
    performCall: calling(client, log, attempt),
    reachable: () => attempt("health", () => client.workflowService.getSystemInfo({})),
  };
}
