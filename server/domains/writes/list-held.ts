import { readScoped } from "#server/db/tenancy";
import { pageOf, readMomentCursor, writeCursor } from "#server/domains/views/keyset";
import type { Ctx } from "#server/lib/context";
import { ERRORS, type ErrorCode, type Fixer, isErrorCode } from "#server/lib/errors";
import type { ConnectionId, CustomerId, StreamId } from "#server/lib/ids";

/** A wish to write that waits for a person. */
export type HeldWish = {
  streamId: StreamId;
  connectionId: ConnectionId;
  customerId: CustomerId;
  modelKey: string;
  ownId: string;
  externalId: string | null;
  op: "put" | "delete" | "undo";
  /** `unknown`: it may have been done; look at the third party before it is sent again. */
  state: "held" | "unknown";
  code: ErrorCode;
  /** The third party's words, or ours. */
  message: string | null;
  field: string | null;
  fixer: Fixer;
  since: Date;
};

type Row = Omit<HeldWish, "code" | "fixer"> & { code: string | null; at: string };

/** Wishes that wait for a person, the newest first. */
export async function listHeld(
  ctx: Ctx,
  input: { streamId?: StreamId | undefined; customerId?: CustomerId | undefined; cursor?: string | undefined; limit: number },
): Promise<{ items: HeldWish[]; next: string | null }> {
  const after = readMomentCursor(input.cursor);
  const { environmentId } = ctx.scope;
  const customerId = ctx.scope.customerId ?? input.customerId;
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select o.stream_id as "streamId", s.connection_id as "connectionId", o.customer_id as "customerId", s.model_key as "modelKey", o.own_id as "ownId",
           l.external_id as "externalId", o.op, o.state, o.code, o.message, o.field, o.updated_at as since, o.updated_at::text as at
      from outbox o
      join streams s on s.id = o.stream_id and s.environment_id = o.environment_id
      left join links l on l.stream_id = o.stream_id and l.own_id = o.own_id
     where o.environment_id = ${environmentId} ${customerId ? sql`and o.customer_id = ${customerId}` : sql``} and o.state in ('held', 'unknown')
       and s.held_count > 0 and s.environment_id = ${environmentId} ${input.streamId ? sql`and o.stream_id = ${input.streamId}` : sql``}
       ${after ? sql`and (o.updated_at, o.stream_id || o.own_id) < (${after.at}::text::timestamptz, ${after.id})` : sql``}
     order by o.updated_at desc, o.stream_id || o.own_id desc limit ${input.limit + 1}`,
  );
  const { items, next } = pageOf(rows, input.limit, (last) => writeCursor(last.at, `${last.streamId}${last.ownId}`));
  return {
    next,
    items: items.map(({ at: _at, code: stored, ...row }) => {
      const code = isErrorCode(stored) ? stored : "record_invalid";
      return { ...row, code, fixer: ERRORS[code].fixer };
    }),
  };
}
