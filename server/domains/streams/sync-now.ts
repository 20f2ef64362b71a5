import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { outbox, runs, streams } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { StreamId } from "#server/lib/ids";
import { CALM_MS } from "./calm";
import { goingOn, lockStream, refOf, type StreamRow, triggerOf } from "./internal";

/**
 * Now; but {@link CALM_MS} after the beginning of the last run that the same hand asked for, or that wrote, when that is not over: a run that finds
 * little ends before the next click of fifty arrives.
 */
const soon = (ctx: Ctx, stream: StreamRow, kind: "push" | "read"): SQL<Date> => sql`greatest(now(), (
  select max(${runs.startedAt}) + ${CALM_MS} * interval '1 ms' from ${runs}
   where ${runs.streamId} = ${stream.id} and ${runs.environmentId} = ${stream.environmentId} and ${runs.customerId} = ${stream.customerId}
     and ${runs.startedAt} > now() - ${CALM_MS} * interval '1 ms'
     and ${kind === "push" ? sql`${runs.kind} = 'push'` : sql`${runs.kind} in ('backfill', 'incremental') and ${runs.trigger} = ${triggerOf(ctx)}`}))`;

/** Has what waits in the stream's outbox tried now, but for what the third party itself told to wait. Says whether anything waits. */
async function bringWishesForward(ctx: Ctx, tx: Tx, stream: StreamRow): Promise<boolean> {
  const mine = and(
    eq(outbox.streamId, stream.id),
    eq(outbox.environmentId, stream.environmentId),
    eq(outbox.customerId, stream.customerId),
  );
  await tx
    .update(outbox)
    .set({ dueAt: sql`least(${outbox.dueAt}, ${soon(ctx, stream, "push")})` })
    .where(
      and(mine, eq(outbox.state, "waiting"), sql`${outbox.dueAt} > now()`, sql`${outbox.code} is distinct from 'provider_rate_limited'`),
    );
  const [some] = await tx
    .select({ ownId: outbox.ownId })
    .from(outbox)
    .where(and(mine, sql`${outbox.state} in ('waiting', 'sending')`))
    .limit(1);
  return some !== undefined;
}

/**
 * Makes the stream due now and pokes its keeper. Fifty calls are one run, plus one more if a run was already under way, or was over before the last
 * of them came: that one begins {@link CALM_MS} after the first.
 * A stream that was stopped because nearly everything is held back goes on, and is not stopped for it again under this mapping.
 * `queued` false: it only writes, and nothing waits to be written. `engineReachable` false: the wish is stored and carried out as soon as the
 * engine is back. Paused or off: `conflict`.
 */
export async function syncNow(ctx: Ctx, input: { streamId: StreamId }): Promise<{ queued: boolean; engineReachable: boolean }> {
  const { stream, queued } = await withScope(ctx, async (tx) => {
    const row = await lockStream(ctx, tx, input.streamId);
    if (row.status !== "active") throw new AppError("conflict", "this stream is turned off; turn it on first");
    const lifted = goingOn(row);
    const waits = row.direction !== "pull" && (await bringWishesForward(ctx, tx, row));
    const queued = row.direction !== "push" || waits;
    const dueAt = sql`least(${streams.dueAt}, ${soon(ctx, row, row.direction === "push" ? "push" : "read")})`;
    const asked = queued ? { dueAt, trigger: triggerOf(ctx) } : {};
    if (queued || row.pauseReasons.length > 0)
      await tx
        .update(streams)
        .set({ ...lifted, ...asked })
        .where(and(eq(streams.id, row.id), eq(streams.environmentId, ctx.scope.environmentId)));
    return { stream: row, queued };
  });
  return { queued, engineReachable: await ctx.keeping.pokeStream(refOf(ctx, stream)) };
}
