import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { TakenWish } from "../streams/outbox";
import type { Trial } from "./trial";

/** How many own records are looked at together. */
export const OWN_AT_ONCE = 100;

/** `left`: it was linked, its record is gone there, and it has not changed since: it is not made anew. */
export type OwnWish = TakenWish & { left: boolean };

type Row = Pick<
  TakenWish,
  "ownId" | "data" | "deleted" | "changedAtMs" | "externalId" | "baseOurs" | "baseTheirs" | "unseen" | "echoDue" | "source" | "held"
> & {
  version: string;
  left: boolean;
};

/** The next own records of a customer by their ids, each as the wish to write it that a run would take from the outbox. */
export async function ownPage(
  ctx: Ctx,
  { streamId, writes }: { streamId: string | null; writes: NonNullable<Trial["writes"]> },
  after: string,
): Promise<OwnWish[]> {
  const { environmentId, customerId } = ctx.scope;
  const stream = streamId ?? "";
  const rows = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select r.own_id as "ownId", r.version, r.data, r.deleted_at is not null as deleted, extract(epoch from r.changed_at)::float8 * 1000 as "changedAtMs",
           l.external_id as "externalId", l.base_ours as "baseOurs", l.base_theirs as "baseTheirs",
           coalesce(l.unseen, '{}') as unseen, coalesce(l.echo_due, false) as "echoDue", t.source, t.data as held,
           coalesce(d.version >= r.version, false) as left
      from own_records r
      left join links l on l.stream_id = ${stream} and l.own_id = r.own_id and l.environment_id = r.environment_id
      left join departures d on d.stream_id = ${stream} and d.own_id = r.own_id and d.environment_id = r.environment_id
      left join records t on ${writes.direction === "two_way"} and t.stream_id = ${stream} and t.external_id = l.external_id and t.deleted_at is null
     where r.environment_id = ${environmentId} and r.customer_id = ${customerId ?? ""} and r.model_key = ${writes.modelKey} and r.own_id > ${after}
       and (r.deleted_at is null or (${writes.settings.deletes === "propagate"} and l.external_id is not null))
     order by r.own_id limit ${OWN_AT_ONCE}`,
  );
  return rows.map(({ version, ...row }) => ({
    ...row,
    op: row.deleted ? ("delete" as const) : ("put" as const),
    version: Number(version),
    ...{ attempts: 0, approved: false, key: null, again: false, firstAtMs: null, sent: null, undo: [] },
  }));
}
