import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { recordId } from "#server/lib/ids";

export type ChangeItem = {
  /** Place in the environment's feed; rises, never repeats, nothing appears behind one that was read. */
  position: number;
  op: "created" | "updated" | "deleted";
  recordId: string;
  externalId: string;
  model: string;
  customerId: string;
  streamId: string;
  /** Place in the stream's own feed. */
  seq: number;
  at: string;
  /** The record as it is now (not as it was at that change); null when it is gone. */
  record: Record<string, unknown> | null;
};

export type ListChanges = { after: number; limit: number; customerId?: string | undefined; modelKey?: string | undefined };

type Row = {
  position: string;
  op: ChangeItem["op"];
  external_id: string;
  model_key: string;
  customer_id: string;
  stream_id: string;
  seq: string;
  at: Date;
  data: Record<string, unknown> | null;
};

/**
 * The environment's change feed behind `after` (0 = from the start), oldest first. Committed pages are given their positions
 * first (`feed_sequence`), so a reader that goes on from `next` misses nothing and sees nothing twice. `latest` is the newest
 * position there is: `latest - next` is the reader's lag. `invalid` for a position that was never given out, `conflict` when changes behind `after` were removed by retention.
 */
export async function listChanges(ctx: Ctx, input: ListChanges): Promise<{ items: ChangeItem[]; next: number; latest: number }> {
  const { environmentId } = ctx.scope;
  const customer = ctx.scope.customerId ?? input.customerId ?? null;
  const model = input.modelKey ?? null;
  const { after, limit } = input;
  const [feed] = await readScoped<{ latest: string; removed: string }[]>(
    ctx,
    (sql) =>
      sql`select feed_sequence(${environmentId}) as latest, (select feed_removed from environments where id = ${environmentId}) as removed`,
  );
  const latest = Number(feed?.latest ?? 0);
  if (after < Number(feed?.removed ?? 0)) {
    throw new AppError(
      "conflict",
      `Changes behind position ${after} that are older than 90 days were removed. Read /v1/records and go on from ${latest}.`,
    );
  }
  if (after > latest) {
    // Silence would look like "nothing new" to a reader that has another feed's position, or one from before a restore.
    const message = `Position ${after} is beyond the newest, ${latest}: this feed never gave it out. Go on from the \`next\` it gave you, or start again with after=0.`;
    throw new AppError("invalid", message, { details: { issues: [{ path: "after", message: `is beyond ${latest}` }], latest } });
  }
  if (latest === after) return { items: [], next: after, latest };
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select p.position_from + c.seq - p.seq_from as position, c.op, c.external_id, p.model_key, c.customer_id, c.stream_id, c.seq, c.at, r.data
      from (
        select f.*, s.model_key from feed_pages f join streams s on s.id = f.stream_id and s.environment_id = f.environment_id
         where f.environment_id = ${environmentId} and position_from <= ${latest}
           and position_from >= coalesce((select max(position_from) from feed_pages where environment_id = ${environmentId} and position_from <= ${after + 1}), 0)
           and (${customer}::text is null or f.customer_id = ${customer}) and (${model}::text is null or s.model_key = ${model})
         -- Each page holds at least one change, and only the first can lie behind the reader: so many pages fill the answer.
         order by position_from limit ${limit + 2}
      ) p
      join changes c on c.stream_id = p.stream_id and c.seq between p.seq_from and p.seq_to and p.position_from + c.seq - p.seq_from > ${after}
       and c.environment_id = ${environmentId}
      left join records r on r.stream_id = c.stream_id and r.external_id = c.external_id and r.environment_id = ${environmentId} and r.deleted_at is null
     order by p.position_from, c.seq limit ${limit + 1}`,
  );
  const items = rows.slice(0, limit).map(toItem);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? last.position : Math.max(latest, after), latest };
}

function toItem(row: Row): ChangeItem {
  return {
    position: Number(row.position),
    op: row.op,
    recordId: recordId(row.stream_id, row.external_id),
    externalId: row.external_id,
    model: row.model_key,
    customerId: row.customer_id,
    streamId: row.stream_id,
    seq: Number(row.seq),
    at: row.at.toISOString(),
    record: row.data,
  };
}
