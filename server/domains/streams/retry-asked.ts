import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { isIdentified } from "#server/runtime/page-records";
import type { Source } from "#server/runtime/source";
import type { Leg } from "./begin-leg";
import { lookUpFor } from "./look-up";
import { buildBatch } from "./page-batch";
import { type LegTally, type Pace, waitAfter } from "./pull-pages";
import { incomingOf } from "./remap-records";
import { writePage } from "./write-page";

const PAGE = 200;

/** `source` null: the source has to be asked for it, or there is nothing left to try. */
type Asked = { external_id: string; source: string | null; held: boolean; asked_at: string };

/** Those asked for that can be tried from what is stored of them, and those that are no more anywhere; the oldest first. */
const nextAsked = (ctx: Ctx, streamId: string) =>
  readScoped<Asked[]>(
    ctx,
    (sql) => sql`
    select a.external_id, coalesce(q.source, r.source) as source, q.external_id is not null as held, a.asked_at::text as asked_at
      from retries a
      left join quarantine q on q.stream_id = a.stream_id and q.external_id = a.external_id and q.environment_id = a.environment_id
      left join records r on r.stream_id = a.stream_id and r.external_id = a.external_id and r.environment_id = a.environment_id and r.deleted_at is null
     where a.stream_id = ${streamId} and a.environment_id = ${ctx.scope.environmentId} and a.customer_id = ${ctx.scope.customerId ?? ""}
       and (q.external_id is null or q.field is not null)
     order by a.asked_at, a.external_id limit ${PAGE}`,
  );

/** They were tried. One that was asked for again meanwhile stays. */
async function settle(ctx: Ctx, streamId: string, asked: readonly Asked[]): Promise<void> {
  if (asked.length === 0) return;
  const [ids, times] = [asked.map((one) => one.external_id), asked.map((one) => one.asked_at)];
  await readScoped(
    ctx,
    (sql) => sql`
    delete from retries a using unnest(${ids}::text[], ${times}::text[]) as u(id, at)
     where a.stream_id = ${streamId} and a.environment_id = ${ctx.scope.environmentId} and a.customer_id = ${ctx.scope.customerId ?? ""}
       and a.external_id = u.id and a.asked_at = u.at::timestamptz`,
  );
}

const anyLeft = async (ctx: Ctx, streamId: string): Promise<boolean> => {
  const rows = await readScoped<{ external_id: string }[]>(
    ctx,
    (sql) => sql`
    select external_id from retries where stream_id = ${streamId} and environment_id = ${ctx.scope.environmentId}
       and customer_id = ${ctx.scope.customerId ?? ""} limit 1`,
  );
  return rows.length > 0;
};

/**
 * Tries records again that a person asked for, from what is stored of them, by the mapping in force and with their corrections. `unread`: others wait that the
 * source has to be asked for, since what it said of them could not be read.
 */
export async function retryAsked(
  ctx: Ctx,
  { streamId, runId, leg }: { streamId: string; runId: string; leg: Leg },
  pace: Pace,
): Promise<LegTally & { unread: boolean }> {
  const lookUp = lookUpFor(ctx, { streamId, runId, leg });
  const tally: LegTally & { unread: boolean } = { done: false, paused: false, pages: 0, seen: 0, changed: 0, unread: false };
  while (performance.now() < pace.untilMs) {
    const startedMs = performance.now();
    const asked = await nextAsked(ctx, streamId);
    if (asked.length === 0) return { ...tally, done: true, unread: await anyLeft(ctx, streamId) };
    const rows = asked.flatMap(({ source, ...one }) => (source === null ? [] : [{ ...one, source }]));
    const looked = await lookUp(rows.map(incomingOf), [], pace.signal).catch((error: unknown) => {
      tally.waitMs = waitAfter(error) ?? Number.NaN;
      if (Number.isNaN(tally.waitMs)) throw error;
    });
    if (!looked) return tally;
    const batch = buildBatch(looked.records, leg, { faults: looked.faults, deleted: [] });
    const written = await writePage(ctx, {
      ...{ streamId, runId, fence: leg.fence, batch, mappingVersion: leg.version },
      ...{ cursor: null, remapAfter: null, total: null, scan: "stored", both: leg.both, stored: true },
      facts: {
        ...{ method: "READ", path: "records tried again", status: 200, bytes: 0, retries: 0 },
        ms: Math.round(performance.now() - startedMs),
      },
    });
    await settle(ctx, streamId, asked);
    tally.pages++;
    tally.seen += batch.seen;
    tally.changed += written.created + written.updated + written.deleted;
    tally.paused = written.paused;
    pace.beat(tally);
    if (tally.paused) break;
  }
  return tally;
}

/**
 * Has the records fetched one by one that could not be read and were asked for again; where that is not possible, the whole source is read again after this
 * run. Answers whether any is to be fetched now.
 */
export async function askForUnread(ctx: Ctx, streamId: string, source: Pick<Source, "readOne">): Promise<boolean> {
  const { environmentId, customerId = "" } = ctx.scope;
  const asked = await readScoped<{ external_id: string; trigger: string }[]>(
    ctx,
    (sql) => sql`
    delete from retries a using quarantine q
     where a.stream_id = ${streamId} and a.environment_id = ${environmentId} and a.customer_id = ${customerId}
       and q.stream_id = a.stream_id and q.external_id = a.external_id and q.environment_id = a.environment_id and q.field is null
    returning a.external_id, a.trigger`,
  );
  const ids = asked.map((one) => one.external_id);
  const single = source.readOne ? ids.filter(isIdentified) : [];
  const [whole] = single.length < ids.length ? asked : [];
  await readScoped(
    ctx,
    (sql) => sql`
    with named as (
      insert into named_records as n (stream_id, external_id, environment_id, customer_id, called_at)
      select ${streamId}, u, ${environmentId}, ${customerId}, clock_timestamp() from unnest(${single}::text[]) u
      on conflict (stream_id, external_id) do update set n = n.n + 1, called_at = excluded.called_at, read_at = null, attempts = 0, carried = null, gone = false
    )
    update streams set reread = true, due_at = least(due_at, clock_timestamp()), trigger = ${whole?.trigger ?? "vendor"}
     where id = ${streamId} and environment_id = ${environmentId} and customer_id = ${customerId} and ${whole !== undefined}`,
  );
  return single.length > 0;
}
