import { readScoped } from "#server/db/tenancy";
import { ofCustomer } from "#server/domains/views/connection-sql";
import { readInForce } from "#server/domains/views/in-force";
import { pageOf, readCursor, writeCursor } from "#server/domains/views/keyset";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { RunId, StreamId } from "#server/lib/ids";
import type { RunKind } from "#server/trpc/views";
import type { RunRecord } from "#server/trpc/views/lineage";

type Run = { streamId: StreamId; kind: RunKind; modelKey: string };
type Row = Omit<RunRecord, "what"> & { data: Record<string, unknown> | null; key: string };
type Page = { runId: RunId; before: string | null; limit: number };

const MOST_TEXTS = 2;
const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";

async function readRun(ctx: Ctx, { runId }: { runId: RunId }): Promise<Run> {
  const [run] = await readScoped<Run[]>(
    ctx,
    (sql) => sql`
    select r.stream_id as "streamId", r.kind, s.model_key as "modelKey" from runs r
      join streams s on s.id = r.stream_id and s.environment_id = r.environment_id
     where r.id = ${runId} and r.environment_id = ${ctx.scope.environmentId} ${ofCustomer(sql, ctx.scope, sql`r.customer_id`)}`,
  );
  if (!run) throw new AppError("not_found", `no run ${runId} here`);
  return run;
}

/** What a run read: the changes of its pages in the feed. Each page holds at least one, so that so many pages fill the answer. */
const readRows = (ctx: Ctx, { streamId }: Run, { runId, before, limit }: Page) =>
  readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select c.external_id as "externalId", null as "ownId", c.op, c.at, r.external_id is not null as "isThere", r.data, c.seq::text as key
      from (
        select f.stream_id, f.environment_id, f.seq_from, least(f.seq_to, ${before}::text::bigint - 1) as seq_to from feed_pages f
         where f.stream_id = ${streamId} and f.environment_id = ${ctx.scope.environmentId} and f.run_id = ${runId}
           and (${before}::text is null or f.seq_from < ${before}::text::bigint)
         order by f.seq_from desc limit ${limit + 1}
      ) f
      cross join lateral (
        select c.* from changes c
         where c.stream_id = f.stream_id and c.environment_id = f.environment_id and c.seq between f.seq_from and f.seq_to
         order by c.seq desc limit ${limit + 1}
      ) c
      left join records r on r.stream_id = c.stream_id and r.external_id = c.external_id and r.environment_id = c.environment_id and r.deleted_at is null
     order by c.seq desc limit ${limit + 1}`,
  );

/** What a run wrote. */
const writeRows = (ctx: Ctx, { streamId, modelKey }: Run, { runId, before, limit }: Page) =>
  readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select w.external_id as "externalId", w.own_id as "ownId", case w.op when 'create' then 'created' when 'update' then 'updated' else 'deleted' end as op,
           w.at, o.own_id is not null as "isThere", o.data, w.id as key
      from writes w
      left join own_records o on o.environment_id = w.environment_id and o.customer_id = w.customer_id and o.model_key = ${modelKey}
           and o.own_id = w.own_id and o.deleted_at is null
     where w.run_id = ${runId} and w.stream_id = ${streamId} and w.environment_id = ${ctx.scope.environmentId}
       and (${before}::text is null or w.id < ${before}::text)
     order by w.id desc limit ${limit + 1}`,
  );

/**
 * The records that a run made, changed, deleted, or wrote at the third party, the newest first. Each is known by a text or two of it, and never by a field that the
 * vendor hides from customers. What was read is known for 90 days, what was written for 30. `not_found` for a run that is not there.
 */
export async function listRunRecords(
  ctx: Ctx,
  input: { runId: RunId; cursor?: string | undefined; limit: number },
): Promise<{ streamId: StreamId; items: RunRecord[]; next: string | null }> {
  const [before = null] = readCursor(input.cursor, 1) ?? [];
  const run = await readRun(ctx, input);
  const isPush = run.kind === "push";
  if (!isPush && before !== null && !/^\d{1,18}$/.test(before))
    throw new AppError("invalid", "the cursor is not one of ours; start again without it");
  const rows = await (isPush ? writeRows : readRows)(ctx, run, { runId: input.runId, before, limit: input.limit });
  const inForce = (await readInForce(ctx, [run.streamId])).get(run.streamId);
  const hidden = (key: string) => ctx.actor.type === "customer" && (inForce?.hidden.has(key) ?? false);
  const keys = [...(inForce?.model.keys() ?? [])].filter((key) => !hidden(key));
  const { items, next } = pageOf(rows, input.limit, (last) => writeCursor(last.key));
  const whatOf = (data: Row["data"]) => keys.map((key) => data?.[key]).filter(isText);
  return {
    streamId: run.streamId,
    next,
    items: items.map(({ data, key: _, ...row }) => ({ ...row, what: whatOf(data).slice(0, MOST_TEXTS).join(" · ").slice(0, 120) })),
  };
}
