import { sql } from "drizzle-orm";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import { isAppError } from "#server/lib/errors";
import { failAt } from "#server/lib/failpoint";
import type { Sealed } from "#server/lib/vault";
import { hintsOf } from "#server/runtime/webhooks/events";
import type { Webhooks } from "#server/runtime/webhooks/scheme";
import type { InboxResult, StreamRef } from "#workflows/contract";
import { type Called, declaredIn, type WebhooksOf } from "./declared";
import { openCall } from "./stored-call";

const BATCH = 500;
/** A claim is anybody's again after this long: whoever made it has died. */
const LEASE_MS = 60_000;
/** A call claimed this often and never finished is not tried again. */
const MOST_ATTEMPTS = 5;
/** Calls bring a stream's next run forward, but to no more than one in this time. */
const CALM_MS = 2_000;
const AT_ONCE = 20;

type Claimed = Called & {
  endpointId: string;
  eventKey: string;
  customerId: string | null;
  connectionId: string | null;
  content: Sealed | null;
  attempts: number;
  integrationId: string;
};

/** Takes waiting calls for a while, oldest first. Two processors never take the same. */
async function claim(deps: Deps): Promise<Claimed[]> {
  const rows = await asSystem(deps.db, "the inbox holds calls of everybody", (tx) =>
    tx.execute<Record<string, unknown>>(sql`
      with next as (
        select endpoint_id, event_key from inbox
         where status = 'waiting' and (claimed_until is null or claimed_until < now())
         order by received_at limit ${BATCH} for update skip locked
      )
      update inbox i set claimed_until = now() + ${LEASE_MS} * interval '1 ms', attempts = i.attempts + 1
        from next n, inbound_endpoints e, integrations g, environments v
       where i.endpoint_id = n.endpoint_id and i.event_key = n.event_key and e.id = i.endpoint_id and g.id = e.integration_id and v.id = i.environment_id
      returning i.endpoint_id as "endpointId", i.event_key as "eventKey", i.environment_id as "environmentId", i.customer_id as "customerId",
        i.connection_id as "connectionId", i.content, i.attempts, g.id as "integrationId", g.connector_key as "connectorKey", g.connector_version as "connectorVersion", v.vendor_id as "vendorId"`),
  );
  return [...rows] as unknown as Claimed[];
}

const connectorOf = ({ vendorId, connectorKey, connectorVersion }: Called) => `${vendorId} ${connectorKey} ${connectorVersion ?? ""}`;

/** How each of their connectors is called, looked up once each; null for one that is gone or takes no calls. */
async function schemesOf(calls: readonly Called[], webhooksOf: WebhooksOf): Promise<Map<string, Webhooks | null>> {
  const unique = new Map(calls.map((call) => [connectorOf(call), call]));
  const found = [...unique].map(async ([name, call]) => {
    try {
      return [name, await webhooksOf(call)] as const;
    } catch (error) {
      if (isAppError(error) && (error.code === "not_found" || error.code === "config_invalid")) return [name, null] as const;
      throw error;
    }
  });
  return new Map(await Promise.all(found));
}

/** Where to look, as text fields of one statement: environment, integration, connection or `-`, account or `-`, object. */
type Lead = readonly [string, string, string, string, string];
type Read = { call: Claimed; leads: Lead[]; fault: string | null };

/** What a claimed call says, or why it cannot be read. */
function read(deps: Deps, call: Claimed, webhooks: Webhooks | null): Read {
  try {
    if (call.attempts > MOST_ATTEMPTS) throw new Error(`given up: it was taken ${MOST_ATTEMPTS} times and never finished`);
    if (!webhooks) throw new Error("its connector takes no calls any more");
    if (!call.content) throw new Error("its content is gone");
    const leads = hintsOf(webhooks, openCall(deps.vault, call, call.content))
      .filter((hint) => call.connectionId !== null || hint.account !== null)
      .map((hint) => [call.environmentId, call.integrationId, call.connectionId ?? NONE, hint.account ?? NONE, hint.object] as const);
    return { call, leads, fault: null };
  } catch (error) {
    return { call, leads: [], fault: (error instanceof Error ? error.message : String(error)).slice(0, 500) };
  }
}

const US = "\u001f";
/** Stands for nothing: an empty text would make an array of one an array of none. */
const NONE = "-";
const list = (values: readonly string[]) => sql`string_to_array(${values.join(US)}, E'\\x1f')`;

/** Now, or once the stream has had its calm since its last run. */
const soon = sql`greatest(now(), s.last_success_at + ${CALM_MS} * interval '1 ms')`;

/**
 * Makes the streams that are meant due, each once however many calls mean it. What failed keeps its own time: a call must not
 * shorten a back-off. Streams that are due already are left alone; their keepers know.
 */
async function bringForward(deps: Deps, leads: readonly Lead[]): Promise<StreamRef[]> {
  const unique = [...new Map(leads.map((lead) => [lead.join(US), lead])).values()].filter(
    (lead) => !lead.some((part) => part.includes(US)),
  );
  if (unique.length === 0) return [];
  const column = (n: 0 | 1 | 2 | 3 | 4) => list(unique.map((lead) => lead[n]));
  const rows = await asSystem(deps.db, "calls bring forward streams of everybody", (tx) =>
    tx.execute<StreamRef & { paused: boolean }>(sql`
      with lead as (
        select * from unnest(${column(0)}, ${column(1)}, ${column(2)}, ${column(3)}, ${column(4)}) as l(environment_id, integration_id, connection_id, account_id, object)
      ), meant as (
        select distinct c.environment_id, c.id, l.object from lead l join connections c
          on c.environment_id = l.environment_id and c.integration_id = l.integration_id and c.status = 'active'
         and case when l.connection_id = ${NONE} then c.account_id = l.account_id else c.id = l.connection_id end
      )
      update streams s set trigger = 'webhook',
             due_at = ${soon}
        from meant m, environments v
       where s.environment_id = m.environment_id and s.connection_id = m.id and s.object = m.object and v.id = s.environment_id
         and s.status = 'active' and s.failures = 0
         and s.due_at > ${soon}
      returning v.vendor_id as "vendorId", s.environment_id as "environmentId", s.customer_id as "customerId", s.id as "streamId",
        cardinality(s.pause_reasons) > 0 as paused`),
  );
  return [...rows].filter((row) => !row.paused).map(({ paused: _, ...ref }) => ref);
}

/** Ends the claims: what was read loses its content, what could not be keeps it with its error. */
async function settle(deps: Deps, reads: readonly Read[]): Promise<void> {
  await asSystem(deps.db, "calls of everybody are settled", (tx) =>
    tx.execute(sql`
      update inbox i set claimed_until = null, error = nullif(u.error, ${NONE}),
             status = case u.error when ${NONE} then 'done' else 'failed' end, content = case u.error when ${NONE} then null else i.content end
        from unnest(${list(reads.map(({ call }) => call.endpointId))}, ${list(reads.map(({ call }) => call.eventKey))},
          ${list(reads.map(({ fault }) => (fault ?? NONE).replace(/\p{Cc}/gu, " ")))}) as u(endpoint_id, event_key, error)
       where i.endpoint_id = u.endpoint_id and i.event_key = u.event_key`),
  );
}

export type ProcessOptions = { webhooksOf?: WebhooksOf; untilMs?: number };

/**
 * Looks at what came in: each call becomes "look at this stream now", and the stream's ordinary incremental run fetches what
 * there is. What a call says is never taken for the record itself, so order and repetition do not matter. Returns when
 * nothing waits or `untilMs` (by `performance.now`) is over.
 */
export async function processInbox(deps: Deps, options: ProcessOptions = {}): Promise<InboxResult> {
  const { webhooksOf = declaredIn(deps.db), untilMs = Number.POSITIVE_INFINITY } = options;
  const result: InboxResult = { taken: 0, failed: 0, poked: 0, more: false };
  for (;;) {
    const claimed = await claim(deps);
    if (claimed.length === 0) return { ...result, more: false };
    failAt(deps.config, "inbox.after_claim");
    const schemes = await schemesOf(claimed, webhooksOf);
    const reads = claimed.map((call) => read(deps, call, schemes.get(connectorOf(call)) ?? null));
    const due = await bringForward(
      deps,
      reads.flatMap((one) => one.leads),
    );
    for (let i = 0; i < due.length; i += AT_ONCE) await Promise.all(due.slice(i, i + AT_ONCE).map((ref) => deps.keeping.pokeStream(ref)));
    await settle(deps, reads);
    result.taken += reads.length;
    result.failed += reads.filter((one) => one.fault !== null).length;
    result.poked += due.length;
    if (claimed.length < BATCH) return { ...result, more: false };
    if (performance.now() > untilMs) return { ...result, more: true };
  }
}
