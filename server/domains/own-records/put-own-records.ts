import { sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { withCustomer } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { CustomerId } from "#server/lib/ids";
import { enqueueWishes, type Wish } from "../streams/enqueue-wishes";
import { refOf } from "../streams/internal";
import { lockPushing } from "../streams/lock-pushing";
import { keepOwnKeys } from "../streams/match-keys";
import { recountConflicts } from "../streams/save-merged";
import { type OwnIssue, ownCheck } from "./check-own";
import { modelFields } from "./internal";
import { linkByHand } from "./link-by-hand";

/** An own record as it is to be, or that it is no more. */
export type OwnPut = {
  id: string;
  data?: Record<string, unknown> | undefined;
  deleted?: boolean | undefined;
  /** The version that the sender knows: refused when it is another by now. */
  version?: number | undefined;
  /** When it was changed with the sender, RFC 3339. Absent, or later than now = now. */
  changedAt?: string | undefined;
  /** The record at the third party that it is, when that is known; in which stream, when several write the model. */
  externalId?: string | undefined;
  streamId?: string | undefined;
};

export type OwnPutAnswer = { id: string; outcome: "stored" | "unchanged" | "refused"; version: number | null; issues: OwnIssue[] };

/** Records of one call. */
export const MOST_PUT = 500;

type Stored = { own_id: string; version: string | null; changed: boolean; deleted: boolean };
type Place = { customerId: CustomerId; modelKey: string };

async function store(ctx: Ctx, tx: Tx, { customerId, modelKey }: Place, records: readonly OwnPut[]): Promise<Stored[]> {
  const sorted = [...records].sort((a, b) => (a.id < b.id ? -1 : 1)); // two calls at once lock in one order
  const given = JSON.stringify(
    sorted.map(({ id, data = {}, deleted = false, changedAt }) => ({ own_id: id, data: deleted ? {} : data, deleted, at: changedAt })),
  );
  const { environmentId } = ctx.scope;
  return tx.execute<Stored>(sql`
    with given as (
      select * from jsonb_to_recordset(${given}::text::jsonb) as g(own_id text, data jsonb, deleted boolean, at timestamptz)
    ), known as (
      select r.own_id, r.version from own_records r join given g on g.own_id = r.own_id
       where r.environment_id = ${environmentId} and r.customer_id = ${customerId} and r.model_key = ${modelKey}
    ), stored as (
      insert into own_records as r (environment_id, customer_id, model_key, own_id, data, changed_at, deleted_at)
      select ${environmentId}, ${customerId}, ${modelKey}, g.own_id, g.data, least(g.at, clock_timestamp()), case when g.deleted then clock_timestamp() end
        from given g where not g.deleted or exists (select from known k where k.own_id = g.own_id) order by g.own_id
      on conflict (environment_id, customer_id, model_key, own_id) do update set
        data = excluded.data, version = r.version + 1, changed_at = excluded.changed_at, deleted_at = excluded.deleted_at
       where (r.deleted_at is null) <> (excluded.deleted_at is null) or r.data <> excluded.data
      returning r.own_id, r.version
    )
    select g.own_id, coalesce(s.version, k.version) as version, s.version is not null as changed, g.deleted
      from given g left join stored s on s.own_id = g.own_id left join known k on k.own_id = g.own_id`);
}

/** Records that are not at the version any more that they were sent with. */
async function moved(
  ctx: Ctx,
  tx: Tx,
  { customerId, modelKey }: Place,
  records: readonly OwnPut[],
): Promise<{ own_id: string; version: string }[]> {
  const known = records.flatMap(({ id, version }) => (version === undefined ? [] : [{ own_id: id, version }]));
  if (known.length === 0) return [];
  return tx.execute<{ own_id: string; version: string }>(sql`
    select r.own_id, r.version from own_records r
      join jsonb_to_recordset(${JSON.stringify(known)}::text::jsonb) as g(own_id text, version bigint) on g.own_id = r.own_id
     where r.environment_id = ${ctx.scope.environmentId} and r.customer_id = ${customerId} and r.model_key = ${modelKey} and r.version <> g.version
     order by r.own_id for update of r`);
}

/** A conflict ends with its record. */
async function endConflicts(ctx: Ctx, tx: Tx, { customerId, modelKey }: Place, ownIds: readonly string[]): Promise<void> {
  if (ownIds.length === 0) return;
  const { environmentId } = ctx.scope;
  const closed = await tx.execute<{ stream_id: string }>(sql`
    update conflicts c set settled_at = clock_timestamp(), settled_by = 'system'
      from streams s
     where s.environment_id = ${environmentId} and s.customer_id = ${customerId} and s.model_key = ${modelKey} and c.stream_id = s.id and c.settled_at is null
       and c.own_id in (select jsonb_array_elements_text(${JSON.stringify(ownIds)}::text::jsonb))
    returning c.stream_id`);
  if (closed.length > 0) await recountConflicts(tx, [...new Set(closed.map((row) => row.stream_id))]);
}

/** A record's own faults, before anything is asked of the database. */
function faultsOf(records: readonly OwnPut[], check: ReturnType<typeof ownCheck>): Map<string, OwnIssue[]> {
  const faults = new Map<string, OwnIssue[]>();
  const seen = new Set<string>();
  for (const { id, data, deleted } of records) {
    if (seen.has(id)) faults.set(id, [{ path: "id", message: "is there twice in this call; send each record once" }]);
    else if (deleted && data) faults.set(id, [{ path: "deleted", message: "goes without `data`" }]);
    else if (!deleted) {
      const issues = data ? check(data) : [{ path: "data", message: "is missing" }];
      if (issues.length > 0) faults.set(id, issues);
    }
    seen.add(id);
  }
  return faults;
}

/**
 * Stores the vendor's own records of a customer, at most {@link MOST_PUT} a call, and has those that really changed written at the third
 * parties of the streams that push this model. The answer says of each, in the order given, what became of it: one that does not fit
 * the model is refused by field, and the others are stored. The same again changes nothing.
 */
export async function putOwnRecords(ctx: Ctx, input: Place & { records: readonly OwnPut[] }): Promise<OwnPutAnswer[]> {
  const { customerId, modelKey, records } = input;
  if (records.length > MOST_PUT) throw new AppError("invalid", `at most ${MOST_PUT} records a call`);
  const { streams, answers } = await withCustomer(ctx, customerId, async (tx) => {
    const faults = faultsOf(records, ownCheck(await modelFields(ctx, tx, modelKey)));
    if (!(await lockPushing(ctx, tx, input))) throw new AppError("not_found", `no customer ${customerId.slice(0, 100)} here`);
    const wanted = records.flatMap(({ id, externalId, streamId, deleted }) =>
      externalId && !deleted ? [{ id, externalId, streamId }] : [],
    );
    const linking = await linkByHand(ctx, tx, { customerId, modelKey, wanted });
    for (const [id, issue] of linking.issues) faults.set(id, [...(faults.get(id) ?? []), issue]);
    for (const { own_id, version } of await moved(ctx, tx, input, records)) {
      faults.set(own_id, [{ path: "version", message: `is ${version} by now: read the record, and send it with your change again` }]);
    }
    const fit = records.filter(({ id }) => !faults.has(id));
    const stored = fit.length > 0 ? await store(ctx, tx, input, fit) : [];
    const linked = new Set(await linking.link(new Set(fit.map(({ id }) => id))));
    const wishes = stored.flatMap(({ own_id, version, changed, deleted }): Wish[] =>
      changed || linked.has(own_id) ? [{ ownId: own_id, op: deleted ? "delete" : "put", version: Number(version) }] : [],
    );
    const changed = stored.filter((one) => one.changed).map((one) => one.own_id);
    if (changed.length > 0) await keepOwnKeys(ctx, tx, input, changed);
    await endConflicts(
      ctx,
      tx,
      input,
      stored.flatMap((one) => (one.changed && one.deleted ? [one.own_id] : [])),
    );
    const streams = await enqueueWishes(ctx, tx, { customerId, modelKey, wishes });
    const byId = new Map(stored.map((one) => [one.own_id, one]));
    return { streams, answers: records.map(({ id }) => answerOf(id, faults.get(id), byId.get(id))) };
  });
  await Promise.all(streams.map((stream) => ctx.keeping.pokeStream(refOf(ctx, stream))));
  return answers;
}

function answerOf(id: string, issues: OwnIssue[] | undefined, stored: Stored | undefined): OwnPutAnswer {
  if (issues) return { id, outcome: "refused", version: null, issues };
  const version = stored?.version === null || stored === undefined ? null : Number(stored.version);
  return { id, outcome: stored?.changed ? "stored" : "unchanged", version, issues: [] };
}
