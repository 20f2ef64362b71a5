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
};

export type PageResult = { created: number; updated: number; paused: boolean };

/** Thrown when another attempt has taken the stream over: this one must stop and touch nothing more. */
export class StaleAttempt extends Error {
  override name = "StaleAttempt";
}

/** Commits one page: fence, records, feed, quarantine and cursor in one statement and one round trip (drizzle/0002_pages.sql). */
export async function writePage(ctx: Ctx, page: PageWrite): Promise<PageResult> {
  const { vendorId, environmentId, customerId } = ctx.scope;
  const { batch } = page;
  const sql = ctx.db.raw;
  try {
    const [row] = await sql<PageResult[]>`
      select created, updated, paused from sync_write_page(
        ${vendorId}, ${environmentId}, ${customerId ?? ""}, ${page.streamId}, ${page.runId}, ${page.fence},
        ${batch.ids}, ${batch.hashes}, ${batch.data}, ${batch.sources}, ${page.mappingVersion},
        ${batch.faults.length > 0 ? sql.json(batch.faults) : null}, ${batch.seen}, ${page.cursor}, ${page.remapAfter}, ${page.total}, ${sql.json(page.facts)})`;
    if (!row) throw new AppError("platform_error", "the page was not written");
    return row;
  } catch (error) {
    if ((error as { code?: string }).code === "IN001") throw new StaleAttempt((error as Error).message);
    throw error;
  }
}
