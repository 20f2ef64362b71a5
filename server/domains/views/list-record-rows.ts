import { listRecords } from "#server/domains/records/list-records";
import type { Ctx } from "#server/lib/context";
import type { RecordRow } from "#server/trpc/views";

/** A stream's records with the source each was made from, a page at a time. */
export async function listRecordRows(
  ctx: Ctx,
  input: { streamId: string; cursor?: string | undefined; limit: number },
): Promise<{ items: RecordRow[]; next: string | null }> {
  const page = await listRecords(ctx, { ...input, withSource: true });
  const items = page.items.map(({ id, externalId, data, source, mappingVersion, seq, updatedAt }) => ({
    ...{ id, externalId, data, mappingVersion, seq },
    source: source ?? null,
    updatedAt: new Date(updatedAt),
  }));
  return { items, next: page.next };
}
