import { setTimeout as sleep } from "node:timers/promises";
import { and, eq, inArray, sql } from "drizzle-orm";
import { actionCalls } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx, Deps } from "#server/lib/context";
import { toAppError } from "#server/lib/errors";
import { type ActionCallId, type CustomerId, type EnvironmentId, newId, type VendorId } from "#server/lib/ids";
import { type ActionResult, act, actionOf } from "#server/runtime/writes/act";
import { openHands } from "#server/runtime/writes/open-hands";
import type { WriteItem } from "#server/runtime/writes/plan";
import type { WriteResult } from "#server/runtime/writes/result";
import { createWriter, type Writing } from "#server/runtime/writes/writer";
import type { CallRef } from "#workflows/contract";
import { runDryRun } from "../dry-runs/run-dry-run";
import { runLook } from "../schemas/run-look";
import { lookAfter, lookBefore } from "./before-image";
import { type ActionRow, type CallOutcome, type CallRow, contentOf, isAction, type RecordInput, sealContext } from "./internal";

/** A short wait that the third party asks for is waited here, as long as the caller may still be there. */
const PATIENCE_MS = 20_000;
/** Of what only reads, so many attempts; whoever waits is then told. */
const READ_ATTEMPTS = 3;

export function callCtx(deps: Deps, ref: CallRef): Ctx {
  return {
    ...deps,
    actor: { type: "system", reason: "call" },
    scope: {
      vendorId: ref.vendorId as VendorId,
      environmentId: ref.environmentId as EnvironmentId,
      customerId: ref.customerId as CustomerId,
    },
    requestId: newId("event"),
  };
}

/** Takes the next attempt; null when the call is over, or gone. */
async function claim(ctx: Ctx, callId: ActionCallId): Promise<{ row: CallRow; again: boolean } | null> {
  const [row] = await withScope(ctx, (tx) =>
    tx
      .update(actionCalls)
      .set({
        status: "running",
        attempts: sql`${actionCalls.attempts} + 1`,
        doubtful: sql`${actionCalls.doubtful} or ${actionCalls.status} = 'running'`,
        startedAt: sql`coalesce(${actionCalls.startedAt}, now())`,
      })
      .where(
        and(
          eq(actionCalls.id, callId),
          eq(actionCalls.environmentId, ctx.scope.environmentId),
          eq(actionCalls.customerId, ctx.scope.customerId as CustomerId),
          inArray(actionCalls.status, ["pending", "running"]),
        ),
      )
      .returning(),
  );
  return row ? { row, again: row.doubtful } : null;
}

type Settled = { status: "done" | "refused" | "failed" | "unknown"; code: string | null; doubtful: boolean; outcome: CallOutcome };

/** The end of a call. Of two attempts at once the one that knows more is kept: nothing overwrites an end but `unknown`. */
async function settle(ctx: Ctx, row: CallRow, { status, code, doubtful, outcome }: Settled): Promise<void> {
  const sealed = ctx.vault.seal(JSON.stringify(outcome), sealContext(row, "outcome", row.attempts));
  await withScope(ctx, (tx) =>
    tx
      .update(actionCalls)
      .set({ status, code, doubtful, outcome: sealed, attempts: row.attempts, finishedAt: sql`now()` })
      .where(
        and(
          eq(actionCalls.id, row.id),
          eq(actionCalls.environmentId, ctx.scope.environmentId),
          eq(actionCalls.customerId, row.customerId),
          inArray(actionCalls.status, ["running", "unknown"]),
        ),
      ),
  );
}

type Result = ActionResult | WriteResult;
type Data = Record<string, unknown>;

const resultOf = (result: Extract<Result, { outcome: "done" }>): unknown => {
  if ("result" in result) return result.result;
  return { id: result.id, created: result.created, ...(result.record === undefined ? {} : { record: result.record }) };
};

const blankOf = (calls: CallOutcome["calls"]): CallOutcome => ({
  ...{ result: null, message: null, field: null, retryAfterMs: null, calls, before: null },
});

function settledBy(result: Result, calls: CallOutcome["calls"]): Settled {
  const blank = blankOf(calls);
  switch (result.outcome) {
    case "done":
      return { status: "done", code: null, doubtful: false, outcome: { ...blank, result: resultOf(result) } };
    case "refused":
      return { status: "refused", code: result.code, doubtful: false, outcome: { ...blank, message: result.message, field: result.field } };
    case "later":
      return {
        status: "failed",
        code: result.code,
        doubtful: result.again,
        outcome: { ...blank, message: result.message, retryAfterMs: result.retryAfterMs },
      };
    case "unknown":
      return { status: "unknown", code: "provider_unavailable", doubtful: true, outcome: { ...blank, message: result.message } };
  }
}

type Attempt = (again: boolean) => Promise<{ result: Result; calls: CallOutcome["calls"] }>;

function attemptOf(hands: Writing, row: ActionRow, content: Record<string, unknown>, signal: AbortSignal | undefined): Attempt {
  const base: WriteItem = { key: row.key ?? row.id, ...(row.startedAt ? { firstAtMs: row.startedAt.getTime() } : {}) };
  return async (again) => {
    const item: WriteItem = { ...base, again };
    if (row.kind === "action" || row.kind === "lookup") {
      const action = actionOf(hands.manifest, row.name);
      return act(hands, action, { ...item, data: content["input"] as Record<string, unknown> }, signal);
    }
    const writer = createWriter(hands, row.name);
    const { undo: _, ...given } = content as RecordInput;
    const { results, calls } = await writer.write(row.kind, [{ ...item, ...given }], signal);
    return { result: results[0] ?? { outcome: "unknown", message: "Nothing became of this record." }, calls };
  };
}

/** What only reads may be done again at any time. */
async function read(ctx: Ctx, row: CallRow, signal: AbortSignal | undefined): Promise<Settled> {
  const work = { callId: row.id, connectionId: row.connectionId, content: contentOf(ctx, row) };
  const result = row.kind === "look" ? await runLook(ctx, work, signal) : await runDryRun(ctx, work, signal);
  return { status: "done", code: null, doubtful: false, outcome: { ...blankOf([]), result } };
}

type Around = { before: Data | null; after: Data | null };

const withAround = ({ outcome, ...settled }: Settled, { before, after }: Around): Settled => ({
  ...settled,
  outcome: { ...outcome, before: settled.status === "done" ? before : null, ...(after ? { after } : {}) },
});

/** What a write left there, for who takes it back; null of what cannot be taken back. */
async function afterOf(hands: Writing, row: ActionRow, { id: given, data, undo }: RecordInput, result: Result, signal: AbortSignal) {
  if (result.outcome !== "done" || !("id" in result) || row.kind === "delete" || undo || !data) return null;
  const id = result.id ?? given;
  return id === undefined ? null : lookAfter(hands, row, { id, data }, result.record, signal);
}

/** Attempts until the third party has said what it says, or asks for more patience than there is. */
async function perform(ctx: Ctx, row: ActionRow, doubtful: boolean, signal: AbortSignal): Promise<Settled> {
  const content = contentOf(ctx, row);
  const { vendorId, environmentId } = ctx.scope;
  const hands = await openHands(
    ctx,
    { vendorId, environmentId, customerId: row.customerId, connectionId: row.connectionId },
    "interactive",
  );
  const attempt = attemptOf(hands, row, content, signal);
  const isWrite = row.kind !== "action" && row.kind !== "lookup";
  const { before, instead } = isWrite ? await lookBefore(hands, row, content, doubtful, signal) : { before: null, instead: null };
  if (instead) return settledBy(instead, []);
  const untilMs = performance.now() + PATIENCE_MS;
  const calls: CallOutcome["calls"] = [];
  for (let again = doubtful; ; ) {
    const { result, calls: made } = await attempt(again);
    calls.push(...made);
    const waitMs = result.outcome === "later" && result.code === "provider_rate_limited" ? result.retryAfterMs : null;
    if (waitMs === null || performance.now() + waitMs > untilMs) {
      // A repeated write may have been followed by somebody else's: then what was sent is all that is known to be ours.
      const after = isWrite && !doubtful ? await afterOf(hands, row, content, result, signal) : null;
      return withAround(settledBy(result, calls), { before, after });
    }
    again ||= result.outcome === "later" && result.again;
    await sleep(Math.max(waitMs, 100), undefined, { signal });
  }
}

/**
 * Worker: does a stored call, once. An attempt after one that did not come to its end looks first, or repeats under the same key, or
 * says that nobody knows. What only reads is given up, and thrown, when the process is `closing`: it may be begun anew. Errors before anything
 * is sent end the call; unexpected ones are thrown, for another attempt.
 */
export async function performCall(deps: Deps, ref: CallRef, cancelled?: AbortSignal, closing?: AbortSignal): Promise<void> {
  const ctx = callCtx(deps, ref);
  const claimed = await claim(ctx, ref.callId as ActionCallId);
  if (!claimed) return;
  const { row, again } = claimed;
  const signal = AbortSignal.any([cancelled, isAction(row) ? undefined : closing].filter((one) => one !== undefined));
  let settled: Settled;
  try {
    settled = isAction(row) ? await perform(ctx, row, again, signal) : await read(ctx, row, signal);
  } catch (error) {
    const { code, message, retryAfterMs = null } = toAppError(error);
    if (signal.aborted || (code === "platform_error" && (isAction(row) || row.attempts < READ_ATTEMPTS))) throw error;
    if (code === "platform_error") ctx.log.error({ err: error, callId: row.id, kind: row.kind }, "a call was given up");
    settled = { status: "failed", code, doubtful: again && isAction(row), outcome: { ...blankOf([]), message, retryAfterMs } };
  }
  await settle(ctx, row, settled);
}
