import type postgres from "postgres";
import { readScoped } from "#server/db/tenancy";
import { type Fragment, given, ofCustomer } from "#server/domains/views/connection-sql";
import { pageOf, readMomentCursor, writeCursor } from "#server/domains/views/keyset";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionId, CustomerId, StreamId } from "#server/lib/ids";
import type { Side } from "./held-which";

type Sql = postgres.TransactionSql;

/** A record that is held back, or was put aside. `read`: it came and does not fit. `write`: the third party did not take it. */
export type HeldRecord = {
  id: string;
  side: Side;
  streamId: StreamId;
  connectionId: ConnectionId;
  customerId: CustomerId;
  model: string;
  /** Id at the source; of a write, at the third party, null when it has none yet. */
  externalId: string | null;
  /** The vendor's own id; null for what was read. */
  ownId: string | null;
  op: "put" | "delete" | "undo" | null;
  /** `unknown`: it may have been done; look at the third party before it is sent again. */
  state: "held" | "unknown" | "skipped";
  /** Alike for records held for the same reason. */
  cause: string;
  code: string;
  message: string;
  field: string | null;
  /** The vendor hides this field from customers. */
  hidden: boolean;
  /** The record as it came, as text; null when it is too large to be looked at in a list. */
  source: string | null;
  attempts: number;
  /** Somebody has asked for it, and the stream's next run takes it. */
  retrying: boolean;
  /** The stream is paused: what is asked for is done when it goes on. */
  paused: boolean;
  since: Date;
  skippedBy: string | null;
};

export type ListHeldRecords = {
  streamId?: StreamId | undefined;
  connectionId?: ConnectionId | undefined;
  customerId?: CustomerId | undefined;
  cause?: string | undefined;
  state: "held" | "skipped";
  cursor?: string | undefined;
  limit: number;
};

type Row = Omit<HeldRecord, "id"> & { at: string };

const SOURCE_BYTES = 65_536;

export type HeldPlace = Pick<ListHeldRecords, "streamId" | "connectionId" | "customerId">;

/** Streams `s` that are asked of. */
export const inHeldPlace = (sql: Sql, ctx: Ctx, { streamId, connectionId, customerId }: HeldPlace): Fragment => sql`
  s.environment_id = ${ctx.scope.environmentId} ${ofCustomer(sql, ctx.scope, sql`s.customer_id`)}
  ${given(sql, streamId, (it) => sql`and s.id = ${it}`)} ${given(sql, connectionId, (it) => sql`and s.connection_id = ${it}`)}
  ${given(sql, customerId, (it) => sql`and s.customer_id = ${it}`)}`;

const PLACE = (sql: Sql) =>
  sql`s.id as "streamId", s.connection_id as "connectionId", s.customer_id as "customerId", s.model_key as model, cardinality(s.pause_reasons) > 0 as paused`;

/** What was read, as `x`. */
const readOnes = (sql: Sql, ctx: Ctx, input: ListHeldRecords) => sql`
  select 'read' as side, ${PLACE(sql)}, q.external_id as "externalId", null as "ownId", null as op,
         case when q.aside_at is null then 'held' else 'skipped' end as state, md5('read:' || q.code || ':' || coalesce(q.field, '')) as cause,
         q.code, q.message, q.field, coalesce(m.choices -> q.field ->> 'customer' = 'hidden', false) as hidden,
         case when octet_length(q.source) <= ${SOURCE_BYTES} then q.source end as source, q.attempts, a.external_id is not null as retrying,
         coalesce(q.aside_at, q.last_seen_at) as since, q.aside_by as "skippedBy", 'read:' || q.external_id as name
    from streams s
    join quarantine q on q.stream_id = s.id and q.environment_id = s.environment_id
    left join retries a on a.stream_id = q.stream_id and a.external_id = q.external_id and a.environment_id = q.environment_id
    left join mappings m on m.environment_id = s.environment_id and m.template_id = s.template_id and m.stream_key = s.key
         and m.version = s.template_version and m.status <> 'draft'
   where ${inHeldPlace(sql, ctx, input)} and ${input.state === "held" ? sql`q.aside_at is null and s.quarantine_count > 0` : sql`q.aside_at is not null`}`;

const heldWrites = (sql: Sql, ctx: Ctx, input: ListHeldRecords) => sql`
  select 'write', ${PLACE(sql)}, l.external_id, o.own_id, o.op, o.state, md5('write:' || coalesce(o.code, '') || ':' || coalesce(o.field, '')),
         coalesce(o.code, 'record_invalid'), coalesce(o.message, ''), o.field, false, null, o.attempts, false, o.updated_at, null, 'write:' || o.own_id
    from streams s
    join outbox o on o.stream_id = s.id and o.environment_id = s.environment_id and o.state in ('held', 'unknown')
    left join links l on l.stream_id = o.stream_id and l.own_id = o.own_id
   where ${inHeldPlace(sql, ctx, input)} and s.held_count > 0`;

const skippedWrites = (sql: Sql, ctx: Ctx, input: ListHeldRecords) => sql`
  select 'write', ${PLACE(sql)}, l.external_id, d.own_id, 'put', 'skipped', md5('write:' || coalesce(d.code, '') || ':' || coalesce(d.field, '')),
         coalesce(d.code, 'record_invalid'), coalesce(d.message, ''), d.field, false, null, 0, false, d.at, d.aside_by, 'write:' || d.own_id
    from streams s
    join departures d on d.stream_id = s.id and d.environment_id = s.environment_id and d.aside_by is not null
    join own_records r on r.environment_id = s.environment_id and r.customer_id = s.customer_id and r.model_key = s.model_key and r.own_id = d.own_id
         and r.version <= d.version and r.deleted_at is null
    left join links l on l.stream_id = d.stream_id and l.own_id = d.own_id
   where ${inHeldPlace(sql, ctx, input)} and s.direction <> 'pull'`;

const allOnes = (sql: Sql, ctx: Ctx, input: ListHeldRecords) => sql`
  ${readOnes(sql, ctx, input)} union all ${(input.state === "held" ? heldWrites : skippedWrites)(sql, ctx, input)}`;

/** `not_found` for a stream or a connection that is not there. */
async function checkPlace(ctx: Ctx, { streamId, connectionId }: Pick<ListHeldRecords, "streamId" | "connectionId">): Promise<void> {
  if (!streamId && !connectionId) return;
  const { environmentId } = ctx.scope;
  const own = (sql: Sql) => sql`k.environment_id = ${environmentId} ${ofCustomer(sql, ctx.scope, sql`k.customer_id`)}`;
  const rows = await readScoped<{ id: string }[]>(
    ctx,
    (sql) => sql`
    ${given(sql, streamId, (it) => sql`select k.id from streams k where k.id = ${it} and ${own(sql)}`)}
    ${streamId && connectionId ? sql`union all` : sql``}
    ${given(sql, connectionId, (it) => sql`select k.id from connections k where k.id = ${it} and ${own(sql)}`)}`,
  );
  if (rows.length < [streamId, connectionId].filter(Boolean).length)
    throw new AppError("not_found", "what these records were asked of does not exist here");
}

/** Records held back, or put aside, of both sides; the newest first. */
export async function listHeldRecords(ctx: Ctx, input: ListHeldRecords): Promise<{ items: HeldRecord[]; next: string | null }> {
  const before = readMomentCursor(input.cursor);
  await checkPlace(ctx, input);
  const rows = await readScoped<(Row & { name: string; key: string })[]>(
    ctx,
    (sql) => sql`
    select x.*, x.since::text as at, x."streamId" || x.name as key from (${allOnes(sql, ctx, input)}) x
     where true ${given(sql, input.cause, (it) => sql`and x.cause = ${it}`)}
       ${given(sql, before, (it) => sql`and (x.since, x."streamId" || x.name) < (${it.at}::text::timestamptz, ${it.id})`)}
     order by x.since desc, x."streamId" || x.name desc limit ${input.limit + 1}`,
  );
  const { items, next } = pageOf(rows, input.limit, (last) => writeCursor(last.at, last.key));
  return {
    next,
    items: items.map(({ at: _at, key: _key, name: id, ...row }) => ({ ...row, id })),
  };
}

/** Records held for one reason, of one stream. */
export type HeldCause = Pick<HeldRecord, "side" | "streamId" | "cause" | "code" | "field" | "hidden"> & { records: number };

/** Why records are held back, the most frequent first; 100 at most. */
export const listHeldCauses = (ctx: Ctx, input: Omit<ListHeldRecords, "limit" | "cursor">): Promise<HeldCause[]> =>
  readScoped<HeldCause[]>(
    ctx,
    (sql) => sql`
    select x.side, x."streamId", x.cause, x.code, x.field, bool_or(x.hidden) as hidden, count(*)::int as records
      from (${allOnes(sql, ctx, { ...input, limit: 0 })}) x
     where true ${given(sql, input.cause, (it) => sql`and x.cause = ${it}`)}
     group by 1, 2, 3, 4, 5 order by records desc, x.cause limit 100`,
  );
