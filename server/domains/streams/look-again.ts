import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { Leg } from "./begin-leg";
import { lookUpFor } from "./look-up";
import { buildBatch } from "./page-batch";
import { type LegTally, type Pace, waitAfter } from "./pull-pages";
import { incomingOf } from "./remap-records";
import { writePage } from "./write-page";

const PAGE = 20;

type Row = { external_id: string; source: string; held: boolean };

/** Records held back by a lookup, when they may be tried again: after a minute, two, four … a day at most. Those that waited longest first. */
const dueAgain = (ctx: Ctx, streamId: string, since: string) =>
  readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select external_id, source, true as held from quarantine
     where stream_id = ${streamId} and environment_id = ${ctx.scope.environmentId} and customer_id = ${ctx.scope.customerId ?? ""}
       and (field = 'lookups' or field like 'lookups.%') and aside_at is null and last_seen_at < ${since}::text::timestamptz
       and last_seen_at < clock_timestamp() - least(interval '1 day', interval '1 minute' * power(2, least(attempts, 12) - 1))
     order by last_seen_at, external_id limit ${PAGE}`,
  );

/**
 * At the end of a reading: tries records again that a lookup has held back, from what was read of them. When a limit is
 * reached, the run waits with the rest. Adds what came of it to the tally.
 */
export async function lookAgain(
  ctx: Ctx,
  { streamId, runId, leg }: { streamId: string; runId: string; leg: Leg },
  tally: LegTally,
  pace: Pace,
): Promise<void> {
  if (!leg.settings?.lookups?.length) return;
  const lookUp = lookUpFor(ctx, { streamId, runId, leg });
  while (performance.now() < pace.untilMs) {
    const startedMs = performance.now();
    const rows = await dueAgain(ctx, streamId, leg.startedAt);
    if (rows.length === 0) return;
    const looked = await lookUp(rows.map(incomingOf), [], pace.signal).catch((error: unknown) => {
      const waitMs = waitAfter(error);
      if (waitMs === undefined) throw error;
      tally.waitMs = waitMs;
    });
    if (!looked) {
      tally.done = false;
      return;
    }
    const batch = buildBatch(looked.records, leg, { faults: looked.faults, deleted: [] });
    const written = await writePage(ctx, {
      ...{
        streamId,
        runId,
        fence: leg.fence,
        batch,
        mappingVersion: leg.version,
        cursor: null,
        remapAfter: null,
        total: null,
        scan: null,
        both: leg.both,
        stored: true,
      },
      facts: {
        method: "READ",
        path: "records held back",
        status: 200,
        ms: Math.round(performance.now() - startedMs),
        bytes: 0,
        retries: 0,
      },
    });
    tally.pages++;
    tally.seen += batch.seen;
    tally.changed += written.created + written.updated + written.deleted;
    pace.beat(tally);
    if (written.paused) return;
  }
}
