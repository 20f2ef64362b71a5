import { sql } from "drizzle-orm";
import { withScope } from "#server/db/tenancy";
import { authorOf } from "#server/domains/mappings/internal";
import { refOf, type StreamRow } from "#server/domains/streams/internal";
import { dropHeld, restoreDropped, retryHeld } from "#server/domains/writes/settle-held";
import type { Ctx } from "#server/lib/context";
import type { StreamId } from "#server/lib/ids";
import { auditHeld, goOn, lockTaking, meantHeld, type Settled, sidesOf, type WhichRecords, wishAgain } from "./held-which";

/**
 * Has held records tried again by the stream's next run: what was read, from what is stored of it (or fetched anew where it could not be read at all); what could not be
 * written, by being sent again. A stream that was stopped because nearly everything was held back goes on by it; `paused`: it is paused for another reason, and
 * they are tried when it goes on. `not_found` for another's stream, `conflict` for one that is off.
 */
export async function retryRecords(ctx: Ctx, input: WhichRecords): Promise<Settled> {
  const sides = sidesOf(input);
  const { stream, read } = await withScope(ctx, async (tx) => {
    const stream = await lockTaking(ctx, tx, input.streamId);
    const which = sides.read && meantHeld(ctx, input, sides.read.ids, false);
    const read = which ? await wishAgain(ctx, tx, stream, sql`select q.external_id from quarantine q where ${which}`) : 0;
    await auditHeld(ctx, tx, stream, "held.retried");
    return { stream, read };
  });
  const { wishes } = sides.write ? await retryHeld(ctx, { ...input, ownIds: sides.write.ids ?? undefined }) : { wishes: 0 };
  return tried(ctx, stream, read + wishes);
}

/**
 * Puts held records aside: they are no longer counted and wait for nobody. What was read comes back by itself when it changes at the source, what was to be
 * written when the own record changes; both can be taken back. Deletions and undos that were held are let go for good.
 */
export async function skipRecords(ctx: Ctx, input: WhichRecords): Promise<Settled> {
  const sides = sidesOf(input);
  const read = await withScope(ctx, async (tx) => {
    const stream = await lockTaking(ctx, tx, input.streamId);
    await auditHeld(ctx, tx, stream, "held.skipped");
    if (!sides.read) return 0;
    const rows = await tx.execute(sql`
      with put as (
        update quarantine q set aside_at = clock_timestamp(), aside_by = ${authorOf(ctx)} where ${meantHeld(ctx, input, sides.read.ids, false)} returning q.external_id
      ), waits as (
        delete from retries a using put where a.stream_id = ${stream.id} and a.external_id = put.external_id
      ), counted as (
        update streams s set quarantine_count = s.quarantine_count - (select count(*) from put) where s.id = ${stream.id}
      )
      select external_id from put`);
    return rows.length;
  });
  const { wishes } = sides.write ? await dropHeld(ctx, { ...input, ownIds: sides.write.ids ?? undefined }) : { wishes: 0 };
  return { records: read + wishes, engineReachable: true, paused: false };
}

/** Has the stream go on, and its engine told, where records are to be tried. */
async function tried(ctx: Ctx, stream: StreamRow, records: number): Promise<Settled> {
  if (records === 0) return { records, engineReachable: true, paused: stream.pauseReasons.length > 0 };
  const paused = await withScope(ctx, async (tx) => goOn(ctx, tx, await lockTaking(ctx, tx, stream.id as StreamId)));
  return { records, paused, engineReachable: await ctx.keeping.pokeStream(refOf(ctx, stream)) };
}

/** Takes back that records were put aside: what was read waits again and is tried at once, what was to be written is sent. */
export async function restoreRecords(ctx: Ctx, input: WhichRecords): Promise<Settled> {
  const sides = sidesOf(input);
  const { stream, records } = await withScope(ctx, async (tx) => {
    const stream = await lockTaking(ctx, tx, input.streamId);
    await auditHeld(ctx, tx, stream, "held.restored");
    const written = sides.write ? await restoreDropped(ctx, tx, { ...input, ownIds: sides.write.ids ?? undefined }) : 0;
    if (!sides.read) return { stream, records: written };
    const rows = await tx.execute<{ external_id: string }>(sql`
      with back as (
        update quarantine q set aside_at = null, aside_by = null where ${meantHeld(ctx, input, sides.read.ids, true)} returning q.external_id
      ), counted as (
        update streams s set quarantine_count = s.quarantine_count + (select count(*) from back) where s.id = ${stream.id}
      )
      select external_id from back`);
    const ids = JSON.stringify(rows.map((row) => row.external_id));
    await wishAgain(ctx, tx, stream, sql`select jsonb_array_elements_text(${ids}::text::jsonb) as external_id`);
    return { stream, records: written + rows.length };
  });
  return tried(ctx, stream, records);
}
