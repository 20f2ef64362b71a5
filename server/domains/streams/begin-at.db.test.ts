import type postgres from "postgres";
import { expect, test } from "vitest";
import type { Deps } from "#server/lib/context";
import { usingDatabase } from "#tests/support/database";
import { createScene } from "#tests/support/world";
import { beginLeg } from "./begin-leg";
import { claimRun } from "./claim-run";
import { streamCtx } from "./internal";

let owner: postgres.Sql;
let deps: Deps;

usingDatabase((opened) => {
  ({ owner, worker: deps } = opened);
});

test("a first reading begins where the template says, by when records changed; later ones where they stood", async () => {
  const { vendor, environment, customer, stream: streamId, template } = await createScene(owner);
  const ctx = streamCtx(deps, { vendorId: vendor, environmentId: environment, customerId: customer, streamId }, "test");
  await owner`update streams set phase = 'backfill', due_at = now() where id = ${streamId}`;
  const claim = await claimRun(ctx, { streamId });
  if (claim.kind !== "run") throw new Error(`expected a run, got ${JSON.stringify(claim)}`);
  const cursorOf = async () => JSON.parse((await beginLeg(ctx, { streamId, runId: claim.runId }))?.cursor ?? "null") as unknown;
  expect(await cursorOf()).toBeNull();
  await owner`update templates set streams = jsonb_set(streams, '{0,backfillDays}', '30') where id = ${template}`;
  const [row] = await owner`select created_at from streams where id = ${streamId}`;
  const since = new Date((row!["created_at"] as Date).getTime() - 30 * 86_400_000).toISOString();
  expect(await cursorOf()).toMatchObject({ mode: "changes", since });
  await owner`update streams set cursor = '"stood here"' where id = ${streamId}`;
  expect(await cursorOf()).toBe("stood here");
});
