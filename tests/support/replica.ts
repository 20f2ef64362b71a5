import { listChanges } from "#server/domains/records/list-changes";
import type { Ctx } from "#server/lib/context";

/** The vendor's copy, made from nothing but the change feed read in pages of `limit`. Throws when a position does not rise. */
export async function replicaOf(ctx: Ctx, limit: number): Promise<Map<string, Record<string, unknown> | null>> {
  const copy = new Map<string, Record<string, unknown> | null>();
  let after = 0;
  for (;;) {
    const page = await listChanges(ctx, { after, limit });
    for (const change of page.items) {
      if (change.position <= after) throw new Error(`position ${change.position} came after ${after}`);
      after = change.position;
      if (change.op === "deleted") copy.delete(change.externalId);
      else copy.set(change.externalId, change.record);
    }
    if (page.next >= page.latest && page.items.length < limit) return copy;
    after = page.next;
  }
}
