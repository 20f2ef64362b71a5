import { sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import type { Sent } from "#server/db/schema/pushing";
import type { PageFacts } from "#server/db/schema/streams";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { ErrorCode } from "#server/lib/errors";
import { failAt } from "#server/lib/failpoint";
import { MAPPING_FAULTS } from "./outbox";
import { StaleAttempt } from "./stale-attempt";

type Data = Record<string, unknown>;

/**
 * What became of one wish. `held`: a person has to look; `later`: tried again, after `waitMs`, or as soon as there is a run. `again`: it may
 * have been done.
 */
export type Settled = {
  ownId: string;
  /** The wish that was looked at; a newer one of the same record goes on waiting. */
  op: Sent["op"];
  version: number;
  result: "done" | "held" | "unknown" | "later";
  again?: boolean;
  /** Nothing was sent, and it was an attempt all the same. */
  attempted?: boolean;
  waitMs?: number;
  code?: ErrorCode | null;
  message?: string | null;
  field?: string | null;
  /**
   * The record that it is from now on, and what both sides agree on, by the keys of the model's fields. `unseen`: fields that were written;
   * `echoDue`: their answer did not show what became of them.
   */
  link?: { externalId: string; baseOurs: Data; baseTheirs: Data; theirsMs?: number | null; unseen?: readonly string[]; echoDue?: boolean };
  unlink?: boolean;
  /** What was done, for the journal. */
  write?: {
    id: string;
    op: "create" | "update" | "delete";
    externalId: string;
    before: Data | null;
    after: Data | null;
    undoOf: string | null;
  };
  undone?: readonly string[];
  /** The record as we hold it from now on, so that its echo is no news, and as it was read just now, as JSON text. Two-way only. */
  mirror?: { externalId: string; data: Data; source?: string | undefined };
  /** The third party's record as it was looked at: it has something for our side, and is brought together with it before anything is sent. */
  shown?: { id: string; value: unknown };
};

type Place = { streamId: string; runId: string; fence: number };

/** What is not given is null in the database. */
const rowsOf = (settled: readonly Settled[]) =>
  JSON.stringify(
    settled.map(({ link, write, mirror, ...one }) => ({
      ...{ own_id: one.ownId, op: one.op, version: one.version, result: one.result, again: one.again === true, wait_ms: one.waitMs },
      attempted: one.attempted === true,
      ...{ code: one.code, message: one.message?.slice(0, 1_000), field: one.field, undone: one.undone },
      ...{
        external_id: link?.externalId,
        base_ours: link?.baseOurs,
        base_theirs: link?.baseTheirs,
        theirs_ms: link?.theirsMs,
        unseen: link?.unseen,
        echo_due: link?.echoDue === true,
        unlink: one.unlink === true,
      },
      ...{ write_id: write?.id, write_op: write?.op, write_external: write?.externalId, before: write?.before, after: write?.after },
      ...{ undo_of: write?.undoOf, mirror_id: mirror?.externalId, mirror: mirror?.data, mirror_source: mirror?.source },
    })),
  );

const faults = sql.raw(MAPPING_FAULTS.map((code) => `'${code}'`).join(", "));

const COLUMNS =
  sql.raw(`g(own_id text, op text, version bigint, result text, again boolean, attempted boolean, wait_ms float8, code text, message text, field text,
  external_id text, base_ours jsonb, base_theirs jsonb, theirs_ms bigint, unseen text[], echo_due boolean, unlink boolean, write_id text, write_op text, write_external text, before jsonb, after jsonb,
  undo_of text, undone jsonb, mirror_id text, mirror jsonb, mirror_source text)`);

/**
 * Commits what became of a batch: links with what both sides agree on, the journal, the outbox, the run's page, together and under the
 * fence. Says whether somebody paused the stream meanwhile. Throws StaleAttempt when another attempt is at work.
 */
export async function settleWishes(
  ctx: Ctx,
  place: Place,
  { settled, facts }: { settled: readonly Settled[]; facts: PageFacts },
): Promise<{ paused: boolean }> {
  return withScope(ctx, async (tx) => {
    const { environmentId, customerId = "" } = ctx.scope;
    // Before the stream, as everywhere: links are rows of the customer.
    await tx.execute(sql`select 1 from customers where environment_id = ${environmentId} and id = ${customerId} for key share`);
    const [stream] = await tx.execute<{ paused: boolean }>(sql`
      select cardinality(pause_reasons) > 0 as paused from streams
       where id = ${place.streamId} and environment_id = ${environmentId} and customer_id = ${customerId}
         and run_id = ${place.runId} and fence = ${place.fence} and status = 'active' for update`);
    if (!stream) throw new StaleAttempt(`stream ${place.streamId} is no longer at fence ${place.fence} of ${place.runId}`);
    const refused = await saveLinks(ctx, tx, place, settled);
    const final = settled.map((one) => (refused.has(one.ownId) ? takenElsewhere(one) : one));
    await saveOutbox(ctx, tx, place, rowsOf(final));
    failAt(ctx.config, "push.in_tx");
    await saveRun(ctx, tx, place, final, facts);
    return { paused: stream.paused };
  });
}

/** The third party says that it is a record which another own record is linked with. */
function takenElsewhere(one: Settled): Settled {
  const message = `the third party's record "${one.link?.externalId}" is linked with another of your records already`;
  const { link: _link, mirror: _mirror, ...rest } = one;
  return { ...rest, result: "held", again: false, code: "conflict", message, field: null };
}

/** Writes the links; answers whose record is linked with another own record. */
async function saveLinks(ctx: Ctx, tx: Tx, place: Place, settled: readonly Settled[]): Promise<Set<string>> {
  const linked = settled.filter((one) => one.link !== undefined);
  if (linked.length === 0) return new Set();
  const rows = await tx.execute<{ own_id: string }>(sql`
    insert into links as l (stream_id, own_id, environment_id, customer_id, external_id, base_ours, base_theirs, pushed_version, synced_at, theirs_ms, unseen, echo_due)
    select ${place.streamId}, g.own_id, ${ctx.scope.environmentId}, ${ctx.scope.customerId ?? ""}, g.external_id, g.base_ours, g.base_theirs,
           case when g.op = 'put' then g.version else 0 end, clock_timestamp(), g.theirs_ms, g.unseen, g.echo_due
      from jsonb_to_recordset(${rowsOf(linked)}::text::jsonb) as ${COLUMNS}
     where not exists (select from links x where x.stream_id = ${place.streamId} and x.external_id = g.external_id and x.own_id <> g.own_id)
     order by g.own_id
    on conflict (stream_id, own_id) do update set external_id = excluded.external_id, synced_at = excluded.synced_at,
      theirs_ms = case when l.external_id = excluded.external_id then greatest(l.theirs_ms, excluded.theirs_ms) else excluded.theirs_ms end,
      unseen = case when l.external_id <> excluded.external_id then excluded.unseen
                    when excluded.unseen = '{}' then null else nullif(array(select unnest(l.unseen) union select unnest(excluded.unseen)), '{}') end,
      echo_due = case when l.external_id <> excluded.external_id or excluded.unseen = '{}' then excluded.echo_due else l.echo_due or excluded.echo_due end,
      pushed_version = greatest(l.pushed_version, excluded.pushed_version),
      base_ours = case when l.external_id = excluded.external_id then coalesce(l.base_ours, '{}') else '{}' end || excluded.base_ours,
      base_theirs = case when l.external_id = excluded.external_id then coalesce(l.base_theirs, '{}') else '{}' end || excluded.base_theirs
    returning own_id`);
  const written = new Set(rows.map((row) => row.own_id));
  return new Set(linked.flatMap(({ ownId }) => (written.has(ownId) ? [] : [ownId])));
}

/** Journal, outbox, unlinked records. */
async function saveOutbox(ctx: Ctx, tx: Tx, place: Place, rows: string): Promise<void> {
  const { environmentId, customerId = "" } = ctx.scope;
  const { streamId, runId } = place;
  await tx.execute(sql`
    with g as materialized (
      select * from jsonb_to_recordset(${rows}::text::jsonb) as ${COLUMNS}
    ), journal as (
      insert into writes (id, environment_id, customer_id, stream_id, run_id, own_id, external_id, op, before, after, undo_of)
      select g.write_id, ${environmentId}, ${customerId}, ${streamId}, ${runId}, g.own_id, g.write_external, g.write_op, g.before, g.after, g.undo_of
        from g where g.write_id is not null
      on conflict (id) do nothing
    ), taken_back as (
      update writes w set undone_at = clock_timestamp() from g
       where w.stream_id = ${streamId} and w.own_id = g.own_id and g.undone ? w.id
    ), unlinked as (
      delete from links l using g where g.unlink and l.stream_id = ${streamId} and l.own_id = g.own_id
    ), departed as (
      insert into departures as d (stream_id, own_id, environment_id, customer_id, version)
      select ${streamId}, g.own_id, ${environmentId}, ${customerId}, g.version from g where g.unlink
      on conflict (stream_id, own_id) do update set version = greatest(d.version, excluded.version), at = clock_timestamp()
    ), mirrored as (
      update records r set data = g.mirror, source = coalesce(g.mirror_source, r.source), updated_at = clock_timestamp() from g
       where g.mirror_id is not null and r.stream_id = ${streamId} and r.external_id = g.mirror_id and r.deleted_at is null
    ), fulfilled as (
      delete from outbox o using g
       where o.stream_id = ${streamId} and o.own_id = g.own_id and g.result = 'done' and o.version = g.version and o.op = g.op and o.next is null
    )
    update outbox o set
      op = case when g.result = 'done' and o.next is not null then o.next ->> 'op' else o.op end,
      version = case when g.result = 'done' and o.next is not null then (o.next ->> 'version')::bigint else o.version end,
      write_ids = case when g.result = 'done' and o.next is not null then null else o.write_ids end, next = case when g.result <> 'done' then o.next end,
      state = case g.result when 'unknown' then 'unknown' when 'held' then case when o.version = g.version and o.op = g.op then 'held' else 'waiting' end else 'waiting' end,
      again = g.again, sent = case when g.again then o.sent end, key = case when g.again then o.key end,
      first_at = case when g.again then o.first_at end, due_at = case when g.wait_ms > 0 then clock_timestamp() + g.wait_ms * interval '1 ms' else o.due_at end,
      attempts = case when g.result = 'done' then 0 else o.attempts + g.attempted::int end, approved = o.approved and g.result <> 'done',
      code = g.code, message = g.message, field = g.field, updated_at = case
        -- Tried again under another mapping, and as wrong: it was refused when it was refused first.
        when g.result = 'held' and o.version = g.version and o.op = g.op and o.code in (${faults}) and g.code in (${faults}) then o.updated_at
        else clock_timestamp() end
     from g where o.stream_id = ${streamId} and o.own_id = g.own_id and not (g.result = 'done' and o.version = g.version and o.op = g.op and o.next is null)`);
}

/** The run's page, its sums, and how many wishes wait for a person. */
async function saveRun(ctx: Ctx, tx: Tx, place: Place, settled: readonly Settled[], facts: PageFacts): Promise<void> {
  const { environmentId, customerId = "" } = ctx.scope;
  const wrote = (op: "create" | "update" | "delete") => settled.filter((one) => one.result === "done" && one.write?.op === op).length;
  const [created, updated, deleted] = [wrote("create"), wrote("update"), wrote("delete")];
  const held = settled.filter(({ result }) => result === "held" || result === "unknown").length;
  const unchanged = settled.filter(({ result, write }) => result === "done" && !write).length;
  await tx.execute(sql`
    with r as (
      update runs set pages = pages + 1, seen = seen + ${settled.length}, created = created + ${created}, updated = updated + ${updated},
             deleted = deleted + ${deleted}, unchanged = unchanged + ${unchanged}, quarantined = quarantined + ${held}
       where id = ${place.runId} and stream_id = ${place.streamId} returning pages
    ), page as (
      -- Not earlier than what it refuses: who counts the refusals since a moment has to find the page as well.
      insert into run_pages (run_id, n, environment_id, customer_id, seen, created, updated, deleted, quarantined, facts, at)
      select ${place.runId}, r.pages, ${environmentId}, ${customerId}, ${settled.length}, ${created}, ${updated}, ${deleted}, ${held}, ${JSON.stringify(facts)}::text::jsonb, clock_timestamp() from r
    )
    update streams s set held_count = (select count(*) from outbox o where o.stream_id = s.id and o.state in ('held', 'unknown')) where s.id = ${place.streamId}`);
}
