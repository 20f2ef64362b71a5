import { sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import type { Ctx } from "#server/lib/context";
import type { Both } from "./both-ways";

type Gone = { held: string; closed: string };

/**
 * Records are no more at the third party: their links end, the own records stay. What was about to be written to one waits for a person,
 * who may have it made anew; else that is done only when the own record changes again. Part of a transaction that holds the stream's lock.
 */
export async function unlinkGone(
  ctx: Ctx,
  tx: Tx,
  { streamId, both }: { streamId: string; both: Both },
  externalIds: readonly string[],
): Promise<void> {
  const { environmentId, customerId = "" } = ctx.scope;
  const message = `it was deleted at ${both.name}; try again to have it made anew`;
  const [row] = await tx.execute<Gone>(sql`
    with gone as (
      delete from links l where l.stream_id = ${streamId}
         and l.external_id in (select jsonb_array_elements_text(${JSON.stringify(externalIds)}::text::jsonb))
      returning l.own_id
    ), departed as (
      insert into departures as d (stream_id, own_id, environment_id, customer_id, version)
      select ${streamId}, r.own_id, r.environment_id, r.customer_id, r.version from gone g
        join own_records r on r.environment_id = ${environmentId} and r.customer_id = ${customerId} and r.model_key = ${both.modelKey} and r.own_id = g.own_id
      on conflict (stream_id, own_id) do update set version = excluded.version, at = clock_timestamp()
    ), held as (
      update outbox o set state = 'held', code = 'conflict', message = ${message}, field = null, updated_at = clock_timestamp()
        from gone g where o.stream_id = ${streamId} and o.own_id = g.own_id and o.state = 'waiting' and not o.again and o.op = 'put'
      returning 1
    ), closed as (
      update conflicts c set settled_at = clock_timestamp(), settled_by = 'system'
        from gone g where c.stream_id = ${streamId} and c.own_id = g.own_id and c.settled_at is null
      returning 1
    )
    select (select count(*) from held) as held, (select count(*) from closed) as closed`);
  if (!row || (Number(row.held) === 0 && Number(row.closed) === 0)) return;
  await tx.execute(sql`
    update streams s set held_count = (select count(*) from outbox o where o.stream_id = s.id and o.state in ('held', 'unknown')),
           conflict_count = (select count(*) from conflicts c where c.stream_id = s.id and c.settled_at is null) where s.id = ${streamId}`);
}
