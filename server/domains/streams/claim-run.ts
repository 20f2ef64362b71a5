import type postgres from "postgres";
import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { type ConnectionId, newId } from "#server/lib/ids";
import type { Claim } from "#workflows/contract";
import { judgeDrifts } from "../schemas/note-drifts";
import { CALM_MS } from "./calm";
import { dueInMs, isOrdinary } from "./finish-run";
import { takeSlot } from "./leg-slots";
import { MAPPING_FAULTS } from "./outbox";

const LOOK_AGAIN_MS = 24 * 3_600_000;
/** Of a long run only the beginning is what somebody waits for. */
const AWAITED_LEGS = 3;
const INTERACTIVE = new Set(["customer", "vendor", "activation", "mapping"]);

type Decision = {
  what: "stop" | "paused" | "resume" | "hold" | "remap" | "push" | "pull" | "named" | "wait";
  run_id: string | null;
  /** Of a run that goes on: null when it has long begun. */
  trigger: string | null;
  wait_ms: string | null;
  /** It only reads what is new at the source, and has not begun to. */
  light: boolean;
  /** It only writes, goes over to another mapping, and changes at the source wait for somebody: of which object of which account. */
  judge: { connectionId: ConnectionId; object: string } | null;
};

/** A {@link Claim} for whose leg no place was asked yet. `light`: it only reads what is new at the source, and has not begun to. */
export type Decided = Exclude<Claim, { kind: "run" }> | (Extract<Claim, { kind: "run" }> & { light: boolean });

type Ordinary = { due: boolean; trigger: string; phase: "backfill" | "incremental"; wait_ms: number };

/** Each stream has a moment of its own in the interval, to which it comes back: a fleet that was late together does not stay together. */
const nextInMs = (sql: postgres.TransactionSql) =>
  sql`(s.interval_ms - mod(floor(extract(epoch from clock_timestamp()) * 1000)::bigint + abs(hashtext(s.id)), s.interval_ms))`;

/**
 * {@link decideRun} where there is nothing to it: the stream is due and its run is opened, or it is not. Null = ask the whole question. A keeper asks twice
 * for each sync, and nearly always this is the answer; the whole question costs the database four times as much.
 */
async function decideOrdinary(ctx: Ctx, { streamId }: { streamId: string }, runId: string): Promise<Decided | null> {
  const { environmentId, customerId } = ctx.scope;
  const [row] = await readScoped<Ordinary[]>(
    ctx,
    (sql) => sql`
    with s as (
      select * from streams where id = ${streamId} and environment_id = ${environmentId} and customer_id = ${customerId ?? ""} for update
    ), o as (
      select s.*, s.due_at <= clock_timestamp() as due, ${nextInMs(sql)} as next_in_ms, ${dueInMs(sql)} as wait_ms from s where ${isOrdinary(sql)}
    ), opened as (
      insert into runs (id, environment_id, customer_id, stream_id, kind, trigger)
      select ${runId}, environment_id, customer_id, id, phase, trigger from o where due
    ), moved as (
      update streams t set run_id = ${runId}, trigger = 'schedule', due_at = clock_timestamp() + o.next_in_ms * interval '1 ms'
        from o where t.id = o.id and o.due
    )
    select due, trigger, phase, wait_ms from o`,
  );
  if (!row) return null;
  if (!row.due) return { kind: "wait", waitMs: Math.min(row.wait_ms + 1, LOOK_AGAIN_MS) };
  return { kind: "run", runId, interactive: INTERACTIVE.has(row.trigger), light: row.phase === "incremental" };
}

/**
 * Decides, in one statement under the stream's row lock, what its keeper does next: go on with the run that is open (a
 * worker died, or it waited for the third party or for a place), re-map records that are behind the mapping, write what waits in the outbox, run because it is due, or wait. Opens the run when there is one.
 */
export async function decideRun(ctx: Ctx, input: { streamId: string }): Promise<Decided> {
  const runId = newId("run");
  const ordinary = await decideOrdinary(ctx, input, runId);
  if (ordinary) return ordinary;
  const { environmentId, customerId } = ctx.scope;
  const [decision] = await readScoped<Decision[]>(
    ctx,
    (sql) => sql`
    with s as (
      select * from streams where id = ${input.streamId} and environment_id = ${environmentId} and customer_id = ${customerId ?? ""} for update
    ), n as (
      -- Records that calls named: when they may be fetched. Null = none wait, or trouble is waited out first.
      select least(case when s.failures = 0 and s.direction <> 'push' and exists (select from named_records n where n.stream_id = s.id and n.read_at is null) then greatest(
        timestamptz 'epoch', (select r.started_at from runs r where r.stream_id = s.id order by r.started_at desc limit 1) + ${CALM_MS} * interval '1 ms') end,
        -- Records that somebody wants tried again: at once, but for trouble, which is waited out.
        case when s.direction <> 'push' then (select case when s.failures > 0 then s.due_at else timestamptz 'epoch' end from retries a where a.stream_id = s.id limit 1) end) as named_from
        from s
    ), p as (
      -- Wishes of the outbox: when they may be sent. Trouble is waited out first, and two-way so is the first reading: who is there already is
      -- found by it. Null = none wait.
      select case when w.first_due is not null then greatest(w.first_due, case when s.failures > 0 then s.due_at end) end as push_from,
        s.direction = 'two_way' and s.due_at <= clock_timestamp()
          and (select r.kind from runs r where r.stream_id = s.id order by r.started_at desc limit 1) = 'push' as behind
        from s left join lateral (
          select min(o.due_at) as first_due from outbox o where o.stream_id = s.id and o.state in ('waiting', 'sending')
             and (s.direction = 'push' or (s.direction = 'two_way' and s.phase = 'incremental' and not s.reread))
        ) w on true
    ), q as (
      -- The place for its next leg that it waits for, or is called to. Who asks for it meanwhile may have one that is kept for that.
      select case when l.state = 'waiting' and (l.urgent or s.trigger <> all (${[...INTERACTIVE]})) then l.until end as place_from
        from s join leg_slots l on l.stream_id = s.id and l.environment_id = s.environment_id and l.state <> 'running'
    ), b as (
      select s.*, n.named_from, p.push_from, greatest(waiting_until, q.place_from) as held_until, case when reread then 'backfill' else phase end as next_phase, case
        when status <> 'active' or (select c.status from connections c where c.id = s.connection_id and c.environment_id = s.environment_id) = 'disconnected' then 'stop'
        when cardinality(pause_reasons) > 0 then 'paused'
        when run_id is not null and greatest(waiting_until, q.place_from) > clock_timestamp() then 'hold'
        when run_id is not null then 'resume'
        -- Trouble of the third party does not hold a remap up; trouble of our own waits out its back-off like a pull.
        -- What is stored may lack what the mapping now needs: a remap before it was read would hold records back.
        when mapping_version <> mapped_version and record_count + quarantine_count > 0
             and not (remap_after is not distinct from 'reread' and (reread or phase = 'backfill'))
             and (failure_code is null or failure_code not in ('config_invalid', 'mapping_failed', 'platform_error') or due_at <= clock_timestamp()) then 'remap'
        when push_from <= clock_timestamp() and not behind then 'push' -- reading and writing take turns
        when direction <> 'push' and due_at <= clock_timestamp() then 'pull'
        when named_from <= clock_timestamp() then 'named'
        else 'wait' end as what
      from s cross join n cross join p left join q on true
    ), d as (
      -- renewed: it writes, and goes over to another mapping now.
      select b.*, direction <> 'pull' and mapping_version <> mapped_version
             and (what = 'remap' or (record_count + quarantine_count = 0 and what in ('push', 'pull', 'named', 'wait'))) as renewed from b
    ), opened as (
      insert into runs (id, environment_id, customer_id, stream_id, kind, trigger)
      select ${runId}, environment_id, customer_id, id, case what when 'pull' then next_phase else what end,
             case what when 'remap' then 'mapping' when 'named' then coalesce((select a.trigger from retries a where a.stream_id = d.id limit 1), 'webhook') when 'push' then 'vendor' else trigger end
        from d where what in ('remap', 'push', 'pull', 'named')
    ), ended as (
      -- Paused while no leg was there to see it: it waited for the third party or for a place, or its worker or Temporal's memory of it was lost.
      update runs r set status = 'cancelled', finished_at = clock_timestamp()
        from d where d.what = 'paused' and r.id = d.run_id and r.environment_id = d.environment_id and r.status = 'running'
    ), let_go as (
      update streams t set run_id = null, waiting_until = null, fence = t.fence + 1 from d where t.id = d.id and d.what = 'paused' and d.run_id is not null
    ), no_place as (
      delete from leg_slots l using d where l.stream_id = d.id and l.environment_id = d.environment_id and l.state <> 'running' and d.what in ('stop', 'paused')
    ), freed as (
      -- What was refused under another mapping is tried under this one: of a stream that is to be re-mapped first, then. Who is at such a wish
      -- just now (a new version of the record, a person) frees it.
      update outbox o set state = 'waiting', due_at = now(), attempts = 0
        from (select h.stream_id, h.own_id from d join outbox h on h.stream_id = d.id
               where d.renewed and h.state = 'held' and h.op = 'put' and h.code = any (${[...MAPPING_FAULTS]}) for update of h skip locked) h
       where o.stream_id = h.stream_id and o.own_id = h.own_id
      returning o.own_id
    ), moved as (
      update streams t set run_id = ${runId},
        cursor = case when d.what = 'pull' and d.reread then null else d.cursor end,
        phase = case when d.what = 'pull' then d.next_phase else d.phase end,
        reread = d.reread and d.what <> 'pull', held_count = d.held_count - (select count(*) from freed),
        mapped_version = case when d.record_count + d.quarantine_count = 0 then d.mapping_version else d.mapped_version end,
        -- A poke during the run sets both anew, and is then seen when the run ends.
        trigger = case d.what when 'pull' then 'schedule' else d.trigger end,
        due_at = case d.what when 'pull' then clock_timestamp() + next_in_ms * interval '1 ms' else d.due_at end
       from d cross join lateral (select ${nextInMs(sql)} as next_in_ms from (select d.id, d.interval_ms) s) n where t.id = d.id and d.what in ('remap', 'push', 'pull', 'named')
    ), anew as (
      -- A stream that only writes has nothing to re-map: what it has written is gone over, for fields that it has never told. Another place or
      -- value map of a field that was told reaches a record when the field is changed.
      insert into outbox (stream_id, own_id, environment_id, customer_id, op, version)
      select d.id, l.own_id, d.environment_id, d.customer_id, 'put', r.version
        from d join links l on l.stream_id = d.id
        join own_records r on r.environment_id = d.environment_id and r.customer_id = d.customer_id and r.model_key = d.model_key and r.own_id = l.own_id
       where d.direction = 'push' and d.mapping_version <> d.mapped_version and d.what in ('push', 'wait') and r.deleted_at is null
      on conflict (stream_id, own_id) do nothing
    ), gone_over as (
      update streams t set mapped_version = d.mapping_version, held_count = d.held_count - (select count(*) from freed)
        from d where t.id = d.id and d.renewed and d.what = 'wait'
    )
    select what, run_id,
      -- A run goes on as what it was, unless somebody asked for more meanwhile.
      case when what <> 'resume' or trigger = any (${[...INTERACTIVE]}) then trigger else (
        select case when r.legs < ${AWAITED_LEGS} then r.trigger end from runs r where r.id = d.run_id and r.environment_id = d.environment_id) end as trigger,
      case when w.until is not null then greatest(0, extract(epoch from w.until - clock_timestamp()) * 1000)::bigint end as wait_ms,
      what = 'named' or (what = 'pull' and next_phase = 'incremental') or (what = 'resume' and exists (
        select from runs r where r.id = d.run_id and r.environment_id = d.environment_id and r.legs = 0 and r.kind in ('incremental', 'named'))) as light,
      case when renewed and direction = 'push' and exists (select from drifts f where f.stream_id = d.id and f.environment_id = d.environment_id and f.status = 'open')
        then jsonb_build_object('connectionId', connection_id, 'object', object) end as judge
    from d cross join lateral (
      select case when what = 'hold' then held_until when what = 'wait' and renewed then clock_timestamp() else least(case when direction <> 'push' then due_at end, named_from, push_from) end as until
    ) w`,
  );
  if (!decision || decision.what === "stop") return { kind: "stop" };
  if (decision.judge) await judge(ctx, decision.judge);
  switch (decision.what) {
    case "paused":
      return { kind: "wait", waitMs: LOOK_AGAIN_MS };
    case "hold":
    case "wait":
      return { kind: "wait", waitMs: decision.wait_ms === null ? LOOK_AGAIN_MS : Math.min(Number(decision.wait_ms) + 1, LOOK_AGAIN_MS) };
    case "resume":
      return { kind: "run", runId: decision.run_id ?? runId, interactive: INTERACTIVE.has(decision.trigger ?? ""), light: decision.light };
    default:
      return {
        ...{ kind: "run", runId, light: decision.light },
        interactive: decision.what !== "pull" || INTERACTIVE.has(decision.trigger ?? ""),
      };
  }
}

/** What is re-mapped is judged by that; where nothing is, a changed mapping is held against what has changed at the source now. */
const judge = (ctx: Ctx, of: NonNullable<Decision["judge"]>): Promise<void> =>
  judgeDrifts(ctx, of).catch((err: unknown) => ctx.log.warn({ err, ...of }, "what has changed at the source could not be judged"));

/** The run goes on when there is a place for its leg; it is open, and waits, when there is none. */
export async function placed(ctx: Ctx, streamId: string, next: Decided): Promise<Claim> {
  if (next.kind !== "run") return next;
  const { runId, interactive } = next;
  const { vendorId, environmentId, customerId = "" } = ctx.scope;
  const wait = await takeSlot(ctx, { vendorId, environmentId, customerId, streamId, runId }, null);
  return wait ? { kind: "wait", ...wait } : { kind: "run", runId, interactive };
}

/** {@link decideRun}, with a place for the leg where there is to be one. */
export const claimRun = async (ctx: Ctx, input: { streamId: string }): Promise<Claim> =>
  placed(ctx, input.streamId, await decideRun(ctx, input));
