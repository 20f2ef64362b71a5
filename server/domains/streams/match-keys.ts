import { type SQL, sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";

/** Longer values are no keys: nobody is told apart by them. */
const LONGEST = 300;

/** A value as text, where records can be matched by it; null = they cannot. */
export function matchTextOf(value: unknown): string | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const text = String(value).trim();
  return text === "" || text.length > LONGEST ? null : text;
}

/** How a value is written down as a key. By the database alone, since it has its own mind about capitals. */
export const asKey = (text: SQL): SQL => sql`lower(btrim(${text}, E' \\t\\r\\n'))`;

const keyIn = (data: SQL, field: SQL): SQL => sql`case when length(${data} #>> string_to_array(${field}, '.')) <= ${LONGEST}::int
  then nullif(${asKey(sql`${data} #>> string_to_array(${field}, '.')`)}, '') end`;

/** Own records that were just stored, for the streams that match by a field. Part of the caller's transaction. */
export const keepOwnKeys = (ctx: Ctx, tx: Tx, place: { customerId: string; modelKey: string }, ownIds: readonly string[]) =>
  tx.execute(sql`
    insert into match_keys as k (stream_id, side, id, environment_id, customer_id, value)
    select s.id, 'ours', r.own_id, r.environment_id, r.customer_id, coalesce(${keyIn(sql`r.data`, sql`s.match_field`)}, '')
      from streams s
      join own_records r on r.environment_id = s.environment_id and r.customer_id = s.customer_id and r.model_key = s.model_key
     where s.environment_id = ${ctx.scope.environmentId} and s.customer_id = ${place.customerId} and s.model_key = ${place.modelKey}
       and s.match_field is not null and r.own_id in (select jsonb_array_elements_text(${JSON.stringify(ownIds)}::text::jsonb))
     order by s.id, r.own_id
    on conflict (stream_id, side, id) do update set value = excluded.value where k.value <> excluded.value`);

/** Records of the third party that just came, by id; in the stream whose page is written. Part of the page's transaction. */
export async function keepTheirKeys(ctx: Ctx, tx: Tx, streamId: string, keys: ReadonlyMap<string, string>): Promise<void> {
  if (keys.size === 0) return;
  const given = JSON.stringify([...keys].map(([id, value]) => ({ id, value })));
  await tx.execute(sql`
    insert into match_keys as k (stream_id, side, id, environment_id, customer_id, value)
    select ${streamId}, 'theirs', g.id, ${ctx.scope.environmentId}, ${ctx.scope.customerId ?? ""}, ${asKey(sql`g.value`)}
      from jsonb_to_recordset(${given}::text::jsonb) as g(id text, value text) order by g.id
    on conflict (stream_id, side, id) do update set value = excluded.value where k.value <> excluded.value`);
}

/**
 * Has the keys of a stream be those of the field that its records are matched by now: all of both sides anew when that is another one
 * than before.
 */
export async function matchBy(ctx: Ctx, streamId: string, field: string | null): Promise<void> {
  const { environmentId, customerId = "" } = ctx.scope;
  await withScope(ctx, async (tx) => {
    const [stream] = await tx.execute<{ model_key: string }>(sql`
      update streams set match_field = ${field} where id = ${streamId} and environment_id = ${environmentId} and customer_id = ${customerId}
         and match_field is distinct from ${field} returning model_key`);
    if (!stream) return;
    await tx.execute(sql`delete from match_keys where stream_id = ${streamId}`);
    if (field === null) return;
    await tx.execute(sql`
      insert into match_keys (stream_id, side, id, environment_id, customer_id, value)
      select ${streamId}, side, id, ${environmentId}, ${customerId}, value from (
        select 'ours' as side, r.own_id as id, ${keyIn(sql`r.data`, sql`${field}::text`)} as value from own_records r
         where r.environment_id = ${environmentId} and r.customer_id = ${customerId} and r.model_key = ${stream.model_key}
        union all
        select 'theirs', r.external_id, ${keyIn(sql`r.data`, sql`${field}::text`)} from records r where r.stream_id = ${streamId}
      ) both_sides where value is not null`);
  });
}
