import { sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import type { Ctx } from "#server/lib/context";
import type { Both } from "./both-ways";
import { asKey, matchTextOf } from "./match-keys";

type Data = Record<string, unknown>;

/** A record of a page, mapped. */
export type Incoming = { id: string; data: Data; source: string };

/** The own record that a record of a page is, with what both sides said when they last agreed. */
export type Known = {
  id: string;
  ownId: string;
  /** They have found each other by the match just now. */
  isNew: boolean;
  baseOurs: Data | null;
  baseTheirs: Data | null;
  theirsMs: number | null;
  /** Fields that were written there since the record was last read. */
  unseen: string[];
  /** An answer to those writes did not show the record; `lately`: less than an hour ago. */
  echoDue: boolean;
  lately: boolean;
  data: Data;
  deleted: boolean;
  changedAtMs: number;
  /** A conflict about it is open. */
  open: boolean;
  /** The hash under which we hold it; null = we do not. */
  hash: string | null;
};

/**
 * Of the records of a page those that are own records: by their link, or, where neither has one, by the match, if there is exactly
 * one of each side. One statement; the own records are locked, unless nothing will be done with them.
 */
export async function knownOf(
  ctx: Ctx,
  tx: Tx,
  streamId: string,
  both: Both,
  records: readonly Incoming[],
  { locked = true } = {},
): Promise<Known[]> {
  const { environmentId, customerId = "" } = ctx.scope;
  const keys = keysOf(both, records);
  const given = JSON.stringify(records.map(({ id }) => ({ id, value: keys.get(id) || null })));
  const rows = await tx.execute<Omit<Known, "theirsMs"> & { theirsMs: string | null }>(sql`
    with g as (
      select g.id, ${asKey(sql`g.value`)} as value, l.own_id, l.base_ours, l.base_theirs, l.theirs_ms,
             coalesce(l.unseen, '{}') as unseen, coalesce(l.echo_due, false) as echo_due, coalesce(l.synced_at > clock_timestamp() - interval '1 hour', false) as lately
        from jsonb_to_recordset(${given}::text::jsonb) as g(id text, value text)
        left join links l on l.stream_id = ${streamId} and l.external_id = g.id
    ), paired as (
      select id, own_id, base_ours, base_theirs, theirs_ms, unseen, echo_due, lately, false as is_new from g where own_id is not null
      union all
      select o.id, m.own_id, null, null, null, '{}', false, false, true
        from (select min(id) as id, value from g where own_id is null and value is not null group by value having count(*) = 1) o
        cross join lateral (
          select min(k.id) as own_id from match_keys k
            join own_records r on r.environment_id = ${environmentId} and r.customer_id = ${customerId} and r.model_key = ${both.modelKey}
             and r.own_id = k.id and r.deleted_at is null
           where k.stream_id = ${streamId} and k.side = 'ours' and k.value = o.value
             and not exists (select from links l where l.stream_id = ${streamId} and l.own_id = k.id)
          having count(*) = 1
        ) m
       where not exists (
         select from match_keys k join records t on t.stream_id = ${streamId} and t.external_id = k.id and t.deleted_at is null
          where k.stream_id = ${streamId} and k.side = 'theirs' and k.value = o.value and k.id <> o.id
            and not exists (select from links l where l.stream_id = ${streamId} and l.external_id = k.id))
    )
    select p.id, p.own_id as "ownId", p.is_new as "isNew", p.base_ours as "baseOurs", p.base_theirs as "baseTheirs", p.theirs_ms as "theirsMs",
           p.unseen, p.echo_due as "echoDue", p.lately,
           r.data, r.deleted_at is not null as deleted, extract(epoch from r.changed_at)::float8 * 1000 as "changedAtMs",
           exists (select from conflicts c where c.stream_id = ${streamId} and c.own_id = p.own_id and c.settled_at is null) as open,
           (select t.hash from records t where t.stream_id = ${streamId} and t.external_id = p.id and t.deleted_at is null) as hash
      from paired p
      join own_records r on r.environment_id = ${environmentId} and r.customer_id = ${customerId} and r.model_key = ${both.modelKey} and r.own_id = p.own_id
     order by r.own_id ${locked ? sql`for update of r` : sql``}`);
  return rows.map((row) => ({ ...row, theirsMs: row.theirsMs === null ? null : Number(row.theirsMs) }));
}

/** What records are matched by, as text; empty for those that have nothing of the kind. None where records are not matched. */
export const keysOf = ({ way, match }: Both, records: readonly Incoming[]): Map<string, string> =>
  new Map(match === null ? [] : records.map(({ id, data }) => [id, matchTextOf(way.flat(data)[match]) ?? ""]));
