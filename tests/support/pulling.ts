import type postgres from "postgres";
import { afterEach, beforeEach } from "vitest";
import { beginLeg } from "#server/domains/streams/begin-leg";
import { claimRun } from "#server/domains/streams/claim-run";
import { decideDeletes } from "#server/domains/streams/decide-deletes";
import { finishRun } from "#server/domains/streams/finish-run";
import { streamCtx } from "#server/domains/streams/internal";
import { pullPages } from "#server/domains/streams/pull-pages";
import { remapRecords } from "#server/domains/streams/remap-records";
import type { Ctx, Deps } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";
import type { Source } from "#server/runtime/source";
import type { RunOutcome } from "#workflows/contract";
import { usingDatabase } from "./database";
import { createScene, type Scene } from "./world";

// One stream that pulls from a source of the test's own, by the engine's verbs and without Temporal. A file has it to itself.
export let owner: postgres.Sql;
let deps: Deps;
export let scene: Scene;
export let ctx: Ctx;
export let streamId: string;

/** A database for the file, and before each test a new stream that has read nothing yet. */
export function usingPulling(): void {
  usingDatabase((opened) => {
    ({ owner, worker: deps } = opened);
  });
  beforeEach(async () => {
    scene = await createScene(owner, { records: 0 });
    streamId = scene.stream;
    ctx = streamCtx(deps, { vendorId: scene.vendor, environmentId: scene.environment, customerId: scene.customer, streamId }, "test");
    await owner`update streams set phase = 'backfill', due_at = now(), next_seq = 1, record_count = 0, quarantine_count = 0 where id = ${streamId}`;
    await owner`delete from quarantine where stream_id = ${streamId}`;
  });
  afterEach(() => owner`update streams set status = 'off' where id = ${streamId}`);
}

export const pace = () => ({ beat: () => {}, untilMs: performance.now() + 60_000, signal: new AbortController().signal });

export async function openRun(): Promise<string> {
  await owner`update streams set due_at = now() where id = ${streamId}`;
  const claim = await claimRun(ctx, { streamId });
  if (claim.kind !== "run") throw new Error(`expected a run, got ${JSON.stringify(claim)}`);
  return claim.runId;
}
export async function legOf(runId: string) {
  const begun = await beginLeg(ctx, { streamId, runId });
  if (!begun) throw new Error("the leg did not begin");
  return begun;
}
const outcomeOf = (error: unknown): RunOutcome =>
  isAppError(error) ? { kind: "failed", code: error.code, message: error.message, retryAfterMs: null } : { kind: "succeeded" };

/** One run from the source's beginning; the error that ended it, or null. */
export async function sync(source: Source): Promise<{ runId: string; error: unknown }> {
  const runId = await openRun();
  const leg = await legOf(runId);
  let error: unknown = null;
  try {
    if (leg.kind === "remap") await remapRecords(ctx, { streamId, runId, leg }, pace());
    else await pullPages(ctx, { streamId, runId, leg: { ...leg, cursor: null }, source }, pace());
  } catch (caught) {
    error = caught;
  }
  await finishRun(ctx, { streamId, runId, outcome: outcomeOf(error) });
  return { runId, error };
}
export const stream = async () => (await owner`select * from streams where id = ${streamId}`)[0] as Record<string, unknown>;
export const decide = (decision: "approve" | "decline") => decideDeletes(ctx, { streamId: scene.stream, decision });
export const run = async (id: string) => (await owner`select * from runs where id = ${id}`)[0] as Record<string, unknown>;
export const live = async () =>
  (await owner`select external_id from records where stream_id = ${streamId} and deleted_at is null order by 1`).map(
    (row) => row.external_id,
  );
