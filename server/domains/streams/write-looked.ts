import type { Ctx } from "#server/lib/context";
import { layOut, type Other, type PageBatch, type Print, SEPARATOR, type Taking } from "./page-batch";
import { type PageResult, type PageWrite, writePage } from "./write-page";

/** A page's records, and how they were laid out: mapped, or as stored already. */
export type Looked = { prints: readonly Print[]; other: Other; batch: PageBatch };

/** Commits a page as it was laid out; where some of its records are not stored as was thought, those are mapped and it is sent once more. */
export async function writeLooked(
  ctx: Ctx,
  taking: Taking,
  { prints, other, batch }: Looked,
  page: Omit<PageWrite, "batch">,
): Promise<PageResult & { batch: PageBatch }> {
  const written = await writePage(ctx, { ...page, batch });
  if (written.differing === null) return { ...written, batch };
  const differing = new Set(written.differing.split(SEPARATOR));
  const same = new Set(prints.flatMap(({ id }) => (differing.has(id) ? [] : id)));
  const anew = layOut(prints, taking, other, same);
  return { ...(await writePage(ctx, { ...page, batch: anew })), batch: anew };
}
