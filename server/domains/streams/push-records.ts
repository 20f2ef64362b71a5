import type { PageFacts } from "#server/db/schema/streams";
import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { AppError } from "#server/lib/errors";
import { failAt } from "#server/lib/failpoint";
import { specOf } from "#server/runtime/read-plan";
import type { Writing } from "#server/runtime/writes/writer";
import type { Leg } from "./begin-leg";
import { stopperOf } from "./circuit";
import { MAPPING_FAULTS, markSending, type TakenWish, takeWishes } from "./outbox";
import type { LegTally, Pace } from "./pull-pages";
import { inLanes, lookerOf, matched } from "./push-look";
import { needsLook, prepare } from "./push-prepare";
import { createPutOffs } from "./push-put-off";
import { readBack } from "./push-read-back";
import { hold, NO_REQUEST, type Pushing, type Ready } from "./push-ready";
import { type Sending, sendAll, settledBy, troubleOf } from "./push-send";
import { takeShown } from "./push-shown";
import { type Settled, settleWishes } from "./settle-wishes";
import { compileWayBack } from "./way-back";

/** What goes together where the third party takes single records only. */
const ONE_BY_ONE = 20;
const MOST_AT_ONCE = 100;
/** Deletions within an hour that nobody has to approve: so many, or a tenth of all links. */
const FREE_DELETES = 20;

type Work = { streamId: string; runId: string; leg: Leg; hands: Writing };

/** The exchanges of one batch as those of a page. */
function factsOf(calls: readonly PageFacts[]): PageFacts {
  const [first = NO_REQUEST] = calls;
  const sum = (of: "ms" | "bytes" | "retries") => calls.reduce((total, one) => total + one[of], 0);
  return { ...first, ms: sum("ms"), bytes: sum("bytes"), retries: sum("retries") };
}

function sizeOf({ spec }: Pushing): number {
  const { create, update, upsert } = spec.writes ?? {};
  const sizes = [create, update, upsert].flatMap((one) => one?.batch?.size ?? []);
  return sizes.length > 0 ? Math.min(MOST_AT_ONCE, ...sizes) : ONE_BY_ONE;
}

/** What was newly refused for what the mapping made of it, and how many were settled but for those that were so before and are so again. */
function newly(wishes: readonly TakenWish[], settled: readonly Settled[]) {
  const before = new Set(wishes.flatMap(({ ownId, misfit }) => (misfit ? [ownId] : [])));
  const refused = settled.flatMap(({ ownId, result, code, field, message }) =>
    result === "held" && code && MAPPING_FAULTS.includes(code) ? [{ ownId, code, field: field ?? null, message: message ?? code }] : [],
  );
  const held = refused.filter(({ ownId }) => !before.has(ownId));
  return { taken: settled.length - (refused.length - held.length), held };
}

/** How many more deletions this hour may see. */
async function deletesLeft(ctx: Ctx, streamId: string): Promise<number> {
  const { environmentId, customerId } = ctx.scope;
  const [row] = await readScoped<{ links: number; deleted: number }[]>(
    ctx,
    (sql) => sql`
    select (select count(*)::int from links where stream_id = ${streamId} and environment_id = ${environmentId} and customer_id = ${customerId ?? ""}) as links,
           (select count(*)::int from writes where stream_id = ${streamId} and environment_id = ${environmentId} and customer_id = ${customerId ?? ""}
              and op = 'delete' and undo_of is null and at > now() - interval '1 hour') as deleted`,
  );
  const { links = 0, deleted = 0 } = row ?? {};
  return Math.max(FREE_DELETES, Math.floor((links + deleted) / 10)) - deleted;
}

/** Holds deletions back when there are suspiciously many of them; those a person has approved go on. */
async function guardDeletes(ctx: Ctx, streamId: string, ready: Ready[]): Promise<Ready[]> {
  const isDelete = (one: Ready): one is Sending => one.kind === "send" && one.sent.op === "delete" && !one.wish.approved && !one.wish.again;
  if (!ready.some(isDelete)) return ready;
  let left = await deletesLeft(ctx, streamId);
  return ready.map((one) => {
    if (!isDelete(one) || left-- > 0) return one;
    return hold(
      one.wish,
      "delete_guard_tripped",
      "unusually many records were deleted within an hour; approve the deletions if they are meant",
    );
  });
}

/** Reads what is to be changed as it is now, and works out what each wish comes to. */
async function makeReady(
  ctx: Ctx,
  { streamId, hands }: Work,
  push: Pushing,
  wishes: readonly TakenWish[],
  signal: AbortSignal,
): Promise<{ ready: Ready[]; trouble: AppError | null }> {
  const putOffs = createPutOffs(signal);
  const found = await matched(ctx, streamId, { push, hands, signal, putOffs }, wishes);
  const look = lookerOf(push, hands, signal);
  const looked = await inLanes(found.wishes, async (wish) => {
    if (!needsLook(push, wish)) return prepare(push, wish, "unread");
    putOffs.ask();
    const there = await look(wish.externalId ?? "").catch((error: unknown) => putOffs.note(wish, error));
    return there ? prepare(push, wish, there) : null;
  });
  const ready = looked.filter((one) => one !== null);
  return { ready: [...found.held, ...(await guardDeletes(ctx, streamId, ready)), ...putOffs.settled()], trouble: putOffs.trouble() };
}

/** Creations that nothing tells apart go by themselves: after a crash only one is left in doubt. */
function oneInDoubt(sending: readonly Sending[], { spec }: Pushing): Sending[] {
  const isDoubtful = ({ sent }: Sending) => sent.operation === "create" && !spec.writes?.create?.once;
  const first = sending.find(isDoubtful);
  return sending.filter((one) => one === first || !isDoubtful(one));
}

const countOf = (sending: readonly Sending[], operation: Sending["sent"]["operation"]) =>
  sending.filter(({ sent }) => sent.operation === operation).length;

/** One batch: what is known of it, what is sent, what became of it. Null = somebody paused the stream before anything was sent. */
async function pushBatch(ctx: Ctx, work: Work, push: Pushing, wishes: readonly TakenWish[], signal: AbortSignal) {
  const { streamId, runId, leg, hands } = work;
  const place = { streamId, runId, fence: leg.fence };
  const { ready, trouble: unseen } = await makeReady(ctx, work, push, wishes, signal);
  await takeShown(ctx, work, ready);
  const settled: Settled[] = ready.flatMap((one) => (one.kind === "settled" ? [one.settled] : []));
  const sending = oneInDoubt(
    ready.flatMap((one) => (one.kind === "send" ? [one] : [])),
    push,
  );
  if (sending.length === 0) return { ...(await settleWishes(ctx, place, { settled, facts: NO_REQUEST })), settled, trouble: unseen };
  const marks = await markSending(
    ctx,
    place,
    sending.map(({ wish, sent }) => ({
      ...{ ownId: wish.ownId, key: wish.again ? wish.key : null, again: wish.again },
      sent: wish.again ? sent : { ...sent, together: countOf(sending, sent.operation) },
    })),
  );
  if (marks === null) return null;
  const { results: told, calls } = await sendAll(push, hands, sending, marks, signal);
  failAt(ctx.config, "push.after_send");
  const results = await readBack(push, lookerOf(push, hands, signal), sending, told);
  const trouble = troubleOf(results);
  for (const [n, one] of sending.entries()) {
    const result = results[n];
    if (result) settled.push(settledBy(push, one, result, marks.get(one.wish.ownId)?.key ?? "", trouble !== null));
  }
  const { paused } = await settleWishes(ctx, place, { settled, facts: factsOf(calls) });
  return { paused, settled, trouble: trouble ?? unseen };
}

/**
 * Writes what waits in the stream's outbox at the third party, batch by batch, until nothing of what was due when the run began is left,
 * the time is over or somebody paused. A wish is marked before it is sent and settled in one transaction with its link and its journal:
 * after a crash each is asked for, or repeated under its key, or left to a person, and never simply sent again.
 */
export async function pushRecords(ctx: Ctx, work: Work, pace: Pace): Promise<LegTally> {
  const { streamId, leg, hands } = work;
  const spec = specOf(hands.manifest, leg.object);
  const push: Pushing = { leg, manifest: hands.manifest, spec, way: compileWayBack({ fields: leg.fields, model: leg.model, spec }) };
  const tally: LegTally = { done: false, paused: false, pages: 0, seen: 0, changed: 0 };
  const limit = sizeOf(push);
  const stopAt = stopperOf(ctx, work);
  do {
    const wishes = await takeWishes(ctx, { streamId, startedAt: leg.startedAt, limit });
    if (wishes.length === 0) return { ...tally, done: true };
    const batch = await pushBatch(ctx, work, push, wishes, pace.signal);
    if (batch === null) return { ...tally, paused: true };
    tally.pages++;
    tally.seen += batch.settled.length;
    pace.beat(tally);
    const { taken, held } = newly(wishes, batch.settled);
    await stopAt(taken, held);
    if (batch.trouble) throw batch.trouble;
    if (batch.paused) return { ...tally, paused: true };
  } while (performance.now() < pace.untilMs);
  return tally;
}
