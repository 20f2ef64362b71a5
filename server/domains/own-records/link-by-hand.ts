import { sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import type { Ctx } from "#server/lib/context";
import type { CustomerId } from "#server/lib/ids";
import type { OwnIssue } from "./check-own";

/** An own record said to be a record of the third party, in the stream that is meant. */
export type Wanted = { id: string; externalId: string; streamId: string | undefined };

type Pushing = { id: string };
type Taken = { stream_id: string; external_id: string; own_id: string };

const issue = (message: string): OwnIssue => ({ path: "externalId", message });

/**
 * Links own records to records of the third party. Answers what was wrong with which, and which have a link they did not have before. A
 * link that leads elsewhere now begins anew: nothing is agreed on yet. Within the caller's transaction.
 */
export async function linkByHand(
  ctx: Ctx,
  tx: Tx,
  input: { customerId: CustomerId; modelKey: string; wanted: readonly Wanted[] },
): Promise<{ issues: Map<string, OwnIssue>; link(ownIds: ReadonlySet<string>): Promise<string[]> }> {
  const issues = new Map<string, OwnIssue>();
  if (input.wanted.length === 0) return { issues, link: async () => [] };
  const { environmentId } = ctx.scope;
  const streams = await tx.execute<Pushing>(sql`
    select id from streams where environment_id = ${environmentId} and customer_id = ${input.customerId} and model_key = ${input.modelKey}
       and direction <> 'pull' and status = 'active' order by id for update`);
  const placed = input.wanted.flatMap((one) => {
    const stream = one.streamId === undefined && streams.length === 1 ? streams[0] : streams.find(({ id }) => id === one.streamId);
    if (stream) return [{ stream_id: stream.id, own_id: one.id, external_id: one.externalId }];
    const several = one.streamId === undefined && streams.length > 1;
    issues.set(one.id, issue(several ? "several streams write this model; say which in `streamId`" : "no stream writes this model here"));
    return [];
  });
  const given = JSON.stringify(placed);
  const taken = await tx.execute<Taken>(sql`
    select l.stream_id, l.external_id, l.own_id from links l
      join jsonb_to_recordset(${given}::text::jsonb) as g(stream_id text, external_id text, own_id text)
        on g.stream_id = l.stream_id and g.external_id = l.external_id and g.own_id <> l.own_id`);
  for (const { stream_id, external_id, own_id } of taken) {
    const mine = placed.find((one) => one.stream_id === stream_id && one.external_id === external_id);
    if (mine) issues.set(mine.own_id, issue(`is linked with "${own_id}" already`));
  }
  return {
    issues,
    async link(ownIds) {
      const fit = JSON.stringify(placed.filter((one) => ownIds.has(one.own_id) && !issues.has(one.own_id)));
      const rows = await tx.execute<{ own_id: string }>(sql`
        insert into links as l (stream_id, own_id, environment_id, customer_id, external_id)
        select g.stream_id, g.own_id, ${environmentId}, ${input.customerId}, g.external_id
          from jsonb_to_recordset(${fit}::text::jsonb) as g(stream_id text, external_id text, own_id text)
        on conflict (stream_id, own_id) do update set external_id = excluded.external_id, base_ours = null, base_theirs = null, pushed_version = 0,
          theirs_ms = null, unseen = null, echo_due = false
         where l.external_id <> excluded.external_id
        returning own_id`);
      return rows.map((row) => row.own_id);
    },
  };
}
