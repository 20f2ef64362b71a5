import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { historyToJSON } from "@temporalio/common/lib/proto-utils";
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from "@temporalio/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDataConverter } from "#server/temporal/codec";
import { eventually, type Live, startLive } from "#tests/support/live";
import { workflowId } from "#workflows/contract";

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
  live = await startLive({ temporalAddress: process.env["INLAY_TEST_TEMPORAL"] as string });
});
afterAll(() => live.stop());

const replay = (history: unknown, id: string) =>
  Worker.runReplayHistory({ workflowBundle: { code }, dataConverter, replayName: id }, history, id);

test("a keeper's history of today replays on today's code, and carries no record and no secret", async () => {
  await live.control({ service: "sandbox-crm", key: KEY, records: 300 });
  live.startWorker();
  const { streamId, ctx } = await live.connect("globex", KEY);
  await eventually(
    async () => (await live.owner`select run_id, last_success_at from streams where id = ${streamId}`)[0],
    (row) => row?.["last_success_at"] !== null && row?.["run_id"] === null,
  );
  const handle = live.client.workflow.getHandle(workflowId.keeper(ctx.scope.environmentId, streamId));
  // The keeper sleeps when its newest event is a timer: nothing of this history is still being written.
  const history = await eventually(
    () => handle.fetchHistory(),
    (seen) => seen.events?.at(-1)?.timerStartedEventAttributes != null,
  );
  await replay(history, "keeper");
  const text = JSON.stringify(JSON.parse(historyToJSON(history)));
  expect(text).not.toContain(KEY);
  expect(text).not.toContain("@example.com");
  expect(text.length).toBeLessThan(60_000);
  const kept = path.join(CORPUS, "keeper-first-sync.json");
  if (!existsSync(kept)) writeFileSync(kept, `${text}\n`);
});

test("histories of earlier versions still replay", async () => {
  const files = readdirSync(CORPUS).filter((file) => file.endsWith(".json"));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) await replay(JSON.parse(readFileSync(path.join(CORPUS, file), "utf8")), file);
});
