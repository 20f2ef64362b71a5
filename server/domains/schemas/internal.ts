import { readScoped } from "#server/db/tenancy";
import type { ModelField } from "#server/domains/models/schema";
import type { Direction } from "#server/domains/templates/schema";
import type { Ctx } from "#server/lib/context";
import { ERRORS, type ErrorCode } from "#server/lib/errors";
import type { ConnectionId, StreamId } from "#server/lib/ids";
import type { OnlyValues } from "#server/mapping/only-values";
import { type Overrides, withOverrides } from "#server/mapping/overrides";
import type { FieldMapping } from "#server/mapping/schema";
import { sayTo } from "#server/words/reader";

/** A mapping over an object of an account: of a stream that is on (`streamId`), or one that a template offers. */
export type MappingOver = {
  object: string;
  streamId: StreamId | null;
  /** When the stream was turned on. */
  since: Date | null;
  records: number;
  fields: FieldMapping[];
  /** Which records are taken; null = all. */
  filter: string | null;
  /** Of them those with these values, as the customer wants it. */
  only: OnlyValues;
  model: ModelField[];
  direction: Direction;
};

type Row = Omit<MappingOver, "fields"> & { fields: FieldMapping[] | null; overrides: Overrides | null };

/**
 * The mappings that read a connection's objects: what its streams have in force, and what the published templates of its
 * integration offer (`drafts`: those that are not published yet as well). One statement.
 */
export async function mappingsOver(
  ctx: Ctx,
  connectionId: ConnectionId,
  { drafts = false, object = null as string | null } = {},
): Promise<MappingOver[]> {
  const { environmentId, customerId } = ctx.scope;
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    with c as (
      select * from connections where id = ${connectionId} and environment_id = ${environmentId} ${customerId ? sql`and customer_id = ${customerId}` : sql``}
    ), wanted as (
      select s.object, s.id, s.created_at, s.record_count, s.template_id, s.key, s.model_key, s.template_version as version, s.chosen, s.direction
        from c join streams s on s.environment_id = c.environment_id and s.connection_id = c.id and s.status = 'active'
      union all
      select e.value->>'object', null, null, 0, t.id, e.value->>'key', e.value->>'model', null, null, coalesce(e.value->>'direction', 'pull')
        from c join templates t on t.environment_id = c.environment_id and t.integration_id = c.integration_id
             and (t.status = 'published' or (${drafts} and t.status = 'draft'))
       cross join jsonb_array_elements(t.streams) e
    )
    select w.object, w.direction, w.id as "streamId", w.created_at as since, w.record_count as records, m.fields, m.filter, coalesce(w.chosen->'only', '{}') as only, o.overrides, coalesce(mo.fields, '[]') as model
      from wanted w
      left join lateral (
        select m.fields, m.filter from mappings m
         where m.environment_id = ${environmentId} and m.template_id = w.template_id and m.stream_key = w.key
           and (m.version = w.version or (w.version is null and (m.status = 'published' or ${drafts})))
         order by m.status = 'published' desc, m.version desc limit 1
      ) m on true
      left join lateral (
        select o.overrides from stream_overrides o where o.stream_id = w.id and o.environment_id = ${environmentId} order by o.n desc limit 1
      ) o on true
      left join models mo on mo.environment_id = ${environmentId} and mo.key = w.model_key
     where ${object}::text is null or w.object = ${object}`,
  );
  return rows.map(({ fields, overrides, ...row }) => ({
    ...row,
    fields: overrides ? withOverrides(fields ?? [], overrides) : (fields ?? []),
  }));
}

/** Why reading an account for somebody who waits did not come about, in the words of who waits. */
export function readingTrouble(ctx: Pick<Ctx, "actor" | "reader">, code: ErrorCode): string {
  if (ctx.actor.type !== "customer") return ERRORS[code].vendor;
  const say = sayTo(ctx);
  switch (code) {
    case "reauth_required":
    case "insufficient_scope":
    case "provider_rate_limited":
    case "provider_unavailable":
    case "provider_invalid_response":
      return say(`reading.${code}`);
    default:
      return say(`error.${code}`);
  }
}
