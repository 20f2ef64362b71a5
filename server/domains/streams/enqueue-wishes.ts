import { sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import type { Ctx } from "#server/lib/context";
import type { CustomerId, StreamId } from "#server/lib/ids";

/** That an own record is to be written, or deleted, as it is at this version. */
export type Wish = { ownId: string; op: "put" | "delete"; version: number };

export type Enqueued = { id: StreamId; customerId: CustomerId };

/** How many wishes of these streams wait for a person, counted anew where there were any. */
export const recountHeld = (tx: Tx, streamIds: readonly string[]) =>
  tx.execute(sql`
    update streams s set held_count = (select count(*) from outbox o where o.stream_id = s.id and o.state in ('held', 'unknown'))
     where s.id = any (${`{${streamIds.join(",")}}`}::text[]) and s.held_count > 0`);

/**
 * Puts wishes into the outbox of every active stream that writes this model for the customer, but for `except`. A newer wish takes the
 * place of one that waits, and frees one that was refused; one that is being sent, or may have been done, and an undo that has not been
 * tried yet are followed by it. Part of the caller's transaction, which has the customer's row or the stream's locked. Answers whose keepers are to be poked when it is committed.
 */
export async function enqueueWishes(
  ctx: Ctx,
  tx: Tx,
  input: { customerId: CustomerId; modelKey: string; wishes: readonly Wish[]; except?: StreamId },
): Promise<Enqueued[]> {
  if (input.wishes.length === 0) return [];
  const wishes = [...input.wishes].sort((a, b) => (a.ownId < b.ownId ? -1 : 1));
  const given = JSON.stringify(wishes.map(({ ownId, op, version }) => ({ own_id: ownId, op, version })));
  const follows = sql`(o.op = 'undo' and o.state <> 'held')`;
  const rows = await tx.execute<{ id: StreamId; customer_id: CustomerId }>(sql`
    with pushing as (
      select id, environment_id, customer_id from streams
       where environment_id = ${ctx.scope.environmentId} and customer_id = ${input.customerId} and model_key = ${input.modelKey}
         and direction <> 'pull' and status = 'active' and id <> ${input.except ?? ""}
    ), wished as (
      insert into outbox as o (stream_id, own_id, environment_id, customer_id, op, version)
      select p.id, w.own_id, p.environment_id, p.customer_id, w.op, w.version
        from pushing p cross join jsonb_to_recordset(${given}::text::jsonb) as w(own_id text, op text, version bigint)
       order by p.id, w.own_id
      on conflict (stream_id, own_id) do update set
        next = case when ${follows} then jsonb_build_object('op', excluded.op, 'version', excluded.version) end,
        op = case when ${follows} then o.op else excluded.op end, version = case when ${follows} then o.version else excluded.version end, approved = false, updated_at = clock_timestamp(),
        state = case when o.state = 'held' then 'waiting' else o.state end,
        attempts = case when o.state = 'held' then 0 else o.attempts end,
        due_at = case when ${follows} or o.again or o.state in ('sending', 'unknown') then o.due_at else clock_timestamp() end,
        code = case when o.state = 'unknown' then o.code end, message = case when o.state = 'unknown' then o.message end,
        field = case when o.state = 'unknown' then o.field end,
        write_ids = case when ${follows} or o.again or o.state in ('sending', 'unknown') then o.write_ids end
    )
    select id, customer_id from pushing`);
  const streams = rows.map((row) => ({ id: row.id, customerId: row.customer_id }));
  if (streams.length > 0) {
    await recountHeld(
      tx,
      streams.map((one) => one.id),
    );
  }
  return streams;
}

/** Until the transaction ends nobody stores own records of the customer: what turns streams on misses none of them. */
export const lockOwnRecords = (ctx: Ctx, tx: Tx, customerId: CustomerId) =>
  tx.execute(sql`select from customers where environment_id = ${ctx.scope.environmentId} and id = ${customerId} for update`);

/**
 * Wishes for all own records that streams which have just been turned on were not told of yet. What was deleted there, taken back, or let go
 * by a person is not among them.
 */
export const enqueueStanding = (ctx: Ctx, tx: Tx, { customerId, streamIds }: { customerId: CustomerId; streamIds: readonly StreamId[] }) =>
  tx.execute(sql`
    insert into outbox as o (stream_id, own_id, environment_id, customer_id, op, version)
    select s.id, r.own_id, r.environment_id, r.customer_id, 'put', r.version
      from streams s
      join own_records r on r.environment_id = s.environment_id and r.customer_id = s.customer_id and r.model_key = s.model_key and r.deleted_at is null
      left join links l on l.stream_id = s.id and l.own_id = r.own_id
      left join departures d on d.stream_id = s.id and d.own_id = r.own_id
     where s.id = any (${`{${streamIds.join(",")}}`}::text[]) and s.environment_id = ${ctx.scope.environmentId} and s.customer_id = ${customerId}
       and s.direction <> 'pull' and r.version > coalesce(greatest(l.pushed_version, d.version), 0)
     order by s.id, r.own_id
    on conflict (stream_id, own_id) do nothing`);
