import { and, eq } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { streamOverrides } from "#server/db/schema";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { StreamId } from "#server/lib/ids";
import { mergeOverrides, type Overrides } from "#server/mapping/overrides";
import { changeOverrides, refusal } from "./internal";
import { emptied, stillKnown } from "./patch";

async function overridesAt(ctx: Ctx, tx: Tx, streamId: StreamId, n: number): Promise<Overrides> {
  if (n === 0) return {};
  const [row] = await tx
    .select({ overrides: streamOverrides.overrides })
    .from(streamOverrides)
    .where(
      and(eq(streamOverrides.streamId, streamId), eq(streamOverrides.n, n), eq(streamOverrides.environmentId, ctx.scope.environmentId)),
    );
  if (!row) throw new AppError("not_found", `there is no revision ${n} of this mapping; reload its history`);
  return row.overrides;
}

/**
 * Goes back to what a customer's mapping was at revision `to`; 0 = the template as it is. That is a new revision, and can be gone back
 * from. Where the template has changed since, the old patches are told as conflicts. `invalid` when a field would be missing.
 */
export async function revertOverrides(ctx: Ctx, input: { streamId: StreamId; n: number; to: number }): Promise<{ n: number }> {
  const { n } = await changeOverrides(ctx, input, async ({ stream, ground, standing }, tx) => {
    const old = await overridesAt(ctx, tx, stream.id, input.to);
    const next = mergeOverrides(ground.fields, stillKnown(ground, old));
    const missing = emptied(ground, standing.overrides, next.overrides);
    if (missing.length > 0) throw refusal(ground, missing);
    return { next };
  });
  return { n };
}
