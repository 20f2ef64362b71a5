import { sql } from "drizzle-orm";
import type { Database } from "#server/db/client";
import { asSystem, systemStatement } from "#server/db/tenancy";
import { type Pace, type SlotAsk, slotsFor } from "./pace";

export type TakeAsk = { id: string; pace: Pace; want: number; reserve: number; back: number };
/** `tokens` = what is left after `granted` were taken. */
export type Taken = { id: string; granted: number; tokens: number };

/** How long a process's slots stand when it is not heard of again; how long it counts as waiting. */
const SLOTS_MS = 20_000;
const HUNGRY_MS = 2_000;

const WHY = "limits of third parties count the requests of all customers together";

const TAKE = `
  with ask as (
    select * from jsonb_to_recordset($1::text::jsonb) as a(id text, capacity float8, per_ms float8, want float8, reserve float8, back float8)
  ), locked as materialized (
    select l.id, l.tokens, l.tokens_at from rate_limits l join ask a on a.id = l.id order by l.id for update of l
  ), timed as materialized (
    select l.*, clock_timestamp() as now from locked l
  ), there as (
    select a.*, t.now, t.tokens_at,
      least(a.capacity, t.tokens + a.back + greatest(0, extract(epoch from t.now - t.tokens_at)::float8 * 1000) * a.per_ms) as tokens
    from timed t join ask a on a.id = t.id
  ), cut as (
    select *, greatest(0, least(want, floor(tokens - reserve + 1e-9))) as granted from there
  )
  update rate_limits l set tokens = c.tokens - c.granted, tokens_at = greatest(c.now, c.tokens_at),
    idle_at = greatest(l.idle_at, c.now + least(c.capacity / c.per_ms, 864e5) * interval '1 ms')
  from cut c where l.id = c.id
  returning l.id, c.granted, l.tokens`;

const OPEN = `
  insert into rate_limits (id, tokens, tokens_at, idle_at)
  select id, capacity, clock_timestamp(), clock_timestamp() + interval '1 minute'
  from jsonb_to_recordset($1::text::jsonb) as a(id text, capacity float8) order by id
  on conflict (id) do nothing`;

/** Takes tokens from several buckets, by the database's clock, in one statement. A bucket nobody used yet is made full. */
export async function takeTokens(db: Database, asks: readonly TakeAsk[]): Promise<Taken[]> {
  const text = JSON.stringify(
    asks.map(({ id, pace, ...ask }) => ({
      id,
      capacity: pace.capacity,
      per_ms: pace.perMs,
      want: ask.want,
      reserve: ask.reserve,
      back: ask.back,
    })),
  );
  const taken = await systemStatement<Taken>(db, WHY, TAKE, [text]);
  if (taken.length === asks.length) return taken;
  await systemStatement(db, WHY, OPEN, [text]);
  const known = new Set(taken.map((one) => one.id));
  return [
    ...taken,
    ...(await takeTokens(
      db,
      asks.filter((one) => !known.has(one.id)),
    )),
  ];
}

/** Refusals, as they stand: times in ms from now, at most 0 = over. */
export type Closed = { id: string; blocked: number; held: number; strikes: number };

const LEFT = (column: string) => `coalesce(extract(epoch from ${column} - clock_timestamp())::float8 * 1000, 0)`;
const CLOSED = `id, ${LEFT("blocked_until")} as blocked, ${LEFT("held_until")} as held, strikes`;

/** All that is closed, or has not had a success since. An hour after a block nobody remembers it. */
export const readClosed = (db: Database): Promise<Closed[]> =>
  systemStatement<Closed>(
    db,
    WHY,
    `select ${CLOSED} from rate_limits where (strikes > 0 or held_until is not null)
      and (held_until > clock_timestamp() or (strikes > 0 and blocked_until > clock_timestamp() - interval '1 hour'))`,
    [],
  );

/** A refusal, for everybody. Refusals that arrive while it is closed already are the same one. */
export async function closeFor(db: Database, id: string, waitMs: (strikes: number) => number): Promise<Closed> {
  const waits = JSON.stringify(Array.from({ length: 16 }, (_, strikes) => waitMs(strikes)));
  const [row] = await systemStatement<Closed>(
    db,
    WHY,
    `insert into rate_limits as l (id, blocked_until, strikes, idle_at)
     values ($1, clock_timestamp() + ($2::text::jsonb->>1)::float8 * interval '1 ms', 1, clock_timestamp() + interval '1 day')
     on conflict (id) do update set
       strikes = case when l.blocked_until > clock_timestamp() then l.strikes else least(l.strikes + 1, 15) end,
       blocked_until = greatest(l.blocked_until, clock_timestamp() +
         ($2::text::jsonb->>(case when l.blocked_until > clock_timestamp() then l.strikes else least(l.strikes + 1, 15) end))::float8 * interval '1 ms'),
       idle_at = greatest(l.idle_at, excluded.idle_at)
     returning ${CLOSED}`,
    [id, waits],
  );
  if (!row) throw new Error("a block left no row");
  return row;
}

/** Little is left: only people go on for a while; nothing is left (`everyone`): nobody does. */
export const holdFor = (db: Database, id: string, ms: number, everyone: boolean) =>
  systemStatement(
    db,
    WHY,
    `insert into rate_limits as l (id, held_until, blocked_until, idle_at)
     values ($1, clock_timestamp() + $2::float8 * interval '1 ms', case when $3 = 'everyone' then clock_timestamp() + $2::float8 * interval '1 ms' end,
       clock_timestamp() + interval '1 day' + $2::float8 * interval '1 ms')
     on conflict (id) do update set held_until = greatest(l.held_until, excluded.held_until),
       blocked_until = greatest(l.blocked_until, excluded.blocked_until), idle_at = greatest(l.idle_at, excluded.idle_at)`,
    [id, String(ms), everyone ? "everyone" : "others"],
  );

/** After a success: the next refusal is a first one again. */
export const openAgain = (db: Database, id: string) =>
  systemStatement(
    db,
    WHY,
    "update rate_limits set strikes = 0 where id = $1 and strikes > 0 and (blocked_until is null or blocked_until <= clock_timestamp())",
    [id],
  );

/** `hungry`: another process waits for its first slot. */
export type Slots = { allowed: number; hungry: boolean };

/** Tells what this process uses and wants of a shared number of slots, and what it may hold from now on. */
export function exchangeSlots(db: Database, id: string, me: string, ask: SlotAsk): Promise<Slots> {
  return asSystem(db, WHY, async (tx) => {
    await tx.execute(
      sql`insert into rate_limits (id, slots, idle_at) values (${id}, '{}', now() + interval '1 hour') on conflict (id) do nothing`,
    );
    const [row] = await tx.execute<{ slots: Record<string, [number, number]> | null; now: number }>(sql`
      select slots, extract(epoch from clock_timestamp())::float8 * 1000 as now from rate_limits where id = ${id} for update`);
    const now = row?.now ?? 0;
    const others = Object.entries(row?.slots ?? {}).filter(([owner, [, until]]) => owner !== me && until > now);
    const allowed = slotsFor(
      ask,
      others.map(([, [n]]) => n),
    );
    const granted = Math.max(ask.using, allowed);
    const mine: [string, [number, number]][] =
      granted > 0 || ask.want > 0 ? [[me, [granted, now + (granted > 0 ? SLOTS_MS : HUNGRY_MS)]]] : [];
    await tx.execute(sql`
      update rate_limits set slots = ${JSON.stringify(Object.fromEntries([...others, ...mine]))}::text::jsonb, idle_at = now() + interval '1 hour' where id = ${id}`);
    return { allowed, hungry: others.some(([, [n]]) => n === 0) };
  });
}
