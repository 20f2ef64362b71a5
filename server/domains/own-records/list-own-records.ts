import type postgres from "postgres";
import { readScoped } from "#server/db/tenancy";
import { pageOf, readCursor, writeCursor } from "#server/domains/views/keyset";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { CustomerId, StreamId } from "#server/lib/ids";

/** Where an own record stands in one stream that writes it. */
export type OwnPlace = {
  streamId: StreamId;
  /** The record that it is at the third party; null = none yet. */
  externalId: string | null;
  /** `in_step`: the third party was told this version. `waiting`: it will be. `held` and `unknown`: a person has to look. */
  state: "in_step" | "waiting" | "held" | "unknown";
  code: string | null;
  message: string | null;
  field: string | null;
  syncedAt: Date | null;
};

export type OwnRecord = {
  id: string;
  data: Record<string, unknown>;
  version: number;
  changedAt: Date;
  deletedAt: Date | null;
  streams: OwnPlace[];
};

type Row = Omit<OwnRecord, "version" | "streams"> & {
  version: string;
  streams: (Omit<OwnPlace, "syncedAt"> & { syncedAt: string | null })[] | null;
};

type Place = { customerId: CustomerId; modelKey: string };

const selected = (sql: postgres.TransactionSql, ctx: Ctx, { customerId, modelKey }: Place, which: postgres.Fragment) => sql`
  select r.own_id as id, r.data, r.version, r.changed_at as "changedAt", r.deleted_at as "deletedAt", p.streams
    from own_records r
    left join lateral (
      select jsonb_agg(jsonb_build_object('streamId', s.id, 'externalId', l.external_id, 'syncedAt', l.synced_at,
               'state', case when o.state in ('held', 'unknown') then o.state when o.own_id is not null then 'waiting' else 'in_step' end,
               'code', o.code, 'message', o.message, 'field', o.field) order by s.id) as streams
        from streams s
        left join links l on l.stream_id = s.id and l.own_id = r.own_id
        left join outbox o on o.stream_id = s.id and o.own_id = r.own_id
       where s.environment_id = r.environment_id and s.customer_id = r.customer_id and s.model_key = r.model_key
         and s.direction <> 'pull' and s.status = 'active'
    ) p on true
   where r.environment_id = ${ctx.scope.environmentId} and r.customer_id = ${customerId} and r.model_key = ${modelKey} ${which}`;

const recordOf = ({ version, streams, ...row }: Row): OwnRecord => ({
  ...row,
  version: Number(version),
  streams: (streams ?? []).map((one) => ({ ...one, syncedAt: one.syncedAt === null ? null : new Date(one.syncedAt) })),
});

const linkedWith = (sql: postgres.TransactionSql, externalId: string) => sql`
  and exists (select from streams s join links l on l.stream_id = s.id and l.own_id = r.own_id and l.external_id = ${externalId}
               where s.environment_id = r.environment_id and s.customer_id = r.customer_id and s.model_key = r.model_key)`;

/** The vendor's own records of a model for one customer, by id; deleted ones are left out. With `externalId` those linked with that record. */
export async function listOwnRecords(
  ctx: Ctx,
  input: Place & { externalId?: string | undefined; cursor: string | undefined; limit: number },
): Promise<{ items: OwnRecord[]; next: string | null }> {
  const [after] = readCursor(input.cursor, 1) ?? [];
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) =>
      sql`${selected(sql, ctx, input, sql`${input.externalId ? linkedWith(sql, input.externalId) : sql``} and r.deleted_at is null and r.own_id > ${after ?? ""} order by r.own_id limit ${input.limit + 1}`)}`,
  );
  return pageOf(rows.map(recordOf), input.limit, (last) => writeCursor(last.id));
}

/** One own record, a deleted one as well; `not_found` when there never was one. */
export async function getOwnRecord(ctx: Ctx, input: Place & { id: string }): Promise<OwnRecord> {
  const [row] = await readScoped<Row[]>(ctx, (sql) => sql`${selected(sql, ctx, input, sql`and r.own_id = ${input.id}`)}`);
  if (!row) throw new AppError("not_found", `no own record "${input.id.slice(0, 100)}" of this model here`);
  return recordOf(row);
}
