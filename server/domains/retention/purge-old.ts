import { type SQL, sql } from "drizzle-orm";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import { asRetention } from "./as-retention";

/** A table's rows in one statement, so that nobody waits long for a lock and the disk is not flooded. */
const BATCH = 5_000;
const PAUSE_MS = 3_600_000;
/** Environments whose new pages are given positions in one call. */
const PLACED_AT_ONCE = 50;
/** How long the change feed is kept: who was away for a summer still finds it. `listChanges` names it to readers. */
export const FEED_DAYS = 90;

type Rule = { table: SQL; days: number; old: (before: SQL) => SQL };

/** What is removed, after how long, and why then. The inbox and the change feed have rules of their own. */
const RULES: Rule[] = [
  // Facts of single HTTP exchanges: the largest history, and of use only while a fault is being looked for.
  { table: sql`run_pages`, days: 14, old: (before) => sql`at < ${before}` },
  // A quarter of history. The newest run of a stream is its state on every screen, however old; a running one is not over.
  {
    table: sql`runs`,
    days: 90,
    old: (before) => sql`started_at < ${before} and status <> 'running'
      and exists (select from runs n where n.stream_id = t.stream_id and n.started_at > t.started_at)
      and not exists (select from streams s where s.run_id = t.id)`,
  },
  // The retries of a delivery take days; a month leaves time to look and to replay. What is still to be sent stays.
  { table: sql`webhook_deliveries`, days: 30, old: (before) => sql`status <> 'pending' and created_at < ${before}` },
  // Promised for 24 hours; an older key is a new one already.
  { table: sql`idempotency_keys`, days: 1, old: (before) => sql`started_at < ${before}` },
  // Answers of third parties, shown to who tries a connector.
  { table: sql`connector_trials`, days: 1, old: (before) => sql`created_at < ${before}` },
  // Somebody waited for the answer; a week more to look one up. Whoever repeats a call after it has waited too long.
  { table: sql`action_calls`, days: 7, old: (before) => sql`created_at < ${before}` },
  // What undo goes by: who has not missed anything for a month does not want it back.
  { table: sql`writes`, days: 30, old: (before) => sql`at < ${before}` },
  // Open ones wait for a person, however long.
  { table: sql`conflicts`, days: 30, old: (before) => sql`settled_at < ${before}` },
  // A tombstone says nothing but that somebody was there; one that is still linked, or about to be written, is needed.
  {
    table: sql`own_records`,
    days: 90,
    old: (before) => sql`deleted_at < ${before}
      and not exists (select from streams s join links l on l.stream_id = s.id and l.own_id = t.own_id
                       where s.environment_id = t.environment_id and s.customer_id = t.customer_id and s.model_key = t.model_key)
      and not exists (select from streams s join outbox o on o.stream_id = s.id and o.own_id = t.own_id
                       where s.environment_id = t.environment_id and s.customer_id = t.customer_id and s.model_key = t.model_key)`,
  },
  // Sign-in links of the demo, and letters that are over. Those with a key say that somebody was told already, and must not be told again.
  { table: sql`mails`, days: 1, old: (before) => sql`created_at < ${before} and due_at is null and key is null` },
  // The mail server was away for a week, or there is none: news of then is none now.
  { table: sql`mails`, days: 7, old: (before) => sql`created_at < ${before} and due_at is not null` },
  { table: sql`mails`, days: 90, old: (before) => sql`created_at < ${before}` },
  // A limit that is full and open again is no different from a missing one.
  { table: sql`rate_limits`, days: 1, old: (before) => sql`idle_at < ${before}` },
  // Nobody waits for a place that long.
  { table: sql`leg_slots`, days: 1, old: (before) => sql`until < ${before}` },
  // Dead when they expire; a week more to follow up a complaint. A session takes its authorisations with it.
  { table: sql`authorizations`, days: 7, old: (before) => sql`expires_at < ${before}` },
  // A secret that is still there is given back first (`endClaims`).
  { table: sql`claims`, days: 1, old: (before) => sql`expires_at < ${before} and secret is null` },
  { table: sql`embed_sessions`, days: 7, old: (before) => sql`expires_at < ${before}` },
  { table: sql`sessions`, days: 7, old: (before) => sql`expires < ${before}` },
  { table: sql`verification_tokens`, days: 7, old: (before) => sql`expires < ${before}` },
];

const pausedUntil = new WeakMap<Deps["db"], number>();

/**
 * Worker: removes what is older than its time, for everybody, at most one batch a table. Does nothing for an hour once all is
 * done; while a batch was full, the next call goes on. Returns how many rows went. `pauseMs` and `batch` are for tests.
 */
export async function purgeOld(
  deps: Pick<Deps, "db" | "clock">,
  { pauseMs = PAUSE_MS, batch = BATCH }: { pauseMs?: number; batch?: number } = {},
): Promise<number> {
  const now = deps.clock.now().getTime();
  if (now < (pausedUntil.get(deps.db) ?? 0)) return 0;
  let gone = 0;
  let more = false;
  for (const rule of RULES) {
    const count = await purge(deps, rule, batch);
    gone += count;
    more ||= count >= batch;
  }
  const feed = await purgeFeed(deps, batch);
  if (!more && !feed.more) pausedUntil.set(deps.db, now + pauseMs);
  return gone + feed.gone;
}

const before = (days: number) => sql`now() - ${days} * interval '1 day'`;

async function purge(deps: Pick<Deps, "db">, { table, days, old }: Rule, batch: number): Promise<number> {
  const gone = await asRetention(deps.db, "retention, for everybody", (tx) =>
    tx.execute(sql`
      delete from ${table} where ctid = any (array(
        select t.ctid from ${table} t where ${old(before(days))} limit ${batch} for update skip locked))`),
  );
  return gone.count;
}

/**
 * The change feed goes in two steps, in different calls: `feed_removed` moves first, so that a reader is told before
 * anything is missing; then what lies below it is deleted.
 */
async function purgeFeed(deps: Pick<Deps, "db">, batch: number): Promise<{ gone: number; more: boolean }> {
  // Whole pages, as many as hold about one batch of changes; their changes are found by the primary key.
  const gone = await asRetention(deps.db, "retention, for everybody", (tx) =>
    tx.execute(sql`
      with old as (
        select f.stream_id, f.seq_from, f.seq_to - f.seq_from + 1 as size
          from environments e join feed_pages f on f.environment_id = e.id and f.position_from <= e.feed_removed
         where e.feed_removed > 0 limit ${batch}
      ), pages as (
        delete from feed_pages f using (select *, sum(size) over (order by stream_id, seq_from) as reach from old) o
         where o.reach - o.size < ${batch} and f.stream_id = o.stream_id and f.seq_from = o.seq_from
        returning f.stream_id, f.seq_from, f.seq_to
      )
      delete from changes c using pages p where c.stream_id = p.stream_id and c.seq between p.seq_from and p.seq_to`),
  );
  const placed = await placePages(deps);
  const moved = await asRetention(deps.db, "retention: how far each environment's feed is old and told", (tx) =>
    tx.execute(sql`
      update environments e set feed_removed = n.old_to from (
        select e.id, least(
            coalesce((select f.position_from from feed_pages f
                       where f.environment_id = e.id and f.position_from > e.feed_removed and f.at >= ${before(FEED_DAYS)}
                       order by f.position_from limit 1), e.feed_position + 1) - 1,
            (select min(w.position) from webhook_endpoints w where w.environment_id = e.id and w.status = 'active')) as old_to
          from environments e where e.feed_position > e.feed_removed
      ) n where n.id = e.id and n.old_to > e.feed_removed`),
  );
  return { gone: gone.count, more: gone.count > 0 || moved.count > 0 || placed >= PLACED_AT_ONCE };
}

/** Pages get their positions when somebody reads. Where nobody does, they would wait, and stay, for ever. */
async function placePages(deps: Pick<Deps, "db">): Promise<number> {
  const unread = await asSystem(deps.db, "environments whose feed nobody reads", (tx) =>
    tx.execute<{ id: string }>(sql`
      select id from environments e
       where exists (select from feed_pages f where f.environment_id = e.id and f.position_from is null and f.at < now() - interval '1 hour')
       limit ${PLACED_AT_ONCE}`),
  );
  for (const { id } of unread)
    await asSystem(deps.db, "gives one feed its positions", (tx) => tx.execute(sql`select feed_sequence(${id})`));
  return unread.length;
}
