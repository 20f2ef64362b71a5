import type { Client } from "@temporalio/client";
import { and, eq, inArray, isNull, lt, ne, sql } from "drizzle-orm";
import {
  connections,
  environments,
  feedPages,
  namedRecords,
  outbox,
  rollouts,
  runs,
  streams,
  webhookDeliveries,
  webhookEndpoints,
} from "#server/db/schema";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import { isId } from "#server/lib/ids";
import { KEEPER_TYPE, type ReconcileResult, ROLLOUT_TYPE, type RolloutRef, type StreamRef, workflowId } from "#workflows/contract";

const OVERDUE_MS = 60_000;
/** Somebody asked, and the poke did not get through: they look at the screen meanwhile. */
const ASKED_OVERDUE_MS = 3_000;
const AT_ONCE = 20;

/** Runs `work` over the items, a few at a time. */
async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < items.length; i += AT_ONCE) await Promise.all(items.slice(i, i + AT_ONCE).map(work));
}

type Active = StreamRef & { overdue: boolean };

function activeStreams(deps: Deps): Promise<Active[]> {
  return asSystem(deps.db, "the reconciler compares all streams with what Temporal holds", (tx) =>
    tx
      .select({
        streamId: streams.id,
        customerId: streams.customerId,
        environmentId: streams.environmentId,
        vendorId: environments.vendorId,
        overdue: sql<boolean>`cardinality(${streams.pauseReasons}) = 0 and (
          (${streams.runId} is null and ${streams.direction} <> 'push' and ${streams.dueAt} < now() - interval '1 ms' *
            case when ${streams.trigger} = 'schedule' then ${OVERDUE_MS}::int else ${ASKED_OVERDUE_MS}::int end) or ${streams.mappingVersion} <> ${streams.mappedVersion}
          or (${streams.runId} is null and ${streams.direction} <> 'pull' and ${streams.phase} = 'incremental' and (${streams.failures} = 0 or ${streams.dueAt} < now()) and exists (
            select from ${outbox} o where o.stream_id = ${streams.id} and o.state in ('waiting', 'sending') and o.due_at < now() - interval '1 ms' * ${ASKED_OVERDUE_MS}::int))
          or (${streams.runId} is null and ${streams.failures} = 0 and exists (
            select from ${namedRecords} n where n.stream_id = ${streams.id} and n.read_at is null and n.called_at < now() - interval '1 ms' * ${ASKED_OVERDUE_MS}::int)))`,
      })
      .from(streams)
      .innerJoin(environments, eq(environments.id, streams.environmentId))
      .innerJoin(connections, and(eq(connections.id, streams.connectionId), eq(connections.environmentId, streams.environmentId)))
      .where(and(eq(streams.status, "active"), ne(connections.status, "disconnected"))),
  );
}

/** Of keepers that no active stream claimed a moment ago, those that still have none, in environments of this database. */
async function trueOrphans(deps: Deps, ids: readonly string[]): Promise<string[]> {
  const suspects = ids.flatMap((id) => {
    const [environmentId, kind, streamId] = id.split(":");
    return isId("environment", environmentId) && kind === "stream" && isId("stream", streamId) ? [{ id, environmentId, streamId }] : [];
  });
  if (suspects.length === 0) return [];
  const environmentIds = suspects.map((one) => one.environmentId);
  const streamIds = suspects.map((one) => one.streamId);
  return asSystem(deps.db, "the reconciler looks twice before it ends a keeper", async (tx) => {
    const ours = await tx.select({ id: environments.id }).from(environments).where(inArray(environments.id, environmentIds));
    const live = await tx
      .select({ id: streams.id })
      .from(streams)
      .where(and(inArray(streams.id, streamIds), eq(streams.status, "active")));
    const known = new Set<string>(ours.map((row) => row.id));
    const active = new Set<string>(live.map((row) => row.id));
    return suspects.filter((one) => known.has(one.environmentId) && !active.has(one.streamId)).map((one) => one.id);
  });
}

/** Runs that say `running` although their stream has moved on: nobody will ever end them. */
async function closeOrphanRuns(deps: Deps): Promise<number> {
  const closed = await asSystem(deps.db, "the reconciler ends runs that no stream claims", async (tx) => {
    const orphans = tx
      .select({ id: runs.id })
      .from(runs)
      .leftJoin(streams, eq(streams.runId, runs.id))
      .where(and(eq(runs.status, "running"), isNull(streams.id), lt(runs.startedAt, sql`now() - interval '2 minutes'`)));
    return tx
      .update(runs)
      .set({
        status: "failed",
        finishedAt: sql`now()`,
        errorCode: "platform_error",
        errorMessage: "the run was given up; its stream had gone on without it",
      })
      .where(inArray(runs.id, orphans))
      .returning({ id: runs.id });
  });
  return closed.length;
}

/** Endpoints with something to say: a pending delivery that is due, or feed they were not told of. */
function waitingEndpoints(deps: Deps) {
  return asSystem(deps.db, "the reconciler pokes endpoints that Temporal has forgotten", (tx) =>
    tx
      .select({ endpointId: webhookEndpoints.id, environmentId: webhookEndpoints.environmentId, vendorId: environments.vendorId })
      .from(webhookEndpoints)
      .innerJoin(environments, eq(environments.id, webhookEndpoints.environmentId))
      .where(
        and(
          eq(webhookEndpoints.status, "active"),
          sql`(${webhookEndpoints.position} < ${environments.feedPosition}
            or exists (select from ${feedPages} f where f.environment_id = ${webhookEndpoints.environmentId} and f.position_from is null)
            or exists (select from ${webhookDeliveries} d where d.endpoint_id = ${webhookEndpoints.id} and d.status = 'pending' and d.next_attempt_at <= now()))`,
        ),
      ),
  );
}

/** Roll-outs under way that Temporal holds no workflow of. */
async function lostRollouts(deps: Deps, client: Client): Promise<RolloutRef[]> {
  const open = await asSystem(deps.db, "the reconciler starts roll-outs that Temporal has forgotten", (tx) =>
    tx
      .select({ rolloutId: rollouts.id, environmentId: rollouts.environmentId, vendorId: environments.vendorId })
      .from(rollouts)
      .innerJoin(environments, eq(environments.id, rollouts.environmentId))
      .where(inArray(rollouts.status, ["running", "halted"])),
  );
  if (open.length === 0) return [];
  const held = new Set<string>();
  for await (const execution of client.workflow.list({ query: `WorkflowType = '${ROLLOUT_TYPE}' AND ExecutionStatus = 'Running'` }))
    held.add(execution.workflowId);
  return open.filter(({ environmentId, rolloutId }) => !held.has(workflowId.rollout(environmentId, rolloutId)));
}

/**
 * Makes the set of keepers equal to the set of active streams: missing ones are started, orphans terminated, overdue ones
 * poked. Temporal can be lost whole; this brings everything back from Postgres. Returns what it did.
 */
export async function reconcileOnce(deps: Deps, client: Client): Promise<ReconcileResult> {
  const wanted = await activeStreams(deps);
  const byWorkflow = new Map(wanted.map((stream) => [workflowId.keeper(stream.environmentId, stream.streamId), stream]));
  const held = new Set<string>();
  const unclaimed: string[] = [];
  for await (const execution of client.workflow.list({ query: `WorkflowType = '${KEEPER_TYPE}' AND ExecutionStatus = 'Running'` })) {
    if (byWorkflow.has(execution.workflowId)) held.add(execution.workflowId);
    else unclaimed.push(execution.workflowId);
  }
  const orphans = await trueOrphans(deps, unclaimed);
  const missing = wanted.filter((stream) => !held.has(workflowId.keeper(stream.environmentId, stream.streamId)));
  const overdue = wanted.filter((stream) => stream.overdue && held.has(workflowId.keeper(stream.environmentId, stream.streamId)));
  const poke = ({ overdue: _, ...ref }: Active) => deps.keeping.pokeStream(ref);
  await inBatches(missing, poke);
  await inBatches(overdue, poke);
  await inBatches(orphans, (id) =>
    client.workflow
      .getHandle(id)
      .terminate("no active stream has this keeper")
      .catch(() => {}),
  );
  const endpoints = await waitingEndpoints(deps);
  await inBatches(endpoints, (endpoint) => deps.keeping.pokeEndpoint(endpoint));
  const lost = await lostRollouts(deps, client);
  await inBatches(lost, (rollout) => deps.keeping.pokeRollout(rollout));
  return {
    started: missing.length + lost.length,
    terminated: orphans.length,
    poked: overdue.length + endpoints.length,
    runsClosed: await closeOrphanRuns(deps),
  };
}
