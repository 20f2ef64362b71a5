import { and, eq, sql } from "drizzle-orm";
import { webhookDeliveries, webhookEndpoints } from "#server/db/schema";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { type EndpointId, newId } from "#server/lib/ids";

type Slice = {
  stream_id: string;
  customer_id: string;
  connection_id: string;
  model_key: string;
  first: string;
  last: string;
  count: string;
};

/**
 * Turns what the feed gained since the endpoint last looked into deliveries: one thin `records.changed` per stream. `from`
 * and `to` are places in the environment's feed, so `GET /v1/changes?after=<from - 1>` has what it speaks of.
 */
export function collectEvents(ctx: Ctx, input: { endpointId: EndpointId }): Promise<number> {
  const { environmentId } = ctx.scope;
  return withScope(ctx, async (tx) => {
    const own = and(eq(webhookEndpoints.environmentId, environmentId), eq(webhookEndpoints.id, input.endpointId));
    // The row lock makes two workers take turns, so that nothing is told twice.
    const [endpoint] = await tx.select({ position: webhookEndpoints.position }).from(webhookEndpoints).where(own).for("update");
    if (!endpoint) return 0;
    const [sequenced] = await tx.execute<{ latest: string }>(sql`select feed_sequence(${environmentId}) as latest`);
    const latest = Number(sequenced?.latest ?? 0);
    if (latest <= endpoint.position) return 0;
    const slices = await tx.execute<Slice>(sql`
      select f.stream_id, f.customer_id, s.connection_id, s.model_key, min(f.position_from) as first,
             max(f.position_from + f.seq_to - f.seq_from) as last,
             -- Counted, not reckoned: a record whose mapped value stayed the same has taken a place and told nothing.
             sum((select count(*) from changes c where c.stream_id = f.stream_id and c.environment_id = f.environment_id and c.seq between f.seq_from and f.seq_to)) as count
        from feed_pages f join streams s on s.id = f.stream_id and s.environment_id = f.environment_id
       where f.environment_id = ${environmentId} and f.position_from > ${endpoint.position} and f.position_from <= ${latest}
       group by f.stream_id, f.customer_id, s.connection_id, s.model_key order by min(f.position_from)`);
    const timestamp = ctx.clock.now().toISOString();
    const rows = slices.map((slice) => ({
      eventId: newId("event"),
      environmentId,
      endpointId: input.endpointId,
      payload: {
        type: "records.changed",
        timestamp,
        data: {
          customer: slice.customer_id,
          connection: slice.connection_id,
          stream: slice.stream_id,
          model: slice.model_key,
          from: Number(slice.first),
          to: Number(slice.last),
          count: Number(slice.count),
        },
      },
    }));
    for (let at = 0; at < rows.length; at += 1_000) await tx.insert(webhookDeliveries).values(rows.slice(at, at + 1_000));
    await tx.update(webhookEndpoints).set({ position: latest }).where(own);
    return rows.length;
  });
}
