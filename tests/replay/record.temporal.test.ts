import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { historyToJSON } from "@temporalio/common/lib/proto-utils";
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from "@temporalio/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeRecord } from "#server/domains/actions/write-record";
import { saveDraft } from "#server/domains/mappings/save-draft";
import { startRollout } from "#server/domains/rollouts/start-rollout";
import { syncNow } from "#server/domains/streams/sync-now";
import type { Ctx } from "#server/lib/context";
import { createDataConverter } from "#server/temporal/codec";
import { eventually, type Live, startLive } from "#tests/support/live";
import { ownNamespace } from "#tests/support/temporal";
import { workflowId } from "#workflows/contract";
import * as definitions from "#workflows/definitions/index";

// How to record anew: see README.md beside this file.

const KEY = "sbx_demo_key";
const CORPUS = path.resolve("tests/replay/histories");
const dataConverter = createDataConverter({ keys: { t1: Buffer.alloc(32, 7) }, currentKeyId: "t1" });

let live: Live;
let code: string;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger("ERROR") });
  ({ code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL("../../workflows/definitions/index.ts", import.meta.url)),
    logger: new DefaultLogger("ERROR"),
  }));
  live = await startLive(ownNamespace());
  await live.control({ service: "sandbox-crm", key: KEY, records: 300 });
});
afterAll(() => live.stop());

const replay = (history: unknown, id: string) =>
  Worker.runReplayHistory({ workflowBundle: { code }, dataConverter, replayName: id }, history, id);

type History = Awaited<ReturnType<ReturnType<Live["client"]["workflow"]["getHandle"]>["fetchHistory"]>>;
const activitiesDone = ({ events }: History) => events?.filter((event) => event.activityTaskCompletedEventAttributes != null).length ?? 0;
const timers = ({ events }: History) => events?.filter((event) => event.timerStartedEventAttributes != null).length ?? 0;
/** A workflow rests when its newest event is a timer or its end: nothing of its history is still being written. */
const rests = ({ events }: History) =>
  events?.at(-1)?.timerStartedEventAttributes != null || events?.at(-1)?.workflowExecutionCompletedEventAttributes != null;

/** Replays a running workflow's history on today's code, looks for what must not be in it, and keeps it under `name` if new. */
async function record(name: string, id: string, isWhole: (history: History) => boolean): Promise<void> {
  const handle = live.client.workflow.getHandle(id);
  const history = await eventually(
    () => handle.fetchHistory(),
    (seen) => rests(seen) && isWhole(seen),
  );
  await replay(history, name);
  const text = JSON.stringify(JSON.parse(historyToJSON(history)));
  expect(text).not.toContain(KEY);
  expect(text).not.toContain("@example.com");
  expect(text.length).toBeLessThan(60_000);
  const kept = path.join(CORPUS, `${name}.json`);
  if (!existsSync(kept)) writeFileSync(kept, `${text}\n`);
}

/** A receiver that refuses the first call, so that a delivery has to be tried again. */
async function startReceiver() {
  let calls = 0;
  const server = createServer((_, answer) => {
    calls += 1;
    answer.writeHead(calls === 1 ? 503 : 204).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, calls: () => calls, stop: () => server.close() };
}

test("histories of today replay on today's code, and carry no record and no secret", async () => {
  const receiver = await startReceiver();
  const [endpoint] = await live.owner`update webhook_endpoints set status = 'active', url = ${receiver.url} returning id, environment_id`;
  live.startWorker();
  const { streamId, connectionId, ctx } = await live.connect("globex", KEY);
  await eventually(
    async () => (await live.owner`select run_id, last_success_at from streams where id = ${streamId}`)[0],
    (row) => row?.["last_success_at"] !== null && row?.["run_id"] === null,
  );
  const keeper = workflowId.keeper(ctx.scope.environmentId, streamId);
  await record("keeper-turns-first-sync", keeper, () => true);

  // What is new is read within the keeper's own turn; then by a leg through the queue, as the source did not answer soon.
  const settledAfter = async (count: number) =>
    eventually(
      async () => await live.owner`select status from runs where stream_id = ${streamId}`,
      (rows) => rows.length >= count && rows.every((row) => row["status"] === "succeeded"),
    );
  const [first] = await live.owner`select count(*)::int as n from runs where stream_id = ${streamId}`;
  await syncNow(ctx, { streamId });
  await settledAfter(first?.["n"] + 1);
  await record("keeper-turns-light", keeper, () => true);
  await live.control({ service: "sandbox-crm", fail: { kind: "status", status: 429, retryAfter: 4, count: 1 } });
  await syncNow(ctx, { streamId });
  await settledAfter(first?.["n"] + 2);
  await record("keeper-turns-gives-way", keeper, () => true);
  await record("reconcile-rounds", workflowId.reconcile(), (seen) => activitiesDone(seen) >= 1);

  await eventually(
    async () => receiver.calls(),
    (calls) => calls >= 2,
  );
  await record(
    "deliver-webhooks-second-try",
    workflowId.delivery(endpoint?.["environment_id"], endpoint?.["id"]),
    (seen) => activitiesDone(seen) >= 2,
  );
  receiver.stop();

  const call = await writeRecord(ctx, {
    connectionId,
    object: "contact",
    operation: "create",
    data: { properties: { email: "ada@globex.test" } },
  });
  expect(call.status).toBe("done");
  await record("perform-call-create", workflowId.call(ctx.scope.environmentId, call.id), () => true);

  await live.deps.keeping.pokeInbox();
  await record("read-inbox-first-poke", workflowId.inbox(), (seen) => activitiesDone(seen) >= 1);
  await live.deps.keeping.pokeInbox();
  await record("read-inbox-second-poke", workflowId.inbox(), (seen) => activitiesDone(seen) >= 2);

  // A run that is open while the third party allows no more.
  const before = timers(await live.client.workflow.getHandle(keeper).fetchHistory());
  await live.control({ service: "sandbox-crm", fail: { kind: "status", status: 429, retryAfter: 60, count: 9 } });
  await syncNow(ctx, { streamId });
  await record("keeper-turns-waiting", keeper, (seen) => timers(seen) > before);
  expect((await live.owner`select run_id from streams where id = ${streamId}`)[0]?.["run_id"]).not.toBeNull();
});

test("a roll-out's history replays, and carries no record", async () => {
  const [stream] = await live.owner`select template_id, key, environment_id from streams limit 1`;
  const place = { templateId: stream?.["template_id"], streamKey: stream?.["key"] };
  const [row] = await live.owner`select vendor_id from environments where id = ${stream?.["environment_id"]}`;
  const ctx: Ctx = {
    ...live.deps,
    actor: { type: "system", reason: "test" },
    scope: { vendorId: row?.["vendor_id"], environmentId: stream?.["environment_id"] },
    requestId: "req_test",
  };
  const [published] =
    await live.owner`select fields from mappings where template_id = ${place.templateId} and stream_key = ${place.streamKey}`;
  await saveDraft(ctx, { ...place, fields: published?.["fields"].map((field: object) => ({ ...field, onError: "null" })) });
  const { rolloutId } = await startRollout(ctx, { ...place, watchMs: 1_000 });
  await record(
    "roll-out-to-its-end",
    workflowId.rollout(ctx.scope.environmentId, rolloutId),
    ({ events }) => events?.at(-1)?.workflowExecutionCompletedEventAttributes != null,
  );
});

test("histories of earlier versions still replay, and every workflow has one", async () => {
  const files = readdirSync(CORPUS).filter((file) => file.endsWith(".json"));
  const histories = files.map((file) => ({ file, history: JSON.parse(readFileSync(path.join(CORPUS, file), "utf8")) }));
  const types = histories.map(({ history }) => history.events[0].workflowExecutionStartedEventAttributes.workflowType.name);
  expect(new Set(types)).toEqual(new Set(Object.keys(definitions)));
  for (const { file, history } of histories) await replay(history, file);
});
