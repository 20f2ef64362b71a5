import type { Sent } from "#server/db/schema/pushing";
import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { newId } from "#server/lib/ids";
import { StaleAttempt } from "./stale-attempt";

type Data = Record<string, unknown>;

/**
 * Why a wish was refused for what its mapping made of the record: another mapping may make it right, and has it tried again. Until then it
 * keeps its code, and the moment it was first refused.
 */
export const MAPPING_FAULTS: readonly string[] = ["mapping_failed", "record_invalid", "invalid"];

/** A write that an undo is to take back. */
export type Journaled = { id: string; op: "create" | "update" | "delete"; before: Data | null; after: Data | null };

/** A wish taken from the outbox, with all that is known of its record on our side. */
export type TakenWish = {
  ownId: string;
  op: Sent["op"];
  version: number;
  attempts: number;
  approved: boolean;
  key: string | null;
  /** An earlier attempt may have been done: `sent` says what it was. */
  again: boolean;
  firstAtMs: number | null;
  sent: Sent | null;
  /** The own record; null = there is none. */
  data: Data | null;
  deleted: boolean;
  /** It was refused before, for what a mapping made of it. */
  misfit?: boolean;
  changedAtMs: number | null;
  /** The link; null = none. */
  externalId: string | null;
  baseOurs: Data | null;
  baseTheirs: Data | null;
  /** Two-way: fields that were written there since the record was last read, and whether nobody has seen what became of them. */
  unseen: string[];
  echoDue: boolean;
  /** Two-way: the record at the third party as we last read it, as JSON text, and as we hold it. */
  source: string | null;
  held: Data | null;
  /** Of an undo, oldest first. */
  undo: Journaled[];
};

type Row = Omit<TakenWish, "version" | "undo"> & { version: string; undo: Journaled[] | null };
type Place = { streamId: string; runId: string; fence: number };

/**
 * The next wishes that were due when the run began. What may have been done already comes first, and all that once went together with
 * it, by itself. Nothing is marked yet.
 */
export async function takeWishes(ctx: Ctx, input: { streamId: string; startedAt: string; limit: number }): Promise<TakenWish[]> {
  const { environmentId, customerId } = ctx.scope;
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    with due as (
      select *, again or state = 'sending' as doubtful from outbox
       where stream_id = ${input.streamId} and environment_id = ${environmentId} and customer_id = ${customerId ?? ""}
         and state in ('waiting', 'sending') and due_at <= ${input.startedAt}::text::timestamptz -- as text: a date of JavaScript has no microseconds
       order by again or state = 'sending' desc, due_at, own_id limit ${input.limit}
    ), head as (
      select doubtful, first_at from due order by doubtful desc, due_at, own_id limit 1
    )
    select o.own_id as "ownId", o.op, o.version, o.attempts, o.approved, o.key, o.doubtful as again, o.sent, o.write_ids as "writeIds", coalesce(o.code = any (${[...MAPPING_FAULTS]}), false) as misfit,
           extract(epoch from o.first_at)::float8 * 1000 as "firstAtMs",
           r.data, coalesce(r.deleted_at is not null, true) as deleted, extract(epoch from r.changed_at)::float8 * 1000 as "changedAtMs",
           l.external_id as "externalId", l.base_ours as "baseOurs", l.base_theirs as "baseTheirs",
           coalesce(l.unseen, '{}') as unseen, coalesce(l.echo_due, false) as "echoDue",
           t.source, t.data as held, j.undo
      from head h
      join due o on o.doubtful = h.doubtful and (not h.doubtful or o.first_at is not distinct from h.first_at)
      join streams s on s.id = o.stream_id
      left join own_records r on r.environment_id = o.environment_id and r.customer_id = o.customer_id and r.model_key = s.model_key and r.own_id = o.own_id
      left join links l on l.stream_id = o.stream_id and l.own_id = o.own_id
      left join records t on s.direction = 'two_way' and t.stream_id = o.stream_id and t.external_id = l.external_id and t.deleted_at is null
      left join lateral (
        select jsonb_agg(jsonb_build_object('id', w.id, 'op', w.op, 'before', w.before, 'after', w.after) order by w.id) as undo
          from writes w where o.op = 'undo' and w.stream_id = o.stream_id and w.own_id = o.own_id and w.id = any (o.write_ids) and w.undone_at is null
      ) j on true
     order by o.own_id`,
  );
  return rows.map(({ version, undo, ...row }) => ({ ...row, version: Number(version), undo: undo ?? [] }));
}

export type Marked = { ownId: string; key: string; again: boolean; firstAtMs: number };

/**
 * Marks wishes as being sent, before anything is: whoever comes after a crash knows of each what may have been done. Null when somebody
 * has paused the stream. Throws StaleAttempt when another attempt is at work.
 */
export async function markSending(
  ctx: Ctx,
  place: Place,
  sends: readonly { ownId: string; key: string | null; again: boolean; sent: Sent }[],
): Promise<Map<string, Marked> | null> {
  const { environmentId, customerId } = ctx.scope;
  const given = JSON.stringify(sends.map(({ ownId, key, again, sent }) => ({ own_id: ownId, key: key ?? newId("write"), again, sent })));
  const [row] = await readScoped<{ paused: boolean; marked: Marked[] | null }[]>(
    ctx,
    (sql) => sql`
    with s as (
      select id, cardinality(pause_reasons) > 0 as paused from streams
       where id = ${place.streamId} and environment_id = ${environmentId} and customer_id = ${customerId ?? ""}
         and run_id = ${place.runId} and fence = ${place.fence} and status = 'active' for update
    ), m as (
      update outbox o set state = 'sending', key = g.key, again = g.again, sent = g.sent, attempts = o.attempts + 1,
             first_at = case when g.again then coalesce(o.first_at, now()) else now() end,
             updated_at = case when o.state = 'waiting' and o.code = any (${[...MAPPING_FAULTS]}) then o.updated_at else now() end
        from s, jsonb_to_recordset(${given}::text::jsonb) as g(own_id text, key text, again boolean, sent jsonb)
       where not s.paused and o.stream_id = s.id and o.own_id = g.own_id
      returning o.own_id, o.key, o.again, o.first_at
    )
    select s.paused, (select jsonb_agg(jsonb_build_object('ownId', own_id, 'key', key, 'again', again, 'firstAtMs', extract(epoch from first_at) * 1000)) from m) as marked from s`,
  );
  if (!row) throw new StaleAttempt(`stream ${place.streamId} is no longer at fence ${place.fence} of ${place.runId}`);
  return row.paused ? null : new Map((row.marked ?? []).map((one) => [one.ownId, one]));
}
