import { sql } from "drizzle-orm";
import type { Tx } from "#server/db/client";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import type { StreamRef } from "#workflows/contract";
import { CALM_MS } from "../streams/calm";

/** Whose records a call means: `connectionId`, or where that is null the connections of `account`. */
export type Lead = {
  environmentId: string;
  integrationId: string;
  connectionId: string | null;
  account: string | null;
  object: string;
  /** The one record that is meant, where it can be had by itself. Null = "look at this stream". */
  record: {
    id: string;
    /** When the call came in, as Postgres writes it. */
    calledAt: string;
    /** The record as JSON text, where calls bring it; `gone` = they say that it is no more. */
    carried: string | null;
    gone: boolean;
  } | null;
};

/** When more wait than this, a pass of changes is the quicker way. */
const MOST_NAMED = 200;

const US = "\u001f";
/** Stands for nothing: an empty text would make an array of one an array of none. */
const NONE = "-";
const list = (values: readonly string[]) => sql`string_to_array(${values.join(US)}, E'\\x1f')`;

/** Calls bring a stream's next run forward: to now, or to when it has had its calm since its last run. */
const soon = sql`greatest(now(), s.last_success_at + ${CALM_MS} * interval '1 ms')`;

type Poked = StreamRef & { paused: boolean };

const REF = sql`v.vendor_id as "vendorId", s.environment_id as "environmentId", s.customer_id as "customerId", s.id as "streamId",
        cardinality(s.pause_reasons) > 0 as paused`;

/** The active streams that leads mean, as `meant (environment_id, id, object, n)`: `n` is the lead's place in the list. */
const meant = (leads: readonly Lead[]) => sql`
      lead as (
        select * from unnest(${list(leads.map((one) => one.environmentId))}, ${list(leads.map((one) => one.integrationId))},
          ${list(leads.map((one) => one.connectionId ?? NONE))}, ${list(leads.map((one) => one.account ?? NONE))}, ${list(leads.map((one) => one.object))})
          with ordinality as l(environment_id, integration_id, connection_id, account_id, object, n)
      ), meant as (
        select c.environment_id, c.id, l.object, l.n from lead l join connections c
          on c.environment_id = l.environment_id and c.integration_id = l.integration_id and c.status = 'active'
         and case when l.connection_id = ${NONE} then c.account_id = l.account_id else c.id = l.connection_id end
      )`;

/** Makes streams due. Those that are due already are left alone; so are those that failed: a call must not shorten a back-off. */
async function makeDue(tx: Tx, leads: readonly Lead[]): Promise<Poked[]> {
  if (leads.length === 0) return [];
  const rows = await tx.execute<Poked>(sql`
      with ${meant(leads)}
      update streams s set trigger = 'webhook', due_at = ${soon}
        from (select distinct environment_id, id, object from meant) m, environments v
       where s.environment_id = m.environment_id and s.connection_id = m.id and s.object = m.object and v.id = s.environment_id
         and s.status = 'active' and s.failures = 0
         and s.due_at > ${soon}
      returning ${REF}`);
  return [...rows];
}

type NamingLead = Lead & { record: NonNullable<Lead["record"]> };

/**
 * Notes the records that are meant with their streams. A call that came before the newest known one says nothing new. Returns
 * the streams that were meant; `news` = nothing waited there before, so that its keeper does not know yet.
 */
async function noteNamed(tx: Tx, leads: readonly NamingLead[]): Promise<(Poked & { news: boolean })[]> {
  if (leads.length === 0) return [];
  const of = (text: (record: NamingLead["record"]) => string) => list(leads.map((one) => text(one.record)));
  const rows = await tx.execute<Poked & { news: boolean }>(sql`
      with ${meant(leads)}, given as (
        select * from unnest(${of((r) => r.id)}, ${of((r) => r.calledAt)}, ${of((r) => (r.carried === null ? NONE : `=${r.carried}`))}, ${of((r) => (r.gone ? "t" : "f"))})
          with ordinality as g(external_id, called_at, carried, gone, n)
      ), wanted as (
        select distinct on (s.id, g.external_id) s.id, s.environment_id, s.customer_id, g.external_id, g.called_at::timestamptz as called_at,
               nullif(substr(g.carried, 2), '') as carried, g.gone = 't' as gone
          from meant m join given g on g.n = m.n
          join streams s on s.environment_id = m.environment_id and s.connection_id = m.id and s.object = m.object and s.status = 'active'
         order by s.id, g.external_id, g.called_at::timestamptz desc, g.n desc
      ), quiet as (
        select distinct w.id from wanted w where not exists (select from named_records x where x.stream_id = w.id and x.read_at is null)
      ), noted as (
        insert into named_records as x (stream_id, external_id, environment_id, customer_id, called_at, carried, gone)
        select id, external_id, environment_id, customer_id, called_at, carried, gone from wanted order by id, external_id
        on conflict (stream_id, external_id) do update set n = x.n + 1, called_at = excluded.called_at, carried = excluded.carried,
          gone = excluded.gone, attempts = 0, read_at = null
        where x.called_at <= excluded.called_at
        returning stream_id
      )
      select ${REF}, s.failures = 0 and s.id in (select id from quiet) as news
        from streams s join environments v on v.id = s.environment_id where s.id in (select stream_id from noted)`);
  return [...rows];
}

/** Where too many wait to be fetched one by one, a pass of changes takes their place; what calls brought along stays. */
async function shedNamed(tx: Tx, streamIds: readonly string[]): Promise<Poked[]> {
  if (streamIds.length === 0) return [];
  const rows = await tx.execute<Poked>(sql`
      with crowded as (
        select x.stream_id from named_records x
         where x.read_at is null and x.carried is null and not x.gone and x.stream_id = any (${list(streamIds)})
         group by 1 having count(*) > ${MOST_NAMED}
      ), shed as (
        delete from named_records x using crowded c where x.stream_id = c.stream_id and x.read_at is null and x.carried is null and not x.gone
      )
      update streams s set trigger = 'webhook', due_at = ${soon}
        from crowded c, environments v
       where s.id = c.stream_id and v.id = s.environment_id and s.failures = 0 and s.due_at > ${soon}
      returning ${REF}`);
  return [...rows];
}

const usable = ({ environmentId, integrationId, connectionId, account, object, record }: Lead): boolean =>
  ![environmentId, integrationId, connectionId, account, object, record?.id].some((part) => part?.includes(US));

/**
 * Does what calls mean, each stream once however many calls mean it: records that were named are noted with their streams, other
 * streams are made due. Returns the streams whose keepers have to be told; those that are paused find it when they are resumed.
 */
export async function bringForward(deps: Deps, leads: readonly Lead[]): Promise<StreamRef[]> {
  const found = leads.filter(usable);
  const vague = found.filter((one) => one.record === null);
  const streams = [...new Map(vague.map((one) => [Object.values(one).join(US), one])).values()];
  const naming = found.flatMap((one) => (one.record === null ? [] : [{ ...one, record: one.record }]));
  if (found.length === 0) return [];
  const rows = await asSystem(deps.db, "calls bring forward streams of everybody", async (tx) => {
    const noted = await noteNamed(tx, naming);
    const shed = await shedNamed(
      tx,
      noted.map((one) => one.streamId),
    );
    const told = noted.filter((one) => one.news).map(({ news: _, ...ref }) => ref);
    return [...told, ...shed, ...(await makeDue(tx, streams))];
  });
  const unique = new Map(rows.filter((row) => !row.paused).map(({ paused: _, ...ref }) => [ref.streamId, ref]));
  return [...unique.values()];
}
