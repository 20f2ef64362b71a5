import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { getDryRun } from "#server/domains/dry-runs/get-dry-run";
import { startDryRun } from "#server/domains/dry-runs/start-dry-run";
import { newestLook } from "#server/domains/schemas/look-state";
import { eventually, type Live, startLive, stopChild } from "#tests/support/live";
import { ownNamespace } from "#tests/support/temporal";

let live: Live;
beforeEach(async () => {
  live = await startLive(ownNamespace());
});
afterEach(() => live.stop());

test("a look and a dry run are done by the worker; what finds no worker is done by the next one, and what nobody waits for ends", async () => {
  await live.control({ records: 400 });
  const worker = live.startWorker();
  const { ctx, connectionId, templateId, streamKey, streamId } = await live.connect("globex", "sbx_demo_key");
  await eventually(
    () => newestLook(ctx, connectionId),
    (look) => look?.status === "done" && look.objects.length > 0 && look.objects.every((one) => one.ok),
  );
  await eventually(
    async () => (await live.owner`select phase from streams where id = ${streamId}`)[0],
    (row) => row?.["phase"] === "incremental",
  );
  const started = await startDryRun(ctx, { connectionId, templateId, streamKey });
  const view = await eventually(
    () => getDryRun(ctx, started),
    ({ status }) => status !== "pending",
  );
  expect(view).toMatchObject({ status: "done", result: { over: "stored", same: 400, create: 0, update: 0, more: false } });

  await stopChild(worker);
  const waiting = await startDryRun(ctx, { connectionId, templateId, streamKey });
  const given = await startDryRun(ctx, { connectionId, templateId, streamKey });
  await live.owner`update action_calls set asked_at = now() - interval '1 minute' where id = ${given.callId}`;
  const next = live.startWorker();
  const later = await eventually(
    () => getDryRun(ctx, waiting),
    ({ status }) => status !== "pending",
  );
  expect(later).toMatchObject({ status: "done" });
  const row = async () => (await live.owner`select status, code from action_calls where id = ${given.callId}`)[0];
  expect(await eventually(row, (one) => one?.["status"] !== "pending" && one?.["status"] !== "running")).toEqual({
    status: "failed",
    code: "conflict",
  });
  next.kill("SIGKILL");
  await once(next, "exit");
});
