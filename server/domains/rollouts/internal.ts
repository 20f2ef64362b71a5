import { and, eq, inArray, ne, type SQL, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { customers, mappings, rollouts, streams, templates } from "#server/db/schema";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { RolloutId, StreamId } from "#server/lib/ids";
import type { Manifest } from "#server/runtime/manifest";
import type { RolloutRef } from "#workflows/contract";
import { moveStreams } from "../mappings/move-streams";
import { goalOf } from "../mappings/publishing";
import { refOf } from "../streams/internal";
import { settleVersion, withdrawVersion } from "../templates/settle-version";
import { filledIn, STREAMS } from "./filled";
import { cohortOf, ENOUGH_RECORDS } from "./pace";

/** So many streams are moved by one statement: each is a parameter, of which there are 65,535. */
const AT_ONCE = 5_000;
const POKED_AT_ONCE = 200;

export type RolloutRow = typeof rollouts.$inferSelect;
type MappingRow = typeof mappings.$inferSelect;
type Moved = Awaited<ReturnType<typeof moveStreams>>;

/** A roll-out under way, locked, with the two versions it is about. */
export type Open = { rollout: RolloutRow; from: MappingRow; to: MappingRow; object: string; manifest: Manifest | null };

const mine = (ctx: Ctx, rolloutId: RolloutId) => and(eq(rollouts.id, rolloutId), eq(rollouts.environmentId, ctx.scope.environmentId));

/** Which template a roll-out is of; `not_found` outside the scope. */
export async function placeOf(ctx: Ctx, tx: Tx, rolloutId: RolloutId) {
  const [row] = await tx
    .select({ templateId: rollouts.templateId, streamKey: rollouts.streamKey })
    .from(rollouts)
    .where(mine(ctx, rolloutId));
  if (!row) throw new AppError("not_found", `no roll-out ${rolloutId} here`);
  return row;
}

/** Locks the template, as who publishes and who turns it on do, and then the roll-out. `manifest` is read before the transaction. */
export async function lockRollout(ctx: Ctx, tx: Tx, rolloutId: RolloutId, manifest: Manifest | null): Promise<Open> {
  const { environmentId } = ctx.scope;
  const { templateId, streamKey } = await placeOf(ctx, tx, rolloutId);
  const [template] = await tx
    .select({ streams: templates.streams })
    .from(templates)
    .where(and(eq(templates.id, templateId), eq(templates.environmentId, environmentId)))
    .for("update");
  const [rollout] = await tx.select().from(rollouts).where(mine(ctx, rolloutId)).for("update");
  if (!rollout) throw new AppError("not_found", `no roll-out ${rolloutId} here`);
  const versions = await tx
    .select()
    .from(mappings)
    .where(
      and(
        eq(mappings.environmentId, environmentId),
        eq(mappings.templateId, templateId),
        eq(mappings.streamKey, streamKey),
        inArray(mappings.version, [rollout.fromVersion, rollout.toVersion]),
      ),
    );
  const [from, to] = [rollout.fromVersion, rollout.toVersion].map((version) => versions.find((row) => row.version === version));
  if (!from || !to) throw new AppError("platform_error", "a version of the mapping that is rolled out is gone");
  const object = to.settings?.object ?? template?.streams.find(({ key }) => key === streamKey)?.object ?? "";
  return { rollout, from, to, object, manifest };
}

/** Refuses what can be done only while a roll-out is under way. */
export function checkOpen({ rollout: { status, toVersion } }: Open): void {
  if (status === "done") throw new AppError("conflict", `Version ${toVersion} has reached everybody already.`);
  if (status === "rolled_back") throw new AppError("conflict", `Version ${toVersion} was rolled back already.`);
}

export async function writeRollout(ctx: Ctx, tx: Tx, id: RolloutId, change: Partial<RolloutRow>): Promise<void> {
  await tx.update(rollouts).set(change).where(mine(ctx, id));
}

async function moveAll(ctx: Ctx, tx: Tx, open: Open, ids: readonly StreamId[], back: boolean): Promise<Moved> {
  const [before, after] = back ? [open.to, open.from] : [open.from, open.to];
  const goal = goalOf(open.manifest, open.object, before, after);
  const { templateId, streamKey } = open.rollout;
  const moved: Moved = [];
  for (let i = 0; i < ids.length; i += AT_ONCE)
    moved.push(...(await moveStreams(ctx, tx, { templateId, streamKey }, goal, ids.slice(i, i + AT_ONCE))));
  return moved;
}

/** Moves those of the step's share to the new version who are not there yet, also who has come since. */
export async function moveShare(ctx: Ctx, tx: Tx, open: Open, percent: number): Promise<Moved> {
  const { environmentId, templateId, streamKey, fromVersion, id } = open.rollout;
  const on = await tx
    .select({ id: streams.id, internal: customers.internal, version: streams.templateVersion, pauses: streams.pauseReasons })
    .from(streams)
    .innerJoin(customers, and(eq(customers.environmentId, streams.environmentId), eq(customers.id, streams.customerId)))
    .where(
      and(
        eq(streams.environmentId, environmentId),
        eq(streams.templateId, templateId),
        eq(streams.key, streamKey),
        eq(streams.status, "active"),
      ),
    );
  const cohort = cohortOf(on, percent, id);
  const behind = on.filter((stream) => stream.version === fromVersion && cohort.has(stream.id));
  const idsOf = (some: typeof on) => some.map((stream) => stream.id);
  const isStopped = ({ pauses }: (typeof on)[number]) => pauses.includes("quarantine");
  const stopped = idsOf(behind.filter(isStopped));
  if (stopped.length > 0) await writeRollout(ctx, tx, id, { stopped: [...open.rollout.stopped, ...stopped] });
  await noteFilled(ctx, tx, open, idsOf(behind.filter((stream) => !isStopped(stream))));
  return moveAll(ctx, tx, open, idsOf(behind), false);
}

/** Keeps how often fields are filled in streams that are about to be moved. */
async function noteFilled(ctx: Ctx, tx: Tx, { rollout, from, to }: Open, ids: readonly StreamId[]): Promise<void> {
  const room = Math.max(0, STREAMS - Object.keys(rollout.filled).length);
  const filled = await filledIn(ctx, tx, { from: from.fields, to: to.fields }, ids.slice(0, room));
  if (Object.keys(filled).length > 0) await writeRollout(ctx, tx, rollout.id, { filled: { ...rollout.filled, ...filled } });
}

/** Moves everybody to the new version, which from now on is what is turned on anew. */
export async function finish(ctx: Ctx, tx: Tx, open: Open): Promise<Moved> {
  const { rollout, to } = open;
  const moved = await moveShare(ctx, tx, open, 100);
  await setStatus(ctx, tx, to, "published");
  await writeRollout(ctx, tx, rollout.id, { status: "done", step: rollout.steps.length - 1, finishedAt: ctx.clock.now() });
  await settleVersion(ctx, tx, { templateId: rollout.templateId, version: rollout.toVersion });
  return moved;
}

/**
 * Moves everybody back to the version before, with the changes of their own that the new version had made needless; in all streams that the
 * version changed, be they done: it is whole or it is not.
 */
export async function rollBackAll(ctx: Ctx, tx: Tx, open: Open, reason: string): Promise<Moved> {
  const { templateId, toVersion: version, id } = open.rollout;
  const moved = await rollBackOne(ctx, tx, open, reason);
  if (!(await withdrawVersion(ctx, tx, { templateId, version }))) return moved;
  const siblings = await tx
    .select({ id: rollouts.id })
    .from(rollouts)
    .where(
      and(
        eq(rollouts.environmentId, ctx.scope.environmentId),
        eq(rollouts.templateId, templateId),
        eq(rollouts.toVersion, version),
        ne(rollouts.id, id),
      ),
    );
  const why = `“${open.rollout.streamKey}” was rolled back: ${reason}`;
  for (const sibling of siblings) moved.push(...(await rollBackOne(ctx, tx, await lockRollout(ctx, tx, sibling.id, open.manifest), why)));
  return moved;
}

async function rollBackOne(ctx: Ctx, tx: Tx, open: Open, reason: string): Promise<Moved> {
  const { rollout, to } = open;
  const { environmentId, templateId, streamKey, toVersion } = rollout;
  await restoreOwn(tx, rollout);
  const there = await tx
    .select({ id: streams.id })
    .from(streams)
    .where(
      and(
        eq(streams.environmentId, environmentId),
        eq(streams.templateId, templateId),
        eq(streams.key, streamKey),
        eq(streams.templateVersion, toVersion),
      ),
    );
  const moved = await moveAll(
    ctx,
    tx,
    open,
    there.map((stream) => stream.id),
    true,
  );
  await setStatus(ctx, tx, to, "withdrawn");
  await writeRollout(ctx, tx, rollout.id, { status: "rolled_back", reason, finishedAt: ctx.clock.now() });
  return moved;
}

const setStatus = (ctx: Ctx, tx: Tx, { id }: MappingRow, status: "published" | "withdrawn") =>
  tx
    .update(mappings)
    .set({ status })
    .where(and(eq(mappings.id, id), eq(mappings.environmentId, ctx.scope.environmentId)));

/**
 * What a customer had of their own, and the move dropped because the new version said the same, is theirs again; what they have changed
 * since stands. A conflict with the new version that they settled meanwhile is none any more: who took the new one has their own again, and
 * what was kept is held against the version it was made on. The mover's row is the first that the system wrote after the roll-out began.
 */
async function restoreOwn(tx: Tx, rollout: RolloutRow): Promise<void> {
  const { environmentId, templateId, streamKey, toVersion } = rollout;
  await tx.execute(sql`
    with mover as (
      select distinct on (o.stream_id) o.stream_id, o.n, o.overrides, o.conflicts, s.customer_id
        from stream_overrides o
        join streams s on s.environment_id = o.environment_id and s.customer_id = o.customer_id and s.id = o.stream_id
       where o.environment_id = ${environmentId} and s.template_id = ${templateId} and s.key = ${streamKey} and s.template_version = ${toVersion}
         and o.created_by = 'system' and o.created_at >= (select r.created_at from rollouts r where r.id = ${rollout.id})
       order by o.stream_id, o.n
    ), restored as (
      select m.stream_id, m.customer_id, now.n, now.conflicts, now.overrides,
             coalesce((select jsonb_object_agg(e.key, e.value) from jsonb_each(before.overrides) e where not jsonb_exists(m.overrides, e.key)), '{}')
             || now.overrides || coalesce((
               select jsonb_object_agg(e.key, case when jsonb_exists(now.overrides, e.key) then jsonb_set(now.overrides->e.key, '{base}', e.value->'base') else e.value end)
                 from jsonb_each(before.overrides) e
                where m.conflicts @> jsonb_build_array(jsonb_build_object('target', e.key))
                  and not now.conflicts @> jsonb_build_array(jsonb_build_object('target', e.key))), '{}') as whole
        from mover m
        join stream_overrides before on before.stream_id = m.stream_id and before.n = m.n - 1
        join lateral (select x.* from stream_overrides x where x.stream_id = m.stream_id order by x.n desc limit 1) now on true
    )
    insert into stream_overrides (stream_id, n, environment_id, customer_id, overrides, conflicts, created_by)
    select stream_id, n + 1, ${environmentId}, customer_id, whole, conflicts, 'system' from restored where whole <> overrides`);
}

/** Reasons of a failed run that lie in its mapping, and not in the third party or the sign-in. */
const BLAMED = ["mapping_failed", "config_invalid", "record_invalid", "delete_guard_tripped", "platform_error"];

/** {@link Figures} of the roll-out of the row at hand, as one JSON value. Streams that stood still when they were moved are moved, and not watched. */
export const figuresOf: SQL = sql`(
  select jsonb_build_object(
    'streams', count(*), 'moved', count(*) filter (where s.moved), 'records', coalesce(sum(s.record_count + s.quarantine_count) filter (where s.watched), 0),
    'pending', count(*) filter (where s.watched and (s.mapped_version <> s.mapping_version or w.waiting) and cardinality(s.pause_reasons) = 0 and s.failures = 0),
    'heldBack', coalesce(sum(q.n), 0), 'failedRuns', coalesce(sum(f.n), 0),
    'writes', coalesce(sum(w.fulfilled + w.held), 0), 'heldWrites', coalesce(sum(w.held), 0),
    'worst', (array_agg(jsonb_build_object('customer', s.customer, 'of', p.what, 'records', p.whole, 'heldBack', p.held)
                order by p.held::float8 / p.whole desc, s.id) filter (where p.held > 0))[1])
    from (
      select x.*, x.template_version = ${rollouts.toVersion} as moved,
             x.template_version = ${rollouts.toVersion} and x.id <> all (${rollouts.stopped}) as watched, cu.name as customer from streams x
        join customers cu on cu.environment_id = x.environment_id and cu.id = x.customer_id
       where x.environment_id = ${rollouts.environmentId} and x.template_id = ${rollouts.templateId} and x.key = ${rollouts.streamKey}
         and x.status = 'active'
    ) s
    left join lateral (
      select count(*) as n from quarantine q
       where s.watched and q.stream_id = s.id and q.environment_id = s.environment_id and q.field is not null and q.aside_at is null and q.first_seen_at >= ${rollouts.stepAt}
    ) q on true
    left join lateral (
      select count(*) as n from runs u
       where s.watched and u.stream_id = s.id and u.environment_id = s.environment_id and u.status = 'failed' and u.started_at >= ${rollouts.stepAt}
         and u.error_code in (${sql.join(
           BLAMED.map((code) => sql`${code}`),
           sql`, `,
         )})
    ) f on true
    left join lateral (
      -- A wish that was fulfilled is gone from the outbox: its run has counted it; one that was open when the step began, by its pages since.
      -- One for which nothing was sent tells nothing of the version.
      -- Waited for is what the first run of the step goes through, and not what comes in meanwhile.
      select s.watched and s.direction <> 'pull' and exists (
               select from outbox o where o.stream_id = s.id and o.environment_id = s.environment_id and o.state in ('waiting', 'sending')
                  and o.due_at <= coalesce((select min(u.started_at) from runs u where u.stream_id = s.id and u.environment_id = s.environment_id
                      and u.kind = 'push' and u.started_at >= ${rollouts.stepAt}), now())) as waiting,
             (select coalesce(sum(u.created + u.updated + u.deleted), 0) from runs u
               where s.watched and s.direction <> 'pull' and u.stream_id = s.id and u.environment_id = s.environment_id and u.kind = 'push'
                 and u.started_at >= ${rollouts.stepAt})
             + (select coalesce(sum(p.created + p.updated + p.deleted), 0) from run_pages p
                 where s.watched and s.direction <> 'pull' and p.environment_id = s.environment_id and p.at >= ${rollouts.stepAt} and p.run_id = (
                   select u.id from runs u where u.stream_id = s.id and u.environment_id = s.environment_id and u.kind = 'push'
                      and u.started_at < ${rollouts.stepAt} order by u.started_at desc limit 1)) as fulfilled,
             (select count(*) from outbox o
               where s.watched and o.stream_id = s.id and o.environment_id = s.environment_id and o.state in ('held', 'unknown')
                 and o.updated_at >= ${rollouts.stepAt}) as held
    ) w on true
    left join lateral (
      select v.* from (values ('records', s.record_count + s.quarantine_count, q.n), ('writes', w.fulfilled + w.held, w.held)) v(what, whole, held)
       where s.watched and v.held > 0 and v.whole >= ${sql.raw(String(ENOUGH_RECORDS))}
       order by v.held::float8 / v.whole desc limit 1
    ) p on true)`;

/** A context for durable work on one roll-out: the scope is its environment. */
export const refOfRollout = (ctx: Ctx, rolloutId: RolloutId): RolloutRef => ({
  vendorId: ctx.scope.vendorId,
  environmentId: ctx.scope.environmentId,
  rolloutId,
});

/** Those that are not reached now are found by the reconciler: what is wanted stands in the stream's row. */
export async function pokeMoved(ctx: Ctx, moved: Moved): Promise<void> {
  await Promise.all(moved.slice(0, POKED_AT_ONCE).map((stream) => ctx.keeping.pokeStream(refOf(ctx, stream))));
}
