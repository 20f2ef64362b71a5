import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { ApplicationFailure } from "@temporalio/common";
import { type ActivityExecuteInput, type ActivityInterceptorsFactory, NativeConnection, Worker } from "@temporalio/worker";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeRecord } from "#server/domains/actions/write-record";
import { syncNow } from "#server/domains/streams/sync-now";
import { createEgress } from "#server/runtime/egress-undici";
import { createDataConverter } from "#server/temporal/codec";
import { eventually, type Live, startLive, truthOf } from "#tests/support/live";
import { replicaOf } from "#tests/support/replica";
import { ownNamespace } from "#tests/support/temporal";
import { testDeps } from "#tests/support/world";
import { createActivities } from "#workflows/activities/create-activities";
import { TASK_QUEUE } from "#workflows/contract";

const KEY = "sbx_demo_key";
const RECORDS = 1_200;

let live: Live;
const place = ownNamespace();
beforeEach(async () => {
  live = await startLive(place);
  await live.control({ service: "sandbox-crm", key: KEY, records: RECORDS });
});
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await live.stop();
});

type Work = (input: ActivityExecuteInput) => Promise<unknown>;

/** The product's activities in a worker of this process, each done as `execute` does it. What was done, how often. */
async function startWorker(execute: (work: Work, input: ActivityExecuteInput, attempt: number) => Promise<unknown>) {
  const done = new Map<string, number>();
  const interceptor: ActivityInterceptorsFactory = ({ info }) => ({
    inbound: {
      execute: (input, next) => {
        const work: Work = (again) => {
          done.set(info.activityType, (done.get(info.activityType) ?? 0) + 1);
          return next(again);
        };
        return execute(work, input, info.attempt);
      },
    },
  });
  const deps = { ...testDeps(live.url, "worker", { egress: createEgress({ allowLoopback: true }) }), keeping: live.deps.keeping };
  const connection = await NativeConnection.connect({ address: place.temporalAddress });
  const shared = {
    connection,
    namespace: place.namespace,
    dataConverter: createDataConverter({ keys: { t1: Buffer.alloc(32, 7) }, currentKeyId: "t1" }),
    activities: createActivities(deps, live.client, new AbortController().signal),
    interceptors: { activity: [interceptor] },
    maxConcurrentActivityTaskExecutions: 10,
  };
  const workflowBundle = { codePath: path.resolve("dist/workflow-bundle.js") };
  const workers = [
    await Worker.create({ ...shared, workflowBundle, taskQueue: TASK_QUEUE.sync }),
    await Worker.create({ ...shared, taskQueue: TASK_QUEUE.delivery }),
  ];
  const runs = Promise.all(workers.map((worker) => worker.run()));
  ends.push(async () => {
    for (const worker of workers) worker.shutdown();
    await runs;
    await connection.close();
    await deps.db.close();
  });
  return done;
}

/** The vendor's endpoint: under which ids it was told of something. */
async function startReceiver() {
  const ids: string[] = [];
  const server = createServer((request, answer) => {
    ids.push(String(request.headers["webhook-id"]));
    answer.writeHead(204).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, ids };
}

const WAYS: Record<string, Parameters<typeof startWorker>[0]> = {
  "each activity is done twice": async (work, input) => {
    await work(input);
    return work(input);
  },
  "each activity is done, its answer is lost, and it is done again": async (work, input, attempt) => {
    const answer = await work(input);
    if (attempt === 1) throw ApplicationFailure.create({ message: "the answer was lost" });
    return answer;
  },
};

test.each(Object.entries(WAYS))("%s: the same comes of it, nothing is doubled, and runs count what was done", async (_, way) => {
  const receiver = await startReceiver();
  await live.owner`update webhook_endpoints set status = 'active', url = ${receiver.url}`;
  const done = await startWorker(way);
  const { streamId, connectionId, ctx } = await live.connect("globex", KEY);
  const rests = () =>
    eventually(
      async () => (await live.owner`select run_id, last_success_at, record_count from streams where id = ${streamId}`)[0] ?? {},
      (row) => row["run_id"] === null && row["last_success_at"] !== null,
      90_000,
    );
  await rests();

  const call = await writeRecord(ctx, {
    connectionId,
    object: "contact",
    operation: "create",
    data: { properties: { email: "ada@globex.test" } },
  });
  const ended = await eventually(
    async () => (await live.owner`select status from action_calls where id = ${call.id}`)[0]?.["status"],
    (status) => status === "done",
  );
  expect(ended).toBe("done");
  await syncNow(ctx, { streamId });
  await eventually(
    async () => Number((await live.owner`select record_count from streams where id = ${streamId}`)[0]?.["record_count"]),
    (count) => count > RECORDS,
  );
  await rests();

  const truth = await truthOf(live.simulator.origin, KEY);
  expect(truth.size).toBe(RECORDS + 1); // one was made, once
  const rows = await live.owner`select external_id, source from records where stream_id = ${streamId} and deleted_at is null`;
  expect(new Map(rows.map((row) => [row["external_id"], JSON.parse(row["source"])]))).toEqual(truth);
  expect(new Set((await replicaOf(ctx, 500)).keys())).toEqual(new Set(truth.keys()));
  expect(
    await live.owner`select count(*)::int as n, count(distinct external_id)::int as ids from changes where stream_id = ${streamId}`,
  ).toEqual([{ n: RECORDS + 1, ids: RECORDS + 1 }]);
  const [runs] = await live.owner`
    select sum(created)::int as created, sum(updated)::int as updated, sum(deleted)::int as deleted, array_agg(distinct status) as statuses from runs where stream_id = ${streamId}`;
  expect(runs).toEqual({ created: RECORDS + 1, updated: 0, deleted: 0, statuses: ["succeeded"] });

  await eventually(
    () => live.owner`select id from webhook_deliveries where status <> 'delivered'`,
    (open) => open.length === 0 && receiver.ids.length > 0,
  );
  expect(receiver.ids).toEqual([...new Set(receiver.ids)]);
  expect([...done.keys()]).toEqual(expect.arrayContaining(["syncLeg", "finishRun", "doCall", "deliverPending"]));
});
