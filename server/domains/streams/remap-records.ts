import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { Leg } from "./begin-leg";
import { circuitOf } from "./circuit";
import { finishScan } from "./finish-scan";
import { lookUpFor } from "./look-up";
import { buildBatch } from "./page-batch";
import type { LegTally, Pace } from "./pull-pages";
import { writePage } from "./write-page";

const PAGE = 500;

type Stored = { external_id: string; source: string; held: boolean };

/** A stored record as it came. */
export const incomingOf = ({ external_id, source }: Stored) => ({ id: external_id, value: JSON.parse(source) as unknown, source });

/** The place a remap stands at belongs to one mapping version: another version starts over. */
export function remapPlace(remapAfter: string | null, version: number): string | null {
  const match = /^(\d+):([\s\S]*)$/.exec(remapAfter ?? "");
  return match && Number(match[1]) === version ? (match[2] ?? null) : null;
}

/**
 * Next page of the records that a remap to `version` is about: those behind it, and those held back, which a new mapping may free.
 * Null = a version that nobody has had yet.
 */
export function staleRecords(ctx: Ctx, streamId: string, version: number | null, after: string | null): Promise<Stored[]> {
  const { environmentId, customerId } = ctx.scope;
  return readScoped<Stored[]>(
    ctx,
    (sql) => sql`
    select distinct on (external_id) external_id, source, held from (
      (select external_id, source, false as held from records
        where stream_id = ${streamId} and environment_id = ${environmentId} and customer_id = ${customerId ?? ""} and external_id > ${after ?? ""}
          and mapping_version <> ${version ?? -1} and deleted_at is null
        order by external_id limit ${PAGE})
      union all
      (select external_id, source, true from quarantine
        where stream_id = ${streamId} and environment_id = ${environmentId} and customer_id = ${customerId ?? ""} and external_id > ${after ?? ""}
          and field is not null -- held back by a field of the mapping; what the reader refused is no record
        order by external_id limit ${PAGE})
    ) both_kinds order by external_id, held desc limit ${PAGE}`,
  );
}

/**
 * Brings stored records to the stream's mapping version from their stored source: the third party is not asked, but for lookups that are
 * new or others than those a record was looked up by. The feed tells of the records whose mapped value really changed.
 */
export async function remapRecords(ctx: Ctx, input: { streamId: string; runId: string; leg: Leg }, pace: Pace): Promise<LegTally> {
  const { leg } = input;
  const lookUp = lookUpFor(ctx, input);
  const guard = circuitOf(ctx, input);
  const tally: LegTally = { done: false, paused: false, pages: 0, seen: 0, changed: 0 };
  let after = remapPlace(leg.remapAfter, leg.version);
  while (performance.now() < pace.untilMs) {
    const startedMs = performance.now();
    const rows = await staleRecords(ctx, input.streamId, leg.version, after);
    const last = rows.at(-1);
    if (!last) {
      tally.done = true;
      break;
    }
    after = last.external_id;
    const { records, faults } = await lookUp(rows.map(incomingOf), [], pace.signal);
    const batch = buildBatch(records, leg, { faults, deleted: [] });
    const written = await writePage(ctx, {
      streamId: input.streamId,
      runId: input.runId,
      fence: leg.fence,
      batch,
      mappingVersion: leg.version,
      cursor: null,
      remapAfter: `${leg.version}:${after}`,
      total: null,
      facts: { method: "READ", path: "stored records", status: 200, ms: Math.round(performance.now() - startedMs), bytes: 0, retries: 0 },
      scan: "stored",
      both: leg.both,
      stored: true,
    });
    tally.pages++;
    tally.seen += batch.seen;
    tally.changed += written.created + written.updated + written.deleted;
    tally.paused = written.paused;
    pace.beat(tally);
    await guard(batch);
    if (tally.paused) break;
  }
  if (tally.done) {
    await markMapped(ctx, input.streamId, leg);
    tally.changed += await finishScan(ctx, input); // those whom the filter leaves out, which may be too many to go unasked
  }
  return tally;
}

async function markMapped(ctx: Ctx, streamId: string, leg: Leg): Promise<void> {
  await readScoped(
    ctx,
    (sql) => sql`
    update streams set mapped_version = ${leg.version}, remap_after = null
     where id = ${streamId} and environment_id = ${ctx.scope.environmentId} and fence = ${leg.fence} and mapping_version = ${leg.version}`,
  );
}
