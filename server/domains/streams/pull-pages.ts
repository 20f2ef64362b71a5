import { setImmediate as turn } from "node:timers/promises";
import type { Ctx } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";
import { failAt } from "#server/lib/failpoint";
import type { Source, SourcePage, SourceRecord } from "#server/runtime/source";
import type { Leg } from "./begin-leg";
import { circuitOf } from "./circuit";
import { finishScan } from "./finish-scan";
import { lookUpFor } from "./look-up";
import { layOut, layOutAsStored, printsOf } from "./page-batch";
import { type Looked, writeLooked } from "./write-looked";
import type { ScanStep } from "./write-page";

export type Pace = {
  /** Called after each committed page; throws when the attempt is cancelled. */
  beat(progress: { pages: number; seen: number }): void;
  /** When the leg gives its slot back, by `performance.now()`. */
  untilMs: number;
  signal: AbortSignal;
};

export type LegTally = {
  done: boolean;
  paused: boolean;
  pages: number;
  seen: number;
  changed: number;
  /** The third party allows no more for so long; all that was read is written. */
  waitMs?: number;
};

/** Longer waits end the run, so that a changed mapping does not wait for the third party. */
const LONGEST_WAIT_MS = 900_000;

/** How long a leg has to wait after this error, when waiting is all there is to do; undefined = it is a failure. */
export const waitAfter = (error: unknown): number | undefined =>
  isAppError(error) && error.code === "provider_rate_limited" && (error.retryAfterMs ?? LONGEST_WAIT_MS + 1) <= LONGEST_WAIT_MS
    ? error.retryAfterMs
    : undefined;

/**
 * Pulls pages until the source is drained, the time is over or somebody paused. Three things go on at once: page n is
 * written, page n + 1 is mapped, page n + 2 is fetched; pages are committed strictly in order, one at a time. `newest` has the last
 * word on what a page shows. As long as most records turn out to be as they were, a page goes by ids and hashes first, and only the
 * records that differ are mapped and sent.
 */
export async function pullPages(
  ctx: Ctx,
  input: { streamId: string; runId: string; leg: Leg; source: Source; newest?: ((records: SourceRecord[]) => SourceRecord[]) | null },
  pace: Pace,
): Promise<LegTally> {
  const { leg, source } = input;
  const shown = (records: SourceRecord[]) => input.newest?.(records) ?? records;
  const lookUp = lookUpFor(ctx, input);
  const guard = circuitOf(ctx, input);
  const tally: LegTally = { done: false, paused: false, pages: 0, seen: 0, changed: 0 };
  const ahead = new AbortController();
  const signal = AbortSignal.any([pace.signal, ahead.signal]);
  let fetching: Promise<SourcePage> | null = source.readPage(leg.cursor, signal);
  let writing: Promise<void> | null = null;
  let mostlySame = false;
  let scan: SourcePage["scan"];

  const write = async (page: SourcePage, records: Looked): Promise<void> => {
    const written = await writeLooked(ctx, leg, records, {
      streamId: input.streamId,
      runId: input.runId,
      fence: leg.fence,
      mappingVersion: leg.version,
      cursor: page.cursor,
      remapAfter: null,
      total: page.total,
      facts: page.facts,
      scan: scanStep(page),
      both: leg.both,
    });
    failAt(ctx.config, "page.after_commit");
    tally.pages++;
    tally.seen += written.batch.seen;
    tally.changed += written.created + written.updated + written.deleted;
    mostlySame = leg.both === null && (written.created + written.updated) * 2 < written.batch.seen;
    tally.done = page.done;
    scan = page.scan ?? scan;
    tally.paused = written.paused && !page.done;
    pace.beat(tally);
    await guard(written.batch);
  };

  // A worker that died after the last page of a whole reading left its end undone.
  if (leg.scanComplete) await finishScan(ctx, { ...input, moving: true }); // how it was read is not known any more
  try {
    while (fetching !== null) {
      const page: SourcePage = await fetching;
      failAt(ctx.config, "page.after_fetch");
      const more = !page.done && performance.now() < pace.untilMs;
      fetching = more ? source.readPage(page.cursor, signal) : null;
      fetching?.catch(() => {}); // looked at when it is awaited; until then a failure must not end the process
      const { records, faults } = await lookUp(shown(page.records), page.faults, signal);
      const prints = printsOf(records, leg);
      const other = { faults, deleted: page.deleted };
      const batch = mostlySame ? layOutAsStored(prints, other) : layOut(prints, leg, other);
      await writing;
      if (tally.paused) break;
      writing = write(page, { prints, other, batch });
      writing.catch(() => {});
      await turn(); // lets the page's bytes out before the next page keeps this thread busy
    }
    await writing;
  } catch (error) {
    const waitMs = waitAfter(error);
    if (waitMs === undefined) throw error;
    await writing;
    tally.waitMs = waitMs;
  } finally {
    ahead.abort();
    await writing?.catch(() => {}); // a page that is on its way is let through: it moves the cursor as well
  }
  if (tally.done) tally.changed += await endReading(ctx, input, scan);
  return tally;
}

/** Where no page showed who is missing, and nothing can be left out, the end of a reading has nothing to decide. Returns how many are no more. */
async function endReading(ctx: Ctx, input: { streamId: string; runId: string; leg: Leg }, scan: SourcePage["scan"]): Promise<number> {
  const { openEnd, both, filter } = input.leg;
  const decides = scan !== undefined || openEnd || both !== null || filter !== null;
  return decides ? finishScan(ctx, { ...input, moving: scan?.moving === true }) : 0;
}

/** What the page is to a whole reading; a reading with a record that nobody knows the id of proves nothing. */
function scanStep({ scan, done }: SourcePage): ScanStep | null {
  if (!scan) return null;
  if (!scan.trusted) return "spoil";
  if (scan.first) return done ? "begin_end" : "begin";
  return done ? "end" : "go_on";
}
