import type { PageFacts } from "#server/db/schema/streams";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { PageBatch } from "./page-batch";

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
};

export type ScanStep = "begin" | "go_on" | "end" | "begin_end" | "spoil";

export type PageResult = { created: number; updated: number; deleted: number; paused: boolean };

/** Thrown when another attempt has taken the stream over: this one must stop and touch nothing more. */
export class StaleAttempt extends Error {
  override name = "StaleAttempt";
}

/** Commits one page: fence, records, feed, quarantine and cursor in one statement and one round trip (drizzle/*_filter_guard.sql). */
export async function writePage(ctx: Ctx, page: PageWrite): Promise<PageResult> {
  const { vendorId, environmentId, customerId } = ctx.scope;
  const { batch } = page;
  const sql = ctx.db.raw;
  try {
    const [row] = await sql<PageResult[]>`
      select created, updated, deleted, paused from sync_write_page(
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

/** An error of the database as ours, when it says that another attempt is at work. */
export function staleOr(error: unknown): unknown {
  return (error as { code?: string }).code === "IN001" ? new StaleAttempt((error as Error).message) : error;
}
