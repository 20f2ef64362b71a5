import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { recordId } from "#server/lib/ids";

export type RecordItem = {
  id: string;
  externalId: string;
  streamId: string;
  customerId: string;
  model: string;
  data: Record<string, unknown>;
  /** Only when asked for. */
  source?: unknown;
  mappingVersion: number;
  seq: number;
  updatedAt: string;
  deletedAt: string | null;
};

export type ListRecords = {
  streamId?: string | undefined;
  modelKey?: string | undefined;
  customerId?: string | undefined;
  cursor?: string | null | undefined;
  /** 1 … 1000. */
  limit: number;
  withSource?: boolean | undefined;
};

type Row = {
  stream_id: string;
  external_id: string;
  customer_id: string;
  model_key: string;
  data: Record<string, unknown>;
  source: string | null;
  mapping_version: number;
  seq: string;
  updated_at: Date;
  deleted_at: Date | null;
};

/** Opaque to readers: stream and id of the last record given. */
function parseCursor(cursor: string | null | undefined): [string, string] {
  if (!cursor) return ["", ""];
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(parsed) && typeof parsed[0] === "string" && typeof parsed[1] === "string" && !parsed[1].includes("\u0000"))
      return [parsed[0], parsed[1]];
  } catch {
    // falls through to the one message below
  }
  throw new AppError("invalid", "the cursor is not one of ours; start again without it");
}

/** Live records in scope, a page at a time, by stream and id: a stable order that a changing record does not leave. */
export async function listRecords(ctx: Ctx, input: ListRecords): Promise<{ items: RecordItem[]; next: string | null }> {
  const [afterStream, afterId] = parseCursor(input.cursor);
  const { environmentId } = ctx.scope;
  const customer = ctx.scope.customerId ?? input.customerId ?? null;
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    with chosen as materialized (
      select id, model_key from streams
       where environment_id = ${environmentId} and id >= ${afterStream}
         and (${input.streamId ?? null}::text is null or id = ${input.streamId ?? null})
         and (${input.modelKey ?? null}::text is null or model_key = ${input.modelKey ?? null})
         and (${customer}::text is null or customer_id = ${customer})
       order by id
    )
    select r.stream_id, r.external_id, r.customer_id, s.model_key, r.data, ${input.withSource ? sql`r.source` : sql`null::text as source`},
           r.mapping_version, r.seq, r.updated_at, r.deleted_at
      from chosen s
      cross join lateral (
        select * from records x
         where x.stream_id = s.id and x.environment_id = ${environmentId} and x.deleted_at is null
           and (s.id > ${afterStream} or x.external_id > ${afterId})
         order by x.external_id limit ${input.limit + 1}
      ) r
     order by s.id, r.external_id limit ${input.limit + 1}`,
  );
  const items = rows.slice(0, input.limit).map(toItem);
  const last = rows.length > input.limit ? items.at(-1) : undefined;
  return { items, next: last ? Buffer.from(JSON.stringify([last.streamId, last.externalId])).toString("base64url") : null };
}

function toItem(row: Row): RecordItem {
  return {
    id: recordId(row.stream_id, row.external_id),
    externalId: row.external_id,
    streamId: row.stream_id,
    customerId: row.customer_id,
    model: row.model_key,
    data: row.data,
    ...(row.source === null ? {} : { source: JSON.parse(row.source) as unknown }),
    mappingVersion: row.mapping_version,
    seq: Number(row.seq),
    updatedAt: row.updated_at.toISOString(),
    deletedAt: row.deleted_at?.toISOString() ?? null,
  };
}
