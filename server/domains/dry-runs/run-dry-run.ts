import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError, isAppError } from "#server/lib/errors";
import type { ConnectionId } from "#server/lib/ids";
import { readsOf } from "#server/mapping/reads";
import { changesPass } from "#server/runtime/cursor";
import { openSource, type Source } from "#server/runtime/source";
import { patiently } from "../schemas/patiently";
import { readBoth } from "../streams/both-ways";
import { lookUpFor } from "../streams/look-up";
import { readsWith } from "../streams/looked-up";
import { tryTogether } from "../streams/merge-page";
import { buildBatch, type PageBatch, type Taking } from "../streams/page-batch";
import { incomingOf, staleRecords } from "../streams/remap-records";
import { takingOf } from "../streams/taking-of";
import { weighPage } from "../streams/weigh-page";
import { FirstMatches } from "./first-matches";
import { Repeats } from "./repeats";
import type { DryRunResult } from "./schema";
import { FirstPages, MOST_OF_A_KIND, Tally } from "./tally";
import { type Trial, trialOf, WAITED_MS } from "./trial";
import { weighWrites } from "./weigh-writes";

/** How long a dry run takes at most; what it has found by then is its result. */
const DRY_RUN_MS = 60_000;
/** Records read from an account of which nothing is stored yet. */
const FIRST_RECORDS = 1_000;
/** How often it is looked whether somebody still waits. */
const ASK_MS = 2_000;

/** Of a stream that goes both ways: what is left of the time for the way out. */
const FOR_WRITES = 0.4;

type Work = { callId: string; connectionId: ConnectionId; content: Record<string, unknown> };
type Trying = Work & {
  ctx: Ctx;
  trial: Trial;
  taking: Taking;
  tally: Tally;
  repeats: Repeats;
  /** Of a stream that goes both ways and matches records with own ones: for when nothing is stored. */
  first: FirstMatches | null;
  untilMs: number;
  signal: AbortSignal | undefined;
};
type Tried = Pick<DryRunResult, "over" | "more" | "reread">;

/**
 * Worker: what a mapping would do, by the code of runs, page by page, and nothing written: with all that is stored of its stream, or, before
 * anything is, with the first records of the account; of a stream that writes, with the customer's own records as well. Ends by itself when
 * nobody has asked for a while how far it is.
 */
export async function runDryRun(ctx: Ctx, work: Work, signal?: AbortSignal, limitMs = DRY_RUN_MS): Promise<DryRunResult> {
  const trial = trialOf(work.content);
  const { writes } = trial;
  const taking = await takingOf({ ...trial, version: 0 }).catch((error: unknown) => {
    throw error instanceof RangeError ? new AppError("invalid", error.message, { cause: error }) : error;
  });
  const counting = { tally: new Tally(trial.hidden), repeats: new Repeats(trial.model, trial.hidden) };
  const until = (share: number) => performance.now() + limitMs * share;
  const match = writes?.direction === "two_way" ? writes.settings.match : null;
  const first = match ? new FirstMatches(match) : null;
  const trying: Trying = { ...work, ...counting, ctx, trial, taking, first, untilMs: until(writes ? 1 - FOR_WRITES : 1), signal };
  const tried: Tried = writes?.direction === "push" ? { over: "stored", more: false, reread: false } : await tryIn(trying);
  const given = { ...work, first, signal, waitedFor: () => waitedFor(trying), untilMs: until(FOR_WRITES) };
  const out = writes ? await weighWrites(ctx, { ...given, trial: { ...trial, writes } }) : null;
  return counting.tally.result({ ...tried, repeats: counting.repeats.list(), direction: writes?.direction ?? "pull", writes: out });
}

/** The way in. */
async function tryIn(trying: Trying): Promise<Tried> {
  const { streamId, unasked } = trying.trial;
  if (streamId === null) return tryRead(trying, null);
  // What is stored lacks what is asked for now only: records are read anew, and held against it.
  if (unasked) return tryRead(trying, streamId);
  // Nothing stored: not yet synced, or emptied since.
  return (await tryStored(trying, streamId)) ?? tryRead(trying, null);
}

/** Throws when nobody waits for it any more. */
async function waitedFor({ ctx, callId, signal }: Trying): Promise<void> {
  signal?.throwIfAborted();
  const { environmentId, customerId } = ctx.scope;
  const [row] = await readScoped<{ waited: boolean }[]>(
    ctx,
    (sql) => sql`
    select asked_at > clock_timestamp() - ${WAITED_MS}::int * interval '1 ms' as waited from action_calls
     where id = ${callId} and environment_id = ${environmentId} and customer_id = ${customerId ?? ""}`,
  );
  if (!row?.waited) throw new AppError("conflict", "Nobody waited for this any more, so it was ended. Start it again.");
}

/** Pages as they would be stored: of a stream that goes both ways each record is brought together with its own one. `stored`: they are stored here. */
async function together(
  { ctx, trial }: Trying,
  streamId: string | null,
  stored: boolean,
): Promise<(batch: PageBatch) => Promise<PageBatch>> {
  const { writes, object, fields, model } = trial;
  if (streamId === null || writes?.direction !== "two_way") return async (batch) => batch;
  const both = await readBoth(ctx, streamId, { settings: writes.settings, object, fields, model });
  return (batch) => tryTogether(ctx, streamId, both, { batch, stored });
}

/** All that is stored; null when nothing is. */
async function tryStored(trying: Trying, streamId: string): Promise<Tried | null> {
  const { ctx, taking, tally, repeats, trial } = trying;
  const meet = await together(trying, streamId, true);
  const over = (more: boolean): Tried => ({ over: "stored", more, reread: trial.reread });
  let after: string | null = null;
  for (let askAt = 0; ; ) {
    if (performance.now() >= askAt) {
      await waitedFor(trying);
      askAt = performance.now() + ASK_MS;
    }
    const rows = await staleRecords(ctx, streamId, null, after);
    const last = rows.at(-1);
    if (!last) return after === null ? null : over(false);
    after = last.external_id;
    const batch = await meet(buildBatch(rows.map(incomingOf), taking));
    repeats.add(batch);
    tally.add(await weighPage(ctx, streamId, batch, MOST_OF_A_KIND));
    if (performance.now() >= trying.untilMs) return over(true);
  }
}

function openFirst({ ctx, connectionId, trial: { object, fields, filter, only, lookups = [] } }: Trying): Promise<Source> {
  const { vendorId, environmentId, customerId = "" } = ctx.scope;
  const paths = readsWith(lookups, readsOf({ fields, filter, only }));
  return openSource(ctx, { vendorId, environmentId, customerId, connectionId, object, phase: "backfill", interactive: true, paths });
}

/** Throws what makes an end without a result. */
function endWith(error: unknown, { timeIsUp, hasRead }: { timeIsUp: boolean; hasRead: boolean }): void {
  const noMore = timeIsUp || (isAppError(error) && error.code === "provider_rate_limited");
  if (noMore && hasRead) return;
  throw timeIsUp ? new AppError("provider_unavailable", "The third party took too long.", { cause: error }) : error;
}

/**
 * The first records of the account, held against what is stored of the stream (null = nothing is). Time that is up, or
 * a third party that allows no more, ends the reading; what was read by then counts.
 */
async function tryRead(trying: Trying, streamId: string | null): Promise<Tried> {
  const { ctx, trial, taking, tally, repeats, connectionId } = trying;
  const matches = streamId === null ? trying.first : null;
  const source = await openFirst(trying);
  const looking = { settings: { lookups: trial.lookups ?? [] }, connectionId, phase: "incremental" as const, urgent: true };
  const lookUp = lookUpFor(ctx, { streamId: streamId ?? "", runId: trying.callId, leg: looking });
  const timeUp = AbortSignal.timeout(Math.max(1, Math.ceil(trying.untilMs - performance.now())));
  const signal = trying.signal ? AbortSignal.any([trying.signal, timeUp]) : timeUp;
  const meet = await together(trying, streamId, false);
  const first = new FirstPages();
  let cursor = trial.since === null || streamId !== null ? null : JSON.stringify(changesPass(trial.since));
  let done = false;
  try {
    while (!done && tally.read < FIRST_RECORDS) {
      await waitedFor(trying);
      const page = await patiently(signal, () => source.readPage(cursor, signal));
      // Who is gone already was never here.
      const { records, faults } = await lookUp(page.records, page.faults, signal);
      const batch = await meet(buildBatch(records, taking, { faults, deleted: [] }));
      repeats.add(batch);
      matches?.add(batch);
      tally.add(streamId === null ? first.weigh(batch) : await weighPage(ctx, streamId, batch, MOST_OF_A_KIND));
      ({ cursor, done } = page);
    }
  } catch (error) {
    if (trying.signal?.aborted) throw error;
    endWith(error, { timeIsUp: timeUp.aborted, hasRead: tally.read > 0 });
  }
  matches?.readTo(done);
  return { over: "source", more: !done, reread: trial.reread && streamId !== null };
}
