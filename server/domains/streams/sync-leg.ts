import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";
import { openSource, type Source } from "#server/runtime/source";
import { openHands } from "#server/runtime/writes/open-hands";
import type { LegInput } from "#workflows/contract";
import { lookAtSchema } from "../schemas/look-at-schema";
import { judgeDrifts } from "../schemas/note-drifts";
import { beginLeg, type Leg } from "./begin-leg";
import { fetchNamed, guardFresh } from "./fetch-named";
import { inSlot } from "./leg-slots";
import { lookAgain } from "./look-again";
import { type LegTally, type Pace, pullPages, waitAfter } from "./pull-pages";
import { pushRecords } from "./push-records";
import { remapRecords } from "./remap-records";
import { askForUnread, retryAsked } from "./retry-asked";
import { StaleAttempt } from "./stale-attempt";

/** How long a leg works before it gives its slot back, so that one customer's backfill does not hold up the others. */
export const LEG_MS = 5_000;

/** How old a look at an account's fields may be. */
const SCHEMA_MS = 3_600_000;

/**
 * One leg of a run: pages until about {@link LEG_MS} are over. Every page is committed with its cursor, so a leg that dies
 * loses at most a page that was never written. Where its customer or its vendor has as many legs under way as it may, nothing is done but
 * to say how long to wait. Throws StaleAttempt when another attempt is at work.
 */
export async function syncLeg(ctx: Ctx, input: LegInput, pace: Pace): Promise<LegTally> {
  const done = await inSlot(ctx, input, () => ownLeg(ctx, input, pace));
  return "done" in done ? done : { ...NOTHING, ...done };
}

const NOTHING: LegTally = { done: false, paused: false, pages: 0, seen: 0, changed: 0 };

async function ownLeg(ctx: Ctx, input: LegInput, pace: Pace): Promise<LegTally> {
  try {
    const tally = await runLeg(ctx, input, pace);
    if (tally.waitMs !== undefined) await noteWait(ctx, input, tally.waitMs);
    return tally;
  } catch (error) {
    const waitMs = waitAfter(error);
    if (waitMs !== undefined) {
      await noteWait(ctx, input, waitMs);
      return { ...NOTHING, waitMs };
    }
    if (isAppError(error)) await noteFailure(ctx, input.runId, error.message);
    throw error;
  }
}

/** Until when the open run waits: the stream's keeper asks by it, and screens show it. */
async function noteWait(ctx: Ctx, { streamId, runId }: LegInput, waitMs: number): Promise<void> {
  const { environmentId, customerId } = ctx.scope;
  await readScoped(
    ctx,
    (sql) => sql`
    update streams set waiting_until = clock_timestamp() + ${waitMs}::float8 * interval '1 ms'
     where id = ${streamId} and environment_id = ${environmentId} and customer_id = ${customerId ?? ""} and run_id = ${runId}`,
  );
}

/** Keeps what went wrong, in the third party's words, with the run: a workflow's history is no place for them. */
async function noteFailure(ctx: Ctx, runId: string, message: string): Promise<void> {
  const { environmentId, customerId } = ctx.scope;
  await readScoped(
    ctx,
    (sql) => sql`
    update runs set error_message = ${message.slice(0, 1_000)}
     where id = ${runId} and environment_id = ${environmentId} and customer_id = ${customerId ?? ""} and status = 'running'`,
  ).catch((error: unknown) => ctx.log.warn({ err: error, runId }, "the reason of a failure could not be kept"));
}

async function runLeg(ctx: Ctx, input: LegInput, pace: Pace): Promise<LegTally> {
  const leg = await beginLeg(ctx, input);
  if (!leg) throw new StaleAttempt(`run ${input.runId} is no longer the stream's run`);
  if (leg.kind === "push") return push(ctx, input, leg, pace);
  if (leg.kind === "remap") return remap(ctx, input, leg, pace);
  const { streamId, runId } = input;
  const asked = leg.asked ? await retryAsked(ctx, { streamId, runId, leg }, pace) : null;
  if (asked && (asked.paused || !asked.done || (leg.kind === "named" && !leg.named && !asked.unread))) return asked;
  return plus(await readLeg(ctx, input, leg, asked?.unread ?? false, pace), asked);
}

/** What is read from the source: records that were named, and what a reading brings. `unread`: somebody wants records that could not be read. */
async function readLeg(ctx: Ctx, input: LegInput, leg: Leg, unread: boolean, pace: Pace): Promise<LegTally> {
  const { streamId, runId } = input;
  const source = await sourceOf(ctx, input, leg);
  const fetching = (unread && (await askForUnread(ctx, streamId, source))) || leg.named;
  const work = { streamId, runId, leg, source };
  const named = fetching ? await fetchNamed(ctx, work, pace) : null;
  if (leg.kind === "named") return named ?? { ...NOTHING, done: true };
  if (named && (named.paused || !named.done)) return { ...named, done: false };
  const newest = leg.named ? await guardFresh(ctx, streamId, source) : null;
  const tally = plus(await pullPages(ctx, { ...work, newest }, pace), named);
  if (tally.done) await lookAgain(ctx, work, tally, pace);
  if (tally.done && isStale(leg)) await look(ctx, leg, () => source);
  return tally;
}

const isStale = ({ schemaAgeMs }: Leg): boolean => schemaAgeMs === null || schemaAgeMs > SCHEMA_MS;

const sourceOf = (ctx: Ctx, input: LegInput, leg: Leg): Promise<Source> =>
  openSource(ctx, {
    vendorId: input.vendorId,
    environmentId: input.environmentId,
    customerId: input.customerId,
    connectionId: leg.connectionId,
    object: leg.object,
    phase: leg.phase,
    urgent: leg.urgent,
    paths: leg.reads,
  });

async function remap(ctx: Ctx, { streamId, runId }: LegInput, leg: Leg, pace: Pace): Promise<LegTally> {
  const tally = await remapRecords(ctx, { streamId, runId, leg }, pace);
  if (tally.done) await aside(ctx, leg, "what has changed at the source could not be judged", () => judgeDrifts(ctx, leg));
  return tally;
}

async function push(ctx: Ctx, input: LegInput, leg: Leg, pace: Pace): Promise<LegTally> {
  const hands = await openHands(ctx, { ...input, connectionId: leg.connectionId }, leg.urgent ? "realtime" : "incremental");
  const tally = await pushRecords(ctx, { streamId: input.streamId, runId: input.runId, leg, hands }, pace);
  // One that goes both ways is looked at when it reads.
  if (tally.done && leg.direction === "push" && isStale(leg)) await look(ctx, leg, () => sourceOf(ctx, input, leg));
  return tally;
}

const plus = (tally: LegTally, before: LegTally | null): LegTally =>
  before ? { ...tally, pages: tally.pages + before.pages, seen: tally.seen + before.seen, changed: tally.changed + before.changed } : tally;

/** A look at the account's fields, for the mapping's sake. */
const look = (ctx: Ctx, leg: Leg, open: () => Source | Promise<Source>): Promise<void> =>
  aside(ctx, leg, "the account's fields could not be looked at", async () => {
    const { connectionId, object } = leg;
    const source = await open();
    await lookAtSchema(ctx, { connectionId, object, described: (await source.describe?.()) ?? null });
  });

/** What does not come about is no reason to fail the run. */
async function aside(ctx: Ctx, { connectionId, object }: Leg, otherwise: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    ctx.log.warn({ err: error, connectionId, object }, otherwise);
  }
}
