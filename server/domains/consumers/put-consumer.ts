import { sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { auditEntries, consumers } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { authorOf } from "../mappings/internal";
import { checkRoom, feedEnds, named } from "./internal";

/** Behind which position it reads on, or from which moment; neither = it stays, and a new one begins with the oldest change there is. */
export type PutConsumer = {
  name: string;
  position?: number | undefined;
  since?: Date | undefined;
  alertAfterMinutes?: number | undefined;
};

/** The position before everything that was written at `since` or later. Pages carry the moment; a walk along them is rare and in order. */
async function positionAt(ctx: Ctx, tx: Tx, since: Date, latest: number): Promise<number> {
  const [row] = await tx.execute<{ position: string }>(sql`
    select position_from - 1 as position from feed_pages
     where environment_id = ${ctx.scope.environmentId} and position_from is not null and at >= ${since.toISOString()}::text::timestamptz
     order by position_from limit 1`);
  return Number(row?.position ?? latest);
}

async function target(ctx: Ctx, tx: Tx, { position, since }: PutConsumer): Promise<number | null> {
  if (position === undefined && since === undefined) return null;
  const { latest, oldest } = await feedEnds(ctx, tx);
  const to = since ? Math.max(oldest, await positionAt(ctx, tx, since, latest)) : (position ?? 0);
  if (to > latest) throw new AppError("invalid", `Position ${to} is beyond the newest, ${latest}.`, { details: { latest, oldest } });
  if (to < oldest) {
    const message = `Changes up to ${oldest} are older than 90 days and were removed. Read /v1/records, or go on from ${oldest}.`;
    throw new AppError("conflict", message, { details: { latest, oldest } });
  }
  return to;
}

type Audited = { action: "consumer.made" | "consumer.moved" | "consumer.updated"; subject: string };

const note = (ctx: Ctx, tx: Tx, audited: Audited) =>
  tx.insert(auditEntries).values({ environmentId: ctx.scope.environmentId, actor: authorOf(ctx), ...audited });

async function make(ctx: Ctx, tx: Tx, { name, alertAfterMinutes }: PutConsumer, to: number | null): Promise<void> {
  await checkRoom(ctx, tx);
  const position = to ?? (await feedEnds(ctx, tx)).oldest;
  const alert = alertAfterMinutes === undefined ? {} : { alertAfterMinutes };
  await tx.insert(consumers).values({ environmentId: ctx.scope.environmentId, name, position, given: position, ...alert });
  await note(ctx, tx, { action: "consumer.made", subject: `${name} at ${position}` });
}

async function change(ctx: Ctx, tx: Tx, { name, alertAfterMinutes }: PutConsumer, to: number | null, from: number): Promise<void> {
  const alert = alertAfterMinutes === undefined ? {} : { alertAfterMinutes };
  const moved = to === null ? {} : { position: to, given: to, moves: sql`${consumers.moves} + 1` };
  if (to === null && alertAfterMinutes === undefined) return;
  await tx
    .update(consumers)
    .set({ ...alert, ...moved })
    .where(named(ctx, name));
  const audited =
    to === null
      ? { action: "consumer.updated" as const, subject: name }
      : { action: "consumer.moved" as const, subject: `${name} from ${from} to ${to}` };
  await note(ctx, tx, audited);
}

/**
 * Makes a consumer, or moves it to any point of the feed there still is, forward or back: it is then given everything from there again. A
 * reader at work is refused its next page (`conflict`) until it asks without `after`, so that it cannot undo the move.
 */
export function putConsumer(ctx: Ctx, input: PutConsumer): Promise<void> {
  return withScope(ctx, async (tx) => {
    const to = await target(ctx, tx, input);
    const [before] = await tx.select({ position: consumers.position }).from(consumers).where(named(ctx, input.name)).for("update");
    if (before) await change(ctx, tx, input, to, before.position);
    else await make(ctx, tx, input, to);
  });
}
