import { sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { failAt } from "#server/lib/failpoint";
import type { CustomerId } from "#server/lib/ids";
import type { Both } from "./both-ways";
import { refOf } from "./internal";
import { lockPushing } from "./lock-pushing";
import { keepTheirKeys } from "./match-keys";
import { type Incoming, type Known, keysOf, knownOf } from "./merge-known";
import { isStale, type MergedRecord, mergeOne, stateOf } from "./merge-records";
import { type PageBatch, SEPARATOR } from "./page-batch";
import { saveMerged } from "./save-merged";
import { StaleAttempt, staleOr } from "./stale-attempt";
import { unlinkGone } from "./unlink-gone";
import type { PageResult, PageWrite } from "./write-page";

const columnOf = (text: string | null): string[] => (text ? text.split(SEPARATOR) : []);

/** The records of a page that came mapped; those that are stored as they are here (`layOut`) are not among them. */
function incomingOf({ ids, data, sources }: PageBatch): Incoming[] {
  const [names, texts] = [columnOf(ids), columnOf(sources)];
  return columnOf(data).map((text, n) => ({ id: names[n] ?? "", data: JSON.parse(text), source: texts[n] ?? "" }));
}

type Together = { merged: MergedRecord[]; batch: PageBatch };

/** Brings each record and its own record together, and lays the page out as it is to be stored. */
function bringTogether(
  both: Both,
  { batch, stored = false }: Pick<PageWrite, "batch" | "stored">,
  records: readonly Incoming[],
  known: readonly Known[],
): Together {
  const byId = new Map(known.map((one) => [one.id, one]));
  const merged: MergedRecord[] = [];
  const [data, hashes] = [columnOf(batch.data), columnOf(batch.hashes)];
  for (const [n, record] of records.entries()) {
    const own = byId.get(record.id);
    if (!own) continue;
    const theirsAt = both.theirsAt(JSON.parse(record.source));
    if (!stored && isStale(own, theirsAt, hashes[n] ?? "")) {
      if (own.hash !== null) hashes[n] = own.hash; // what is held stays
      continue;
    }
    const one = mergeOne(both, own, record, stateOf(own, theirsAt, stored));
    if (!one) continue;
    merged.push(one);
    if (one.held) data[n] = JSON.stringify(one.held);
  }
  return { merged, batch: { ...batch, data: records.length > 0 ? data.join(SEPARATOR) : batch.data, hashes: hashes.join(SEPARATOR) } };
}

/** A page as {@link mergePage} would store it, and nothing written. `stored`: its records are those that are stored here. */
export async function tryTogether(ctx: Ctx, streamId: string, both: Both, page: Pick<PageWrite, "batch" | "stored">): Promise<PageBatch> {
  const records = incomingOf(page.batch);
  if (records.length === 0) return page.batch;
  const known = await withScope(ctx, (tx) => knownOf(ctx, tx, streamId, both, records, { locked: false }));
  return bringTogether(both, page, records, known).batch;
}

/** The page's own statement, within the transaction. */
async function store(ctx: Ctx, tx: Tx, page: PageWrite): Promise<PageResult> {
  const { vendorId, environmentId, customerId } = ctx.scope;
  const { batch } = page;
  const json = (value: unknown) => sql`${value === null ? null : JSON.stringify(value)}::text::jsonb`;
  const [row] = await tx.execute<PageResult>(sql`
    select created, updated, deleted, paused, differing from sync_write_page(
      ${vendorId}, ${environmentId}, ${customerId ?? ""}, ${page.streamId}, ${page.runId}, ${page.fence},
      ${batch.ids}, ${batch.hashes}, ${batch.data}, ${batch.sources}, ${page.mappingVersion},
      ${json(batch.faults.length > 0 ? batch.faults : null)}, ${batch.seen}, ${page.cursor}, ${page.remapAfter}, ${page.total}, ${json(page.facts)},
      ${batch.gone}, ${batch.goneCount}, ${batch.skipped}, ${page.scan}, ${batch.leftOut})`);
  if (!row) throw new Error("the page was not written");
  return row;
}

/**
 * A page of a stream that goes both ways: its records, their own records, the links between them, wishes and conflicts change in one
 * transaction. Locks come in the order customer, streams, own records, outbox.
 */
export async function mergePage(ctx: Ctx, page: PageWrite, both: Both): Promise<PageResult> {
  const place = { streamId: page.streamId, runId: page.runId, both };
  const { written, poke } = await withScope(ctx, async (tx) => {
    await lockPushing(ctx, tx, { customerId: ctx.scope.customerId as CustomerId, modelKey: both.modelKey });
    const [stream] = await tx.execute<{ next_seq: string }>(sql`
      select next_seq from streams where id = ${page.streamId} and environment_id = ${ctx.scope.environmentId} and run_id = ${page.runId} and fence = ${page.fence}`);
    if (!stream) throw new StaleAttempt(`stream ${page.streamId} is no longer at fence ${page.fence} of ${page.runId}`);
    const records = incomingOf(page.batch);
    const known = records.length > 0 ? await knownOf(ctx, tx, page.streamId, both, records) : [];
    const { merged, batch } = bringTogether(both, page, records, known);
    const written = await store(ctx, tx, { ...page, batch });
    if ("differing" in written && written.differing !== null) return { written, poke: [] }; // nothing was; it is laid out anew
    await keepTheirKeys(ctx, tx, page.streamId, keysOf(both, records));
    const poke = await saveMerged(ctx, tx, place, { merged, before: Number(stream.next_seq) });
    if (batch.gone !== null) await unlinkGone(ctx, tx, place, columnOf(batch.gone));
    failAt(ctx.config, "merge.in_tx");
    return { written, poke };
  }).catch((error: unknown) => {
    throw staleOr(error);
  });
  await Promise.all(poke.map((stream) => ctx.keeping.pokeStream(refOf(ctx, stream))));
  return written;
}
