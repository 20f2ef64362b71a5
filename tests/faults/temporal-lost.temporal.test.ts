import { setTimeout as sleep } from "node:timers/promises";
import type { WorkflowExecutionDescription } from "@temporalio/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publishMapping } from "#server/domains/mappings/publish-mapping";
import { saveDraft } from "#server/domains/mappings/save-draft";
import { syncNow } from "#server/domains/streams/sync-now";
import type { Ctx } from "#server/lib/context";
import { reconcileOnce } from "#server/temporal/reconcile";
import { eventually, type Live, startLive, stopChild } from "#tests/support/live";
import { startTemporal, type TemporalServer } from "#tests/support/temporal";
import { workflowId } from "#workflows/contract";

const KEY = "sbx_demo_key";

let temporal: TemporalServer;
let live: Live;
let worker: ReturnType<Live["startWorker"]>;
let connected: Awaited<ReturnType<Live["connect"]>>;

beforeAll(async () => {
  temporal = await startTemporal({ searchAttributes: false }); // as a server that somebody else set up
  live = await startLive({ temporalAddress: temporal.address });
  await live.control({ service: "sandbox-crm", key: KEY, records: 600 });
  worker = live.startWorker();
  connected = await live.connect("globex", KEY);
});
afterAll(async () => {
  await live.stop();
  await temporal.stop();
});

const stream = async () => (await live.owner`select * from streams where id = ${connected.streamId}`)[0] as Record<string, unknown>;
/** Puts the stream out of its schedule's reach, so that only what the test does can start a run. */
const park = () => live.owner`update streams set due_at = now() + interval '1 hour' where id = ${connected.streamId}`;

/** No run is under way and none is wished for: a wish that came while a run was under way makes another one. */
const idle = (row: Record<string, unknown>) => row["run_id"] === null && (row["due_at"] as Date) > new Date();

const runs = async () =>
  (await live.owner<{ n: number }[]>`select count(*)::int as n from runs where stream_id = ${connected.streamId} and kind <> 'remap'`)[0]
    ?.n;

const attributesOf = ({ typedSearchAttributes }: WorkflowExecutionDescription) =>
  typedSearchAttributes
    .getAll()
    .filter(({ key }) => key.name.startsWith("Inlay"))
    .map(({ value }) => value)
    .sort();

test("activation backfills; a change arrives with sync now; a published mapping re-maps without a request", async () => {
  await eventually(stream, (row) => row["last_success_at"] !== null && row["run_id"] === null);
  expect(await stream()).toMatchObject({ record_count: 600, phase: "incremental" });

  await park();
  await sleep(2_500); // beyond the connector's lookback, so that the change alone is new
  await live.control({ service: "sandbox-crm", key: KEY, change: { count: 1 } });
  const before = await runs();
  const started = Date.now();
  await Promise.all(Array.from({ length: 10 }, () => syncNow(connected.ctx, { streamId: connected.streamId })));
  await eventually(runs, (n) => n !== before);
  await eventually(stream, idle);
  expect(Date.now() - started).toBeLessThan(10_000);
  // One run for all ten wishes, or two when one came while the first was under way; the change is told once either way.
  const made =
    await live.owner`select kind, status, updated from runs where stream_id = ${connected.streamId} and started_at >= ${new Date(started)}`;
  expect(made.length).toBeLessThanOrEqual(2);
  expect(made.every((run) => run["kind"] === "incremental" && run["status"] === "succeeded")).toBe(true);
  expect(made.reduce((sum, run) => sum + Number(run["updated"]), 0)).toBe(1);

  const stats = async () => ((await (await fetch(`${live.simulator.origin}/_stats`)).json()) as { requests: number }).requests;
  await park();
  const requests = await stats();
  const vendor: Ctx = {
    ...connected.ctx,
    actor: { type: "system", reason: "test" },
    scope: { vendorId: connected.ctx.scope.vendorId, environmentId: connected.ctx.scope.environmentId },
  };
  const ref = { templateId: connected.templateId, streamKey: connected.streamKey };
  await saveDraft(vendor, { ...ref, fields: [{ target: "email", from: "properties.email", transforms: [{ type: "uppercase" }] }] });
  await publishMapping(vendor, ref);
  await eventually(stream, (row) => row["mapped_version"] === 2 && row["run_id"] === null);
  expect(await stats()).toBe(requests);
  const [row] = await live.owner`select data from records where stream_id = ${connected.streamId} and data->>'email' is not null limit 1`;
  expect(row?.["data"]["email"]).toMatch(/^[^a-z]+$/);
});

test("while Temporal is away a wish is kept; when it comes back empty the reconciler starts everything again", async () => {
  await park();
  const port = Number(temporal.address.split(":")[1]);
  await temporal.stop(); // and its file with it
  expect(await syncNow(connected.ctx, { streamId: connected.streamId })).toEqual({ queued: true, engineReachable: false });
  const before = await runs();
  temporal = await startTemporal({ port, searchAttributes: false });
  await eventually(runs, (n) => n !== before, 90_000);
  await eventually(stream, (row) => row["run_id"] === null && row["failure_code"] === null, 30_000);
  const { environmentId, customerId, vendorId } = connected.ctx.scope;
  const keeper = await live.client.workflow.getHandle(workflowId.keeper(environmentId, connected.streamId)).describe();
  expect(keeper.status.name).toBe("RUNNING");
  expect(attributesOf(keeper)).toEqual([customerId, environmentId, connected.streamId]); // registered anew, by whoever is still up
  const call = { vendorId, environmentId, customerId, callId: "acl_00000000000000000000" };
  expect(await live.deps.keeping.performCall(call, { start: true, waitMs: 0 })).toBe(true);
  const begun = await live.client.workflow.getHandle(workflowId.call(environmentId, call.callId)).describe();
  expect(attributesOf(begun)).toEqual([customerId, environmentId]);
}, 150_000);

test("the keeper of a stream that is off ends by itself; one without a stream is terminated", async () => {
  const { environmentId, customerId, vendorId } = connected.ctx.scope;
  const keeperOf = (streamId: string) => live.client.workflow.getHandle(workflowId.keeper(environmentId, streamId));
  const statusOf = async (streamId: string) => (await keeperOf(streamId).describe()).status.name;
  await live.owner`update streams set status = 'off' where id = ${connected.streamId}`;
  await live.deps.keeping.pokeStream({ vendorId, environmentId, customerId, streamId: connected.streamId });
  await eventually(
    () => statusOf(connected.streamId),
    (name) => name === "COMPLETED",
    60_000,
  );

  await stopChild(worker); // nobody is there to end it the usual way
  const orphan = { vendorId, environmentId, customerId, streamId: "str_00000000000000000000" };
  expect(await live.deps.keeping.pokeStream(orphan)).toBe(true);
  // The server lists a new workflow a moment after it has begun.
  const { terminated } = await eventually(
    () => reconcileOnce(live.deps, live.client),
    (result) => result.terminated > 0,
    30_000,
  );
  expect(terminated).toBe(1);
  expect(await statusOf(orphan.streamId)).toBe("TERMINATED");
}, 120_000);
