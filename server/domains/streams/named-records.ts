import type postgres from "postgres";
import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";

/** How long what was fetched by itself is remembered: longer than a page asked for before can be on its way. */
const REMEMBERED = "15 minutes";
const MOST_REMEMBERED = 2_000;

export type Named = { id: string; n: string; carried: string | null; gone: boolean; attempts: number };

/** A record held that was fetched by itself a while ago; null = it was none any more. */
export type Fresh = { source: string | null; readMs: number };

const ours = (ctx: Ctx, sql: postgres.TransactionSql, streamId: string) =>
  sql`stream_id = ${streamId} and environment_id = ${ctx.scope.environmentId} and customer_id = ${ctx.scope.customerId ?? ""}`;

/** The next records that wait, those named first before the others, and how often each was taken. */
export const takeNamed = (ctx: Ctx, streamId: string, most: number): Promise<Named[]> =>
  readScoped<Named[]>(
    ctx,
    (sql) => sql`
    update named_records set attempts = attempts + 1
     where ${ours(ctx, sql, streamId)} and read_at is null and external_id in (
       select external_id from named_records where ${ours(ctx, sql, streamId)} and read_at is null order by called_at, external_id limit ${most})
    returning external_id as id, n::text, carried, gone, attempts`,
  );

/** They are written. One that was named again meanwhile goes on waiting. */
export async function settleNamed(ctx: Ctx, streamId: string, named: readonly Named[]): Promise<void> {
  if (named.length === 0) return;
  await readScoped(
    ctx,
    (sql) => sql`
    update named_records set read_at = clock_timestamp(), carried = null
     where ${ours(ctx, sql, streamId)}
       and (external_id, n) in (select e, m from unnest(${named.map((one) => one.id)}::text[], ${named.map((one) => one.n)}::bigint[]) as u(e, m))`,
  );
}

/** They cannot be had one by one: the listing is read for them, and soon. */
export async function leaveToPass(ctx: Ctx, streamId: string, named: readonly Named[]): Promise<void> {
  if (named.length === 0) return;
  const { environmentId, customerId } = ctx.scope;
  await readScoped(
    ctx,
    (sql) => sql`
    with left_over as (
      delete from named_records
       where ${ours(ctx, sql, streamId)}
         and (external_id, n) in (select e, m from unnest(${named.map((one) => one.id)}::text[], ${named.map((one) => one.n)}::bigint[]) as u(e, m))
    )
    update streams set due_at = least(due_at, clock_timestamp()), trigger = 'webhook'
     where id = ${streamId} and environment_id = ${environmentId} and customer_id = ${customerId ?? ""}`,
  );
}

/** What is held of these records, as JSON text. */
export const heldSources = (ctx: Ctx, streamId: string, ids: readonly string[]): Promise<{ id: string; source: string }[]> =>
  readScoped<{ id: string; source: string }[]>(
    ctx,
    (sql) => sql`
    select external_id as id, source from records
     where ${ours(ctx, sql, streamId)} and external_id = any (${ids as string[]}::text[]) and deleted_at is null`,
  );

/** Records fetched by themselves a while ago, as they are held. What is longer ago is forgotten. */
export async function freshRecords(ctx: Ctx, streamId: string): Promise<ReadonlyMap<string, Fresh>> {
  const { environmentId, customerId } = ctx.scope;
  const rows = await readScoped<({ id: string } & Fresh)[]>(
    ctx,
    (sql) => sql`
    with forgotten as (
      delete from named_records where ${ours(ctx, sql, streamId)} and read_at < now() - ${REMEMBERED}::interval
    )
    select n.external_id as id, r.source, extract(epoch from n.read_at)::float8 * 1000 as "readMs"
      from named_records n left join records r on r.stream_id = n.stream_id and r.external_id = n.external_id and r.deleted_at is null
     where n.stream_id = ${streamId} and n.environment_id = ${environmentId} and n.customer_id = ${customerId ?? ""}
       and n.read_at >= now() - ${REMEMBERED}::interval
     order by n.read_at desc limit ${MOST_REMEMBERED}`,
  );
  return new Map(rows.map(({ id, source, readMs }) => [id, { source, readMs }]));
}
