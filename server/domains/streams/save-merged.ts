import { sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import type { Ctx } from "#server/lib/context";
import { newId } from "#server/lib/ids";
import type { Both } from "./both-ways";
import { type Enqueued, enqueueWishes } from "./enqueue-wishes";
import { keepOwnKeys } from "./match-keys";
import type { MergedRecord } from "./merge-records";
import { tellChanged } from "./tell-changed";

type Place = { streamId: string; runId: string; both: Both };

const rowsOf = (merged: readonly MergedRecord[]) =>
  JSON.stringify(
    merged.map((one) => ({
      ...{ own_id: one.ownId, external_id: one.externalId, is_new: one.isNew, base_ours: one.baseOurs, base_theirs: one.baseTheirs },
      ...{
        theirs_ms: one.theirsMs,
        unseen: one.unseen.length > 0 ? one.unseen : null,
        echo_due: one.echoDue,
        data: one.own,
        push: one.push,
        conflict_id: newId("conflict"),
      },
      fields: one.clashes.length > 0 ? one.clashes : null,
      settled: one.clashes.length === 0 && !one.push,
    })),
  );

/**
 * Writes what a page and own records came to: own records that take something, links with what both sides agree on now, wishes for what is
 * to be written there, conflicts. Own records that changed are wishes of the customer's other streams as well, and are told of in the feed
 * even if the record as we hold it did not change. Part of the page's transaction; answers whose keepers are to be poked.
 */
export async function saveMerged(
  ctx: Ctx,
  tx: Tx,
  { streamId, runId, both }: Place,
  { merged, before }: { merged: readonly MergedRecord[]; before: number },
): Promise<Enqueued[]> {
  if (merged.length === 0) return [];
  const { environmentId } = ctx.scope;
  const customerId = ctx.scope.customerId as Enqueued["customerId"];
  const changed = await tx.execute<{ own_id: string; version: string }>(sql`
    with g as materialized (
      select * from jsonb_to_recordset(${rowsOf(merged)}::text::jsonb) as g(own_id text, external_id text, is_new boolean, base_ours jsonb,
        base_theirs jsonb, theirs_ms bigint, unseen text[], echo_due boolean, data jsonb, push boolean, conflict_id text, fields jsonb, settled boolean)
    ), own as (
      update own_records r set data = g.data, version = r.version + 1 from g
       where g.data is not null and r.environment_id = ${environmentId} and r.customer_id = ${customerId} and r.model_key = ${both.modelKey}
         and r.own_id = g.own_id
      returning r.own_id, r.version
    ), versions as (
      select g.*, coalesce(o.version, r.version) as version from g
        join own_records r on r.environment_id = ${environmentId} and r.customer_id = ${customerId} and r.model_key = ${both.modelKey} and r.own_id = g.own_id
        left join own o on o.own_id = g.own_id
    ), linked as (
      insert into links as l (stream_id, own_id, environment_id, customer_id, external_id, base_ours, base_theirs, pushed_version, synced_at, theirs_ms, unseen, echo_due)
      select ${streamId}, v.own_id, ${environmentId}, ${customerId}, v.external_id, v.base_ours, v.base_theirs,
             case when v.settled then v.version else 0 end, clock_timestamp(), v.theirs_ms, v.unseen, v.echo_due
        from versions v order by v.own_id
      on conflict (stream_id, own_id) do update set base_ours = excluded.base_ours, base_theirs = excluded.base_theirs,
        pushed_version = greatest(l.pushed_version, excluded.pushed_version), theirs_ms = excluded.theirs_ms, synced_at = excluded.synced_at,
        unseen = excluded.unseen, echo_due = excluded.echo_due
       where (l.base_ours, l.base_theirs, l.theirs_ms, l.unseen, l.echo_due)
             is distinct from (excluded.base_ours, excluded.base_theirs, excluded.theirs_ms, excluded.unseen, excluded.echo_due)
          or l.pushed_version < excluded.pushed_version
    ), wished as (
      insert into outbox as o (stream_id, own_id, environment_id, customer_id, op, version)
      select ${streamId}, v.own_id, ${environmentId}, ${customerId}, 'put', v.version from versions v where v.push order by v.own_id
      on conflict (stream_id, own_id) do update set next = coalesce(o.next, jsonb_build_object('op', excluded.op, 'version', excluded.version)) where o.op = 'undo'
    ), opened as (
      insert into conflicts as c (id, environment_id, customer_id, stream_id, own_id, external_id, fields)
      select g.conflict_id, ${environmentId}, ${customerId}, ${streamId}, g.own_id, g.external_id, g.fields from g where g.fields is not null
      on conflict (stream_id, own_id) where settled_at is null do update set fields = excluded.fields where c.fields <> excluded.fields
    ), settled as (
      update conflicts c set settled_at = clock_timestamp(), settled_by = 'system' from g
       where c.stream_id = ${streamId} and c.own_id = g.own_id and c.settled_at is null and g.fields is null
    )
    select own_id, version from own order by own_id`);
  if (merged.some(({ clashes, open }) => open || clashes.length > 0)) await recountConflicts(tx, [streamId]);
  const found = merged.filter(({ isNew }) => isNew).map(({ ownId }) => ownId);
  if (found.length > 0) await freeMatched(tx, streamId, found);
  if (changed.length === 0) return [];
  const versions = new Map(changed.map((row) => [row.own_id, Number(row.version)]));
  const told = merged.flatMap(({ ownId, externalId }) => (versions.has(ownId) ? [{ externalId }] : []));
  await tellChanged(tx, { streamId, runId, before, records: told });
  const place = { customerId, modelKey: both.modelKey };
  await keepOwnKeys(ctx, tx, place, [...versions.keys()]);
  const wishes = [...versions].map(([ownId, version]) => ({ ownId, op: "put" as const, version }));
  return enqueueWishes(ctx, tx, { ...place, wishes, except: streamId as Enqueued["id"] });
}

/** How many conflicts of these streams are open, counted anew. */
export const recountConflicts = (tx: Tx, streamIds: readonly string[]) =>
  tx.execute(sql`
    update streams s set conflict_count = (select count(*) from conflicts c where c.stream_id = s.id and c.settled_at is null)
     where s.id = any (${`{${streamIds.join(",")}}`}::text[])`);

/** Wishes that were held because nobody could tell which record is meant: it was found. */
async function freeMatched(tx: Tx, streamId: string, ownIds: readonly string[]): Promise<void> {
  const freed = await tx.execute(sql`
    update outbox o set state = 'waiting', attempts = 0, due_at = clock_timestamp(), code = null, message = null, field = null, updated_at = clock_timestamp()
     where o.stream_id = ${streamId} and o.state = 'held' and o.code = 'conflict' and o.op = 'put'
       and o.own_id in (select jsonb_array_elements_text(${JSON.stringify(ownIds)}::text::jsonb))
    returning 1`);
  if (freed.length > 0)
    await tx.execute(sql`
    update streams s set held_count = (select count(*) from outbox o where o.stream_id = s.id and o.state in ('held', 'unknown')) where s.id = ${streamId}`);
}
