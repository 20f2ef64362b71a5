import { readScoped } from "#server/db/tenancy";
import { pageOf, readCursor, writeCursor } from "#server/domains/views/keyset";
import type { Ctx } from "#server/lib/context";
import type { CustomerId, RunId, StreamId, WriteId } from "#server/lib/ids";

/** One thing we did at the third party. `before` and `after` hold the same fields, under the third party's names. */
export type WriteView = {
  id: WriteId;
  customerId: CustomerId;
  streamId: StreamId;
  runId: RunId;
  /** The vendor's own id of the record, and the third party's. */
  ownId: string;
  externalId: string;
  op: "create" | "update" | "delete";
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  at: Date;
  undoneAt: Date | null;
  /** The newest of the writes that this one has taken back. */
  undoOf: WriteId | null;
};

export type ListWrites = {
  streamId?: StreamId | undefined;
  runId?: RunId | undefined;
  customerId?: CustomerId | undefined;
  ownId?: string | undefined;
  cursor?: string | undefined;
  limit: number;
};

/** The journal, newest first: what was written in the last 30 days. */
export async function listWrites(ctx: Ctx, input: ListWrites): Promise<{ items: WriteView[]; next: string | null }> {
  const [before] = readCursor(input.cursor, 1) ?? [];
  const customerId = ctx.scope.customerId ?? input.customerId;
  const rows = await readScoped<WriteView[]>(
    ctx,
    (sql) => sql`
    select id, customer_id as "customerId", stream_id as "streamId", run_id as "runId", own_id as "ownId", external_id as "externalId", op,
           before, after, at, undone_at as "undoneAt", undo_of as "undoOf"
      from writes
     where environment_id = ${ctx.scope.environmentId} ${customerId ? sql`and customer_id = ${customerId}` : sql``}
       ${input.streamId ? sql`and stream_id = ${input.streamId}` : sql``} ${input.runId ? sql`and run_id = ${input.runId}` : sql``}
       ${input.ownId ? sql`and own_id = ${input.ownId}` : sql``} ${before ? sql`and id < ${before}` : sql``}
     order by id desc limit ${input.limit + 1}`,
  );
  return pageOf(rows, input.limit, (last) => writeCursor(last.id));
}
