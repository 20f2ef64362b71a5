import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { auditEntries, streams } from "#server/db/schema";
import { authorOf } from "#server/domains/mappings/internal";
import { goingOnBesides, lockStream, type StreamRow, triggerOf } from "#server/domains/streams/internal";
import { causeOf, listed, ownRows } from "#server/domains/writes/internal";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { StreamId } from "#server/lib/ids";

/** Held records of a stream: those with these ids (`read:<id at the source>`, `write:<own id>`), those of one cause, or all. */
export type WhichRecords = { streamId: StreamId; ids?: readonly string[] | undefined; cause?: string | undefined };

/** What came of it: how many, whether the engine could be told at once, and whether that has to wait, as the stream is paused. */
export type Settled = { records: number; engineReachable: boolean; paused: boolean };

export type Side = "read" | "write";

const unknownId = () =>
  new AppError("invalid", "ids of held records begin with read: or write:, as the list tells them", {
    details: { issues: [{ path: "ids", message: "not an id of a held record" }] },
  });

/** The ids of one side; null = all of it. */
function idsOf(ids: readonly string[] | undefined, side: Side): string[] | null {
  if (!ids) return null;
  if (!ids.every((id) => /^(read|write):./s.test(id))) throw unknownId();
  return ids.filter((id) => id.startsWith(`${side}:`)).map((id) => id.slice(side.length + 1));
}

/** The two sides of what is meant; null = nothing on that side. */
export function sidesOf({ ids }: WhichRecords): Record<Side, { ids: string[] | null } | null> {
  const side = (name: Side) => {
    const own = idsOf(ids, name);
    return own?.length === 0 ? null : { ids: own };
  };
  return { read: side("read"), write: side("write") };
}

/** Those of `quarantine q` that are meant. */
export const meantHeld = (ctx: Ctx, { streamId, cause }: WhichRecords, ids: readonly string[] | null, aside: boolean): SQL => sql`
  q.stream_id = ${streamId} and q.environment_id = ${ctx.scope.environmentId} ${ownRows(ctx, sql`q.customer_id`)}
  and q.aside_at is ${aside ? sql`not null` : sql`null`} ${ids ? sql`and q.external_id in ${listed(ids)}` : sql``}
  ${cause ? sql`and ${causeOf("read", "q")} = ${cause}` : sql``}`;

/** The stream, locked, if it takes wishes: `conflict` when it is off. */
export async function lockTaking(ctx: Ctx, tx: Tx, streamId: StreamId): Promise<StreamRow> {
  const stream = await lockStream(ctx, tx, streamId);
  if (stream.status !== "active") throw new AppError("conflict", "this stream is turned off; turn it on first");
  return stream;
}

/** Notes that records are to be tried again: `which` selects their ids, as `external_id`. Answers how many. */
export async function wishAgain(ctx: Ctx, tx: Tx, stream: StreamRow, which: SQL): Promise<number> {
  const rows = await tx.execute(sql`
    insert into retries (stream_id, external_id, environment_id, customer_id, trigger)
    select ${stream.id}, w.external_id, ${stream.environmentId}, ${stream.customerId}, ${triggerOf(ctx)} from (${which}) w
    on conflict (stream_id, external_id) do update set trigger = excluded.trigger, asked_at = excluded.asked_at
    returning external_id`);
  return rows.length;
}

/**
 * Has a stream go on that was stopped because nearly everything was held back, as somebody wants some of it tried: it is not stopped for that again under
 * its mapping. Answers whether it is still paused for another reason: then what is asked for is done when that is lifted.
 */
export async function goOn(ctx: Ctx, tx: Tx, stream: StreamRow): Promise<boolean> {
  const { pauseReasons, ...lifted } = goingOnBesides(stream);
  if (pauseReasons.length < stream.pauseReasons.length)
    await tx
      .update(streams)
      .set({ pauseReasons, ...lifted, dueAt: sql`least(${streams.dueAt}, now())`, trigger: triggerOf(ctx) })
      .where(and(eq(streams.id, stream.id), eq(streams.environmentId, ctx.scope.environmentId)));
  return pauseReasons.length > 0;
}

export async function auditHeld(ctx: Ctx, tx: Tx, stream: StreamRow, action: string, subject: string = stream.id): Promise<void> {
  const { environmentId, customerId } = stream;
  await tx.insert(auditEntries).values({ environmentId, customerId, actor: authorOf(ctx), action, subject });
}
