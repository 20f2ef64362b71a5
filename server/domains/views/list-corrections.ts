import { readScoped } from "#server/db/tenancy";
import { type HeldPlace, inHeldPlace } from "#server/domains/records/list-held-records";
import type { Ctx } from "#server/lib/context";
import type { CorrectionView } from "#server/trpc/views/embed";
import { readInForce } from "./in-force";
import { pageOf, readMomentCursor, writeCursor } from "./keyset";
import { byWhom } from "./list-problem-records";

type Row = Omit<CorrectionView, "fieldName"> & { cursor: string; key: string };

/** What people have given for single fields of single records, as long as it counts; the newest first. Customers are not told of fields hidden from them. */
export async function listCorrections(
  ctx: Ctx,
  input: HeldPlace & { cursor?: string | undefined; limit: number },
): Promise<{ items: CorrectionView[]; next: string | null }> {
  const before = readMomentCursor(input.cursor);
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select * from (
      select c.stream_id as "streamId", c.external_id as "externalId", c.field, c.author, c.at, c.at::text as cursor,
             left(c.value #>> '{}', 200) as value, c.stream_id || ':' || c.field || ':' || c.external_id as key
        from streams s
        join corrections c on c.stream_id = s.id and c.environment_id = s.environment_id
       where ${inHeldPlace(sql, ctx, input)}) x
     where ${before === null} or (x.at, x.key) < (${before?.at ?? null}::text::timestamptz, ${before?.id ?? null}::text)
     order by x.at desc, x.key desc limit ${input.limit + 1}`,
  );
  const { items, next } = pageOf(rows, input.limit, (last) => writeCursor(last.cursor, last.key));
  const streams = items.length > 0 ? await readInForce(ctx, [...new Set(items.map(({ streamId }) => streamId))]) : null;
  const isShown = ({ streamId, field }: Row) => ctx.actor.type !== "customer" || !streams?.get(streamId)?.hidden.has(field);
  return {
    next,
    items: items.filter(isShown).map(({ cursor: _cursor, key: _key, author, ...one }) => ({
      ...one,
      author: byWhom(ctx, author),
      fieldName: streams?.get(one.streamId)?.model.get(one.field)?.name ?? one.field,
    })),
  };
}
