import { failAt } from "#server/lib/failpoint";
import type { Ctx } from "#server/lib/context";
import { newId } from "#server/lib/ids";
import type { Source, SourcePage } from "#server/runtime/source";
import type { Leg } from "./begin-leg";
import { buildBatch } from "./page-batch";
import { writePage } from "./write-page";

export type Pace = {
  /** Called after each committed page; throws when the attempt is cancelled. */
  beat(progress: { pages: number; seen: number }): void;
  /** When the leg gives its slot back, by `performance.now()`. */
  untilMs: number;
  signal: AbortSignal;
};

export type LegTally = { done: boolean; paused: boolean; pages: number; seen: number; changed: number };

/**
 * Pulls pages until the source is drained, the time is over or somebody paused. Page n + 1 is fetched while page n is
 * mapped and written; a fetch ahead that is not needed any more is dropped.
 */
export async function pullPages(ctx: Ctx, input: { streamId: string; runId: string; leg: Leg; source: Source }, pace: Pace): Promise<LegTally> {
  const { leg, source } = input;
  const tally: LegTally = { done: false, paused: false, pages: 0, seen: 0, changed: 0 };
  const ahead = new AbortController();
  const signal = AbortSignal.any([pace.signal, ahead.signal]);
  let next: Promise<SourcePage> | null = source.readPage(leg.cursor, signal);
  try {
    while (next) {
      const page: SourcePage = await next;
      failAt(ctx.config, "page.after_fetch");
      const more = !page.done && performance.now() < pace.untilMs;
      next = more ? source.readPage(page.cursor, signal) : null;
      next?.catch(() => {}); // looked at when it is awaited; until then a failure must not end the process

      const batch = buildBatch(page.records, leg.mapping, leg.mappingVersion);
      for (const fault of page.faults) {
        batch.faults.push({ id: newId("quarantine"), external_id: fault.externalId, code: fault.code, message: fault.message, field: null, source: fault.source });
        batch.seen++;
      }
      const writing = writePage(ctx, {
        streamId: input.streamId,
        runId: input.runId,
        fence: leg.fence,
        batch,
        mappingVersion: leg.mappingVersion,
        cursor: page.cursor,
        remapAfter: null,
        total: page.total,
        facts: page.facts,
      });
      failAt(ctx.config, "page.in_transaction");
      const written = await writing;
      failAt(ctx.config, "page.after_commit");

      tally.pages++;
      tally.seen += batch.seen;
      tally.changed += written.created + written.updated;
      tally.done = page.done;
      tally.paused = written.paused && !page.done;
      pace.beat(tally);
      if (tally.paused) break;
    }
  } finally {
    ahead.abort();
  }
  return tally;
}
