import type { PageFacts } from "#server/db/schema/streams";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { Both } from "./both-ways";
import { dropFallen } from "./drop-fallen";
import { mergePage } from "./merge-page";
import type { PageBatch } from "./page-batch";
import { staleOr } from "./stale-attempt";

export type PageWrite = {
  streamId: string;
  runId: string;
  fence: number;
  batch: PageBatch;
  mappingVersion: number;
  /** New pull cursor or remap place; null leaves it. */
  cursor: string | null;
  remapAfter: string | null;
  total: number | null;
  facts: PageFacts;
  /** What the page is to a whole reading that shows who is missing. */
  scan: ScanStep | null;
  /** What its records are brought together with own records by; null = the stream goes one way. */
  both: Both | null;
  /** Its records were read earlier, and are stored here. */
  stored?: boolean;
};

/** `stored`: what was read earlier shows nobody. */
export type ScanStep = "begin" | "go_on" | "end" | "begin_end" | "spoil" | "stored";

export type PageResult = {
  created: number;
  updated: number;
  deleted: number;
  paused: boolean;
  /** Ids of records that are not as they are stored, joined by U+001F: then nothing was written. Null = the page is. */
  differing: string | null;
};

/**
 * Commits one page: fence, records, feed, quarantine and cursor in one statement and one round trip (drizzle/*_same_pages.sql). Of a page
 * laid out as stored already only ids and hashes are sent; see `differing` for when it is not.
 */
export async function writePage(ctx: Ctx, page: PageWrite): Promise<PageResult> {
  if (page.batch.fallen.length > 0) await dropFallen(ctx, page.streamId, page.batch.fallen);
  if (page.both) return mergePage(ctx, page, page.both);
  const { vendorId, environmentId, customerId } = ctx.scope;
  const { batch } = page;
  const sql = ctx.db.raw;
  try {
    const [row] = await sql<PageResult[]>`
      select created, updated, deleted, paused, differing from sync_write_page(
        ${vendorId}, ${environmentId}, ${customerId ?? ""}, ${page.streamId}, ${page.runId}, ${page.fence},
        ${batch.ids}, ${batch.hashes}, ${batch.data}, ${batch.sources}, ${page.mappingVersion},
        ${batch.faults.length > 0 ? sql.json(batch.faults) : null}, ${batch.seen}, ${page.cursor}, ${page.remapAfter}, ${page.total}, ${sql.json(page.facts)},
        ${batch.gone}, ${batch.goneCount}, ${batch.skipped}, ${page.scan}, ${batch.leftOut})`;
    if (!row) throw new AppError("platform_error", "the page was not written");
    return row;
  } catch (error) {
    throw staleOr(error);
  }
}
