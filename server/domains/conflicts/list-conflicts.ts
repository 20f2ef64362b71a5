import type postgres from "postgres";
import type { ConflictField } from "#server/db/schema/pushing";
import { readScoped } from "#server/db/tenancy";
import type { ModelField } from "#server/domains/models/schema";
import { pageOf, readMomentCursor, writeCursor } from "#server/domains/views/keyset";
import type { Ctx } from "#server/lib/context";
import type { ConflictView } from "./schema";

export type ListConflicts = {
  customerId?: string | undefined;
  connectionId?: string | undefined;
  streamId?: string | undefined;
  cursor?: string | undefined;
  limit: number;
};

type Row = Omit<ConflictView, "fields" | "what"> & {
  fields: ConflictField[];
  model: ModelField[] | null;
  data: Record<string, unknown> | null;
  at: string;
};

const MOST_TEXTS = 2;
const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";

const narrowed = (sql: postgres.TransactionSql, input: ListConflicts) => sql`
  ${input.connectionId ? sql`and s.connection_id = ${input.connectionId}` : sql``} ${input.streamId ? sql`and c.stream_id = ${input.streamId}` : sql``}`;

function viewOf({ at: _at, model, data, fields, ...row }: Row): ConflictView {
  const byKey = new Map((model ?? []).map((field) => [field.key, field]));
  const texts = [...byKey.keys()].map((key) => data?.[key]).filter(isText);
  return {
    ...row,
    what: texts.slice(0, MOST_TEXTS).join(" · ").slice(0, 120),
    fields: fields.map((one) => ({ ...one, name: byKey.get(one.field)?.name ?? one.field, type: byKey.get(one.field)?.type ?? "string" })),
  };
}

/** Conflicts that are open, those opened last first. */
export async function listConflicts(ctx: Ctx, input: ListConflicts): Promise<{ items: ConflictView[]; next: string | null }> {
  const after = readMomentCursor(input.cursor);
  const customerId = ctx.scope.customerId ?? input.customerId;
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select c.id, c.stream_id as "streamId", s.connection_id as "connectionId", c.customer_id as "customerId", s.model_key as "modelKey",
           c.own_id as "ownId", c.external_id as "externalId", c.fields, c.opened_at as "openedAt", c.opened_at::text as at, m.fields as model, r.data
      from conflicts c
      join streams s on s.id = c.stream_id and s.environment_id = c.environment_id
      left join models m on m.environment_id = s.environment_id and m.key = s.model_key
      left join own_records r on r.environment_id = c.environment_id and r.customer_id = c.customer_id and r.model_key = s.model_key and r.own_id = c.own_id
     where c.environment_id = ${ctx.scope.environmentId} ${customerId ? sql`and c.customer_id = ${customerId}` : sql``} and c.settled_at is null
       and s.conflict_count > 0 ${narrowed(sql, input)}
       ${after ? sql`and (c.opened_at, c.id) < (${after.at}::text::timestamptz, ${after.id})` : sql``}
     order by c.opened_at desc, c.id desc limit ${input.limit + 1}`,
  );
  const { items, next } = pageOf(rows, input.limit, (last) => writeCursor(last.at, last.id));
  return { next, items: items.map(viewOf) };
}
