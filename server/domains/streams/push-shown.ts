import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { Leg } from "./begin-leg";
import { buildBatch } from "./page-batch";
import { NO_REQUEST, type Ready } from "./push-ready";
import { writePage } from "./write-page";

type Place = { streamId: string; runId: string; leg: Leg };

const settledOf = (one: Ready) => (one.kind === "send" ? one.more : one.settled);

/** Own records that a match has just brought to a record of the third party are linked with it; nothing is agreed on yet. */
async function link(ctx: Ctx, { streamId, runId, leg }: Place, pairs: readonly { ownId: string; externalId: string }[]): Promise<void> {
  const { environmentId, customerId } = ctx.scope;
  const given = JSON.stringify(pairs.map(({ ownId, externalId }) => ({ own_id: ownId, external_id: externalId })));
  await readScoped(
    ctx,
    (sql) => sql`
    with s as (
      select id, environment_id, customer_id from streams
       where id = ${streamId} and environment_id = ${environmentId} and customer_id = ${customerId ?? ""} and run_id = ${runId} and fence = ${leg.fence}
         for update
    )
    insert into links (stream_id, own_id, environment_id, customer_id, external_id)
    select s.id, g.own_id, s.environment_id, s.customer_id, g.external_id
      from s cross join jsonb_to_recordset(${given}::text::jsonb) as g(own_id text, external_id text) order by g.own_id
    on conflict do nothing`,
  );
}

/**
 * Two-way: records of the third party that were looked at for a write, and have something for our side, are brought together with it like
 * a page that was read, before anything is sent.
 */
export async function takeShown(ctx: Ctx, place: Place, ready: readonly Ready[]): Promise<void> {
  const { streamId, runId, leg } = place;
  const shown = ready.flatMap((one) => {
    const record = settledOf(one).shown;
    const ownId = one.kind === "send" ? one.wish.ownId : one.settled.ownId;
    return record ? [{ ...record, ownId }] : [];
  });
  if (shown.length === 0 || !leg.both) return;
  await link(
    ctx,
    place,
    shown.map(({ id, ownId }) => ({ ownId, externalId: id })),
  );
  await writePage(ctx, {
    ...{ streamId, runId, fence: leg.fence, batch: buildBatch(shown, leg), mappingVersion: leg.version, facts: NO_REQUEST },
    ...{ cursor: null, remapAfter: null, total: null, scan: null, both: leg.both },
  });
}
