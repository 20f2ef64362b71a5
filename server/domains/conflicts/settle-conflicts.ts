import { type SQL, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import type { ConflictField } from "#server/db/schema/pushing";
import { withCustomer, withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConflictId, CustomerId, StreamId } from "#server/lib/ids";
import { authorOf } from "../mappings/internal";
import { modelFields } from "../own-records/internal";
import { type Enqueued, enqueueWishes } from "../streams/enqueue-wishes";
import { ownCustomer, refOf } from "../streams/internal";
import { lockPushing } from "../streams/lock-pushing";
import { keepOwnKeys } from "../streams/match-keys";
import { recountConflicts } from "../streams/save-merged";
import { tellChanged } from "../streams/tell-changed";
import type { Choices } from "./schema";
import { changedSince, type Open, type Settlement, settleOne } from "./settle";

/** Conflicts of one call. */
const MOST = 500;

type Place = { streamId: StreamId; customerId: CustomerId; modelKey: string };

const openOnes = (tx: Tx, { streamId, customerId, modelKey }: Place, environmentId: string, which: SQL) =>
  tx.execute<Open>(sql`
    select c.id, c.stream_id, c.own_id, c.external_id, c.fields, r.data, l.base_ours, l.base_theirs, t.data as held
      from conflicts c
      join own_records r on r.environment_id = ${environmentId} and r.customer_id = ${customerId} and r.model_key = ${modelKey} and r.own_id = c.own_id and r.deleted_at is null
      join links l on l.stream_id = c.stream_id and l.own_id = c.own_id
      left join records t on t.stream_id = c.stream_id and t.external_id = c.external_id and t.deleted_at is null
     where c.stream_id = ${streamId} and c.environment_id = ${environmentId} and c.customer_id = ${customerId} and c.settled_at is null and ${which}
     order by c.own_id limit ${MOST} for update of c, r`);

const rowsOf = (settled: readonly Settlement[]) =>
  JSON.stringify(
    settled.map(({ id, ownId, own, baseOurs, baseTheirs, left, choice }) => ({
      ...{ id, own_id: ownId, data: own, base_ours: baseOurs, base_theirs: baseTheirs, choice },
      fields: left.length > 0 ? left : null,
    })),
  );

/** Own records, what is agreed on, the conflicts themselves. Answers the versions of the own records. */
async function save(ctx: Ctx, tx: Tx, place: Place, settled: readonly Settlement[]): Promise<Map<string, number>> {
  const { environmentId } = ctx.scope;
  const rows = await tx.execute<{ own_id: string; version: string }>(sql`
    with g as materialized (
      select * from jsonb_to_recordset(${rowsOf(settled)}::text::jsonb)
        as g(id text, own_id text, data jsonb, base_ours jsonb, base_theirs jsonb, choice jsonb, fields jsonb)
    ), own as (
      update own_records r set data = coalesce(g.data, r.data), version = r.version + case when g.data is null then 0 else 1 end from g
       where r.environment_id = ${environmentId} and r.customer_id = ${place.customerId} and r.model_key = ${place.modelKey} and r.own_id = g.own_id
      returning r.own_id, r.version
    ), linked as (
      update links l set base_ours = g.base_ours, base_theirs = g.base_theirs from g where l.stream_id = ${place.streamId} and l.own_id = g.own_id
    ), closed as (
      update conflicts c set fields = coalesce(g.fields, c.fields), choice = coalesce(c.choice, '{}') || g.choice,
             settled_at = case when g.fields is null then clock_timestamp() end, settled_by = case when g.fields is null then ${authorOf(ctx)} end
        from g where c.id = g.id
    )
    select own_id, version from own`);
  return new Map(rows.map((row) => [row.own_id, Number(row.version)]));
}

/** Settles within a transaction that holds the locks; answers whose keepers are to be poked. */
async function settleAll(ctx: Ctx, tx: Tx, place: Place, settled: readonly Settlement[]): Promise<Enqueued[]> {
  if (settled.length === 0) return [];
  const { customerId, modelKey, streamId } = place;
  const versions = await save(ctx, tx, place, settled);
  await recountConflicts(tx, [streamId]);
  const told = settled.flatMap(({ externalId, held }) => (held ? [{ externalId, data: held }] : []));
  await tellChanged(tx, { streamId, runId: null, before: null, records: told });
  const changed = settled.filter(({ own }) => own !== null);
  if (changed.length > 0) {
    const ownIds = changed.map(({ ownId }) => ownId);
    await keepOwnKeys(ctx, tx, place, ownIds);
  }
  const wish = ({ ownId }: Settlement) => ({ ownId, op: "put" as const, version: versions.get(ownId) ?? 0 });
  const here = settled.filter(({ push }) => push);
  const elsewhere = changed.filter(({ push }) => !push);
  return [
    ...(await enqueueWishes(ctx, tx, { customerId, modelKey, wishes: here.map(wish) })),
    ...(await enqueueWishes(ctx, tx, { customerId, modelKey, wishes: elsewhere.map(wish), except: streamId })),
  ];
}

/** Shows ours as it is by now in conflicts that are about to be decided without anybody having seen it. */
async function renew(tx: Tx, unseen: readonly { id: string; fields: ConflictField[] }[]): Promise<void> {
  if (unseen.length === 0) return;
  await tx.execute(sql`
    update conflicts c set fields = g.fields from jsonb_to_recordset(${JSON.stringify(unseen)}::text::jsonb) as g(id text, fields jsonb) where c.id = g.id`);
}

/** Settles those that can be; `conflict`, when that is done, if there are others. */
async function settleIn(ctx: Ctx, place: Place, which: SQL, choices: Choices): Promise<number> {
  const { count, poke, unseen } = await withCustomer(ctx, place.customerId, async (tx) => {
    await lockPushing(ctx, tx, place);
    const model = await modelFields(ctx, tx, place.modelKey);
    const open = await openOnes(tx, place, ctx.scope.environmentId, which);
    const unseen = open.flatMap((one) => {
      const fields = changedSince(one, choices);
      return fields ? [{ id: one.id, fields }] : [];
    });
    await renew(tx, unseen);
    const settled = open.filter(({ id }) => !unseen.some((one) => one.id === id)).map((one) => settleOne(one, choices, model));
    return { count: settled.length, poke: await settleAll(ctx, tx, place, settled), unseen: unseen.length };
  });
  const streams = new Map(poke.map((one) => [one.id, one]));
  await Promise.all([...streams.values()].map((stream) => ctx.keeping.pokeStream(refOf(ctx, stream))));
  if (unseen > 0) throw new AppError("conflict", "Your side was changed in the meantime. Reload, and look again.");
  return count;
}

/** Where a conflict, or a stream, is; `not_found` when it is not in scope. */
async function placeOf(ctx: Ctx, which: SQL, what: string): Promise<Place> {
  const rows = await withScope(ctx, (tx) =>
    tx.execute<{ id: StreamId; customer_id: CustomerId; model_key: string }>(sql`
      select streams.id, streams.customer_id, streams.model_key from streams
       where streams.environment_id = ${ctx.scope.environmentId} and ${ownCustomer(ctx)} and ${which}`),
  );
  const [row] = rows;
  if (!row) throw new AppError("not_found", `no ${what} here`);
  return { streamId: row.id, customerId: row.customer_id, modelKey: row.model_key };
}

/**
 * Settles a conflict, or some fields of it: our value, theirs, or one that is given. What is not theirs is written at the third party; what
 * becomes another with us goes on to the customer's other streams, and the feed tells of it. `not_found` for another's, `conflict` for one
 * that was settled meanwhile, or whose value of ours would be given up and is another by now: reload, it is shown.
 */
export async function settleConflict(ctx: Ctx, input: { conflictId: ConflictId; choices: Choices }): Promise<{ conflicts: number }> {
  const { conflictId, choices } = input;
  const place = await placeOf(ctx, sql`streams.id = (select c.stream_id from conflicts c where c.id = ${conflictId})`, "such conflict");
  const conflicts = await settleIn(ctx, place, sql`c.id = ${conflictId}`, choices);
  if (conflicts === 0) throw new AppError("conflict", "This was settled in the meantime. Reload.");
  return { conflicts };
}

/** Settles a field of all open conflicts of a stream in one way, at most 500 a call: ask again while there are some. */
export async function settleAlike(
  ctx: Ctx,
  input: { streamId: StreamId; field: string; take: "ours" | "theirs" },
): Promise<{ conflicts: number }> {
  const { streamId, field, take } = input;
  const place = await placeOf(ctx, sql`streams.id = ${streamId}`, "such stream");
  const isMeant = sql`c.fields @> ${JSON.stringify([{ field }])}::text::jsonb`;
  const conflicts = await settleIn(ctx, place, isMeant, { [field]: { take } });
  return { conflicts };
}
