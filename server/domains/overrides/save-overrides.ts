import type { Ctx } from "#server/lib/context";
import type { StreamId } from "#server/lib/ids";
import { changeOverrides, refusal } from "./internal";
import { type Issue, openConflicts, patched } from "./patch";
import type { Wishes } from "./schema";

/**
 * Changes single fields of a customer's mapping. `n` is the revision the caller saw: `conflict` when there is another since.
 * `invalid` names the fields that cannot be so. Stored records are re-mapped at once. Warnings are of what may yet come right.
 */
export async function saveOverrides(
  ctx: Ctx,
  input: { streamId: StreamId; n: number; fields: Wishes },
): Promise<{ n: number; warnings: Issue[] }> {
  const { n, warnings } = await changeOverrides(ctx, input, ({ ground, standing }) => {
    const { overrides, refused, warnings } = patched(ground, standing.overrides, input.fields);
    if (refused.length > 0) throw refusal(ground, refused);
    return { next: { overrides, conflicts: openConflicts(standing.conflicts, Object.keys(input.fields)) }, warnings };
  });
  return { n, warnings };
}
