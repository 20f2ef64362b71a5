import { sql } from "drizzle-orm";
import { asSystem } from "#server/db/tenancy";
import type { Deps } from "#server/lib/context";
import { failAt } from "#server/lib/failpoint";
import type { Sealed } from "#server/lib/vault";
import { isUsableId } from "#server/runtime/record-id";
import { type EventHint, hintsOf } from "#server/runtime/webhooks/events";
import type { InboxResult } from "#workflows/contract";
import { bringForward, type Lead } from "./bring-forward";
import { type Called, declaredIn } from "./declared";
import { openCall } from "./stored-call";
import { type Declared, type Way, waysOf } from "./ways";

const BATCH = 500;
/** A claim is anybody's again after this long: whoever made it has died. */
const LEASE_MS = 60_000;
/** A call claimed this often and never finished is not tried again. */
const MOST_ATTEMPTS = 5;
const AT_ONCE = 20;

type Claimed = Called & {
  endpointId: string;
  eventKey: string;
  customerId: string | null;
  connectionId: string | null;
  content: Sealed | null;
  attempts: number;
  integrationId: string;
  /** When it came in, as Postgres writes it. */
  receivedAt: string;
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
        i.connection_id as "connectionId", i.content, i.attempts, i.received_at::text as "receivedAt", g.id as "integrationId", g.connector_key as "connectorKey", g.connector_version as "connectorVersion", v.vendor_id as "vendorId"`),
  );
  return [...rows] as unknown as Claimed[];
}

type Read = { call: Claimed; leads: Lead[]; fault: string | null };

/** What one hint of a call leads to: the record itself where it can be had, else its whole stream. */
function leadOf(call: Claimed, hint: EventHint, way: Way): Lead {
  const { environmentId, integrationId, connectionId, receivedAt: calledAt } = call;
  const { object, account, record = null, gone = false } = hint;
  const lead = { environmentId, integrationId, connectionId, account, object, record: null };
  const id = hint.id !== null && isUsableId(hint.id) ? hint.id : null;
  if (way === "brought") {
    if (id === null) throw new TypeError("it does not say which record it is about");
    if (!gone && record === null) throw new TypeError("it brings no record");
    return { ...lead, record: { id, calledAt, carried: gone ? null : record, gone } };
  }
  return way === "pass" || id === null ? lead : { ...lead, record: { id, calledAt, carried: null, gone: false } };
}

/** What a claimed call says, or why it cannot be read. */
function read(deps: Deps, call: Claimed, declared: Declared | null): Read {
  try {
    if (call.attempts > MOST_ATTEMPTS) throw new Error(`given up: it was taken ${MOST_ATTEMPTS} times and never finished`);
    if (!declared) throw new Error("its connector takes no calls any more");
    if (!call.content) throw new Error("its content is gone");
    const leads = hintsOf(declared.webhooks, openCall(deps.vault, call, call.content))
      .filter((hint) => call.connectionId !== null || hint.account !== null)
      .map((hint) => leadOf(call, hint, declared.wayOf(hint.object)));
    return { call, leads, fault: null };
  } catch (error) {
    return { call, leads: [], fault: (error instanceof Error ? error.message : String(error)).slice(0, 500) };
  }
}

const US = "\u001f";
/** Stands for nothing: an empty text would make an array of one an array of none. */
const NONE = "-";
const list = (values: readonly string[]) => sql`string_to_array(${values.join(US)}, E'\\x1f')`;

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

/**
 * Looks at what came in: each call becomes "fetch this record now", or "look at this stream now" where it names none that can be
 * had by itself. What a call says is never taken for the record where there is somebody to ask, so order and repetition do not
 * matter. Returns when nothing waits or `untilMs` (by `performance.now`) is over.
 */
export async function processInbox(deps: Deps, options: { untilMs?: number } = {}): Promise<InboxResult> {
  const { untilMs = Number.POSITIVE_INFINITY } = options;
  const result: InboxResult = { taken: 0, failed: 0, poked: 0, more: false };
  for (;;) {
    const claimed = await claim(deps);
    if (claimed.length === 0) return { ...result, more: false };
    failAt(deps.config, "inbox.after_claim");
    const declaredOf = await waysOf(deps, claimed, declaredIn(deps.db));
    const reads = claimed.map((call) => read(deps, call, declaredOf(call)));
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
