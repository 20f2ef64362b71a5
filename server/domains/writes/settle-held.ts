import { sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { StreamId } from "#server/lib/ids";
import { authorOf } from "../mappings/internal";
import { recountHeld } from "../streams/enqueue-wishes";
import { lockStream, refOf } from "../streams/internal";
import { causeOf, listed, ownRows } from "./internal";

/** Which wishes of a stream: those of these own records, or all that wait for a person. */
export type WhichHeld = { streamId: StreamId; ownIds?: readonly string[] | undefined; cause?: string | undefined };

const meant = (ctx: Ctx, { streamId, ownIds, cause }: WhichHeld) => sql`
  o.stream_id = ${streamId} and o.environment_id = ${ctx.scope.environmentId} ${ownRows(ctx, sql`o.customer_id`)} and o.state in ('held', 'unknown')
  ${ownIds ? sql`and o.own_id in ${listed(ownIds)}` : sql``}
  ${cause ? sql`and ${causeOf("write", "o")} = ${cause}` : sql``}`;

async function recounted(tx: Tx, streamId: StreamId, changed: Promise<readonly unknown[]>): Promise<number> {
  const { length } = await changed;
  if (length > 0) await recountHeld(tx, [streamId]);
  return length;
}

/**
 * Has wishes that waited for a person tried again, deletions that were held back for their number among them: whoever says so has looked.
 * What may have been done is asked for again together with all that went with it. `not_found` for another's stream.
 */
export async function retryHeld(ctx: Ctx, input: WhichHeld): Promise<{ wishes: number }> {
  const { stream, wishes } = await withScope(ctx, async (tx) => {
    const stream = await lockStream(ctx, tx, input.streamId);
    const changed = tx.execute(sql`
      update outbox o set state = 'waiting', due_at = clock_timestamp(), attempts = 0, updated_at = clock_timestamp(),
             approved = o.approved or o.code is not distinct from 'delete_guard_tripped', code = null, message = null, field = null
       where (${meant(ctx, input)})
          or (o.stream_id = ${stream.id} and o.environment_id = ${ctx.scope.environmentId} and o.state = 'unknown'
              and o.first_at in (select o.first_at from outbox o where ${meant(ctx, input)} and o.state = 'unknown'))
      returning o.own_id`);
    return { stream, wishes: await recounted(tx, stream.id, changed) };
  });
  if (wishes > 0) await ctx.keeping.pokeStream(refOf(ctx, stream));
  return { wishes };
}

/**
 * Lets wishes go that waited for a person: what they wanted is not done. The next change of a record is a new wish; one that came behind
 * an undo has its turn.
 */
export async function dropHeld(ctx: Ctx, input: WhichHeld): Promise<{ wishes: number }> {
  const { stream, wishes } = await withScope(ctx, async (tx) => {
    const stream = await lockStream(ctx, tx, input.streamId);
    const changed = tx.execute(sql`
      with followed as (
        update outbox o set op = o.next ->> 'op', version = (o.next ->> 'version')::bigint, next = null, write_ids = null, state = 'waiting', attempts = 0,
               due_at = clock_timestamp(), again = false, sent = null, key = null, first_at = null, code = null, message = null, field = null,
               updated_at = clock_timestamp()
         where ${meant(ctx, input)} and o.next is not null returning o.own_id
      ), dropped as (
        delete from outbox o where ${meant(ctx, input)} and o.next is null returning *
      ), let_go as (
        insert into departures as d (stream_id, own_id, environment_id, customer_id, version, aside_by, code, message, field)
        select stream_id, own_id, environment_id, customer_id, version, ${authorOf(ctx)}, code, message, field from dropped where op = 'put'
        on conflict (stream_id, own_id) do update set version = greatest(d.version, excluded.version), at = clock_timestamp(),
          aside_by = excluded.aside_by, code = excluded.code, message = excluded.message, field = excluded.field
      )
      select own_id from followed union all select own_id from dropped`);
    return { stream, wishes: await recounted(tx, stream.id, changed) };
  });
  if (wishes > 0) await ctx.keeping.pokeStream(refOf(ctx, stream));
  return { wishes };
}

/**
 * Puts wishes back that a person has let go: own records that are still there are written again as they are now. Part of the caller's transaction, which has the
 * stream locked. Answers how many.
 */
export async function restoreDropped(ctx: Ctx, tx: Tx, { streamId, ownIds, cause }: WhichHeld): Promise<number> {
  const rows = await tx.execute(sql`
    with back as (
      delete from departures d where d.stream_id = ${streamId} and d.environment_id = ${ctx.scope.environmentId} ${ownRows(ctx, sql`d.customer_id`)}
         and d.aside_by is not null ${ownIds ? sql`and d.own_id in ${listed(ownIds)}` : sql``} ${cause ? sql`and ${causeOf("write", "d")} = ${cause}` : sql``}
      returning d.own_id
    )
    insert into outbox (stream_id, own_id, environment_id, customer_id, op, version)
    select s.id, r.own_id, r.environment_id, r.customer_id, 'put', r.version
      from back b join streams s on s.id = ${streamId}
      join own_records r on r.environment_id = s.environment_id and r.customer_id = s.customer_id and r.model_key = s.model_key and r.own_id = b.own_id
     where r.deleted_at is null order by r.own_id
    on conflict (stream_id, own_id) do nothing returning own_id`);
  return rows.length;
}
