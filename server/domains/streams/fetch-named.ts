import type { PageFacts } from "#server/db/schema/streams";
import type { Ctx } from "#server/lib/context";
import { failAt } from "#server/lib/failpoint";
import type { OneAnswer, Source, SourceRecord } from "#server/runtime/source";
import type { Leg } from "./begin-leg";
import { circuitOf } from "./circuit";
import { finishScan } from "./finish-scan";
import { lookUpFor } from "./look-up";
import { type Fresh, freshRecords, heldSources, leaveToPass, type Named, settleNamed, takeNamed } from "./named-records";
import { buildBatch } from "./page-batch";
import type { LegTally, Pace } from "./pull-pages";
import { writePage } from "./write-page";

const BATCH = 25;
const AT_ONCE = 4;
/** One that was asked for this often and never came is left to the listing. */
const MOST_ATTEMPTS = 5;

/** What came of asking for one; `null` = only the listing can tell. */
type Asked = { named: Named; answer: OneAnswer | null };

const NO_REQUEST: PageFacts = { method: "POST", path: "brought by calls", status: 200, ms: 0, bytes: 0, retries: 0 };

/** What a call brought along is its own answer; all else is asked for. */
async function ask(source: Source, named: Named, signal: AbortSignal): Promise<OneAnswer | null> {
  const { id, carried, gone, attempts } = named;
  if (gone) return { records: [], faults: [], deleted: [id], facts: NO_REQUEST };
  if (carried !== null && source.takeOne) {
    const bytes = Buffer.byteLength(carried);
    return { ...source.takeOne(JSON.parse(carried), bytes), facts: { ...NO_REQUEST, bytes } };
  }
  if (!source.readOne || attempts > MOST_ATTEMPTS) return null;
  return source.readOne(id, signal);
}

/** Asks for each, a few at a time. After the first trouble no more are asked for; what came until then counts. */
async function askAll(source: Source, named: readonly Named[], signal: AbortSignal): Promise<{ asked: Asked[]; trouble: unknown }> {
  const asked: Asked[] = [];
  let trouble: unknown;
  let next = 0;
  const lane = async () => {
    for (let one = named[next++]; one && trouble === undefined; one = named[next++]) {
      try {
        asked.push({ named: one, answer: await ask(source, one, signal) });
      } catch (error) {
        trouble ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return { asked, trouble };
}

/** The exchanges of one batch as those of a page. */
function factsOf(answers: readonly OneAnswer[]): PageFacts {
  const [first = NO_REQUEST] = answers.map((one) => one.facts);
  const sum = (of: "ms" | "bytes" | "retries") => answers.reduce((total, one) => total + one.facts[of], 0);
  return { ...first, ms: sum("ms"), bytes: sum("bytes"), retries: sum("retries") };
}

/** Leaves out records older than what is held of them. A record that does not say when it changed is taken. */
async function notOlder(ctx: Ctx, streamId: string, source: Source, records: readonly SourceRecord[]): Promise<SourceRecord[]> {
  const { changedAt } = source;
  if (!changedAt || records.length === 0) return [...records];
  const sources = await heldSources(
    ctx,
    streamId,
    records.map((one) => one.id),
  );
  const held = new Map(sources.map(({ id, source: text }) => [id, changedAt(JSON.parse(text))]));
  return records.filter(({ id, value }) => !(changedAt(value) < (held.get(id) ?? Number.NEGATIVE_INFINITY)));
}

/**
 * Fetches the records that calls of the third party named, each by its id, and writes them like pages of their own; one that is
 * gone becomes a tombstone. Those that cannot be had so are left to a pass of changes. `done` = none wait any more.
 */
export async function fetchNamed(
  ctx: Ctx,
  input: { streamId: string; runId: string; leg: Leg; source: Source },
  pace: Pace,
): Promise<LegTally> {
  const { streamId, runId, leg, source } = input;
  const lookUp = lookUpFor(ctx, input);
  const guard = circuitOf(ctx, input);
  const tally: LegTally = { done: false, paused: false, pages: 0, seen: 0, changed: 0 };
  for (;;) {
    const named = await takeNamed(ctx, streamId, BATCH);
    if (named.length === 0)
      return { ...tally, done: true, changed: tally.changed + (leg.kind === "named" ? await finishScan(ctx, input) : 0) };
    const { asked, trouble } = await askAll(source, named, pace.signal);
    failAt(ctx.config, "named.after_fetch");
    const answers = asked.flatMap((one) => (one.answer === null ? [] : [one.answer]));
    if (answers.length > 0) {
      const records = await notOlder(
        ctx,
        streamId,
        source,
        answers.flatMap((one) => one.records),
      );
      const faults = answers.flatMap((one) => one.faults);
      const looked = await lookUp(records, faults, pace.signal);
      const batch = buildBatch(looked.records, leg, { faults: looked.faults, deleted: answers.flatMap((one) => one.deleted) });
      const written = await writePage(ctx, {
        ...{ streamId, runId, fence: leg.fence, batch, mappingVersion: leg.version, facts: factsOf(answers) },
        ...{ cursor: null, remapAfter: null, total: null, scan: null, both: leg.both },
      });
      tally.pages++;
      tally.seen += batch.seen;
      tally.changed += written.created + written.updated + written.deleted;
      tally.paused = written.paused;
      await guard(batch);
    }
    const of = (settled: boolean) => asked.filter((one) => (one.answer !== null) === settled).map((one) => one.named);
    await settleNamed(ctx, streamId, of(true));
    await leaveToPass(ctx, streamId, of(false));
    pace.beat(tally);
    if (trouble !== undefined) throw trouble;
    if (tally.paused || performance.now() > pace.untilMs) return tally;
  }
}

/**
 * What keeps a listing's older answers from undoing what was fetched by itself: of records that it shows older than they are
 * held, those held are taken, and one that was gone since stays gone. Null = nothing was fetched lately.
 */
export async function guardFresh(
  ctx: Ctx,
  streamId: string,
  source: Source,
): Promise<((records: SourceRecord[]) => SourceRecord[]) | null> {
  const { changedAt } = source;
  const fresh = changedAt ? await freshRecords(ctx, streamId) : new Map<string, Fresh>();
  if (!changedAt || fresh.size === 0) return null;
  return (records) =>
    records.flatMap((record) => {
      const held = fresh.get(record.id);
      if (!held) return [record];
      const shownAt = changedAt(record.value);
      if (held.source === null) return shownAt <= held.readMs ? [] : [record];
      const value = JSON.parse(held.source) as unknown;
      return shownAt < changedAt(value) ? [{ id: record.id, value }] : [record];
    });
}
