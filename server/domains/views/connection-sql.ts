import type postgres from "postgres";
import type { Scope } from "#server/lib/context";
import { ERRORS } from "#server/lib/errors";

type Sql = postgres.TransactionSql;
export type Fragment = postgres.PendingQuery<postgres.Row[]>;

/**
 * States by how much they matter: a connection is in the first state that one of its active streams is in, a customer in
 * the first of its connections.
 */
const RANKED = ["reauth", "attention", "syncing", "connecting", "delayed", "active", "paused", "disconnected"];

/** Failures that stay until a person does something. Every other failure heals by itself: `delayed`. */
const NEEDS_SOMEONE = Object.entries(ERRORS)
  .filter(([, facts]) => facts.fixer === "customer" || facts.fixer === "vendor")
  .map(([code]) => code);

const rank = (sql: Sql, state: Fragment) => sql`array_position(${RANKED}::text[], ${state})`;
const stateAt = (sql: Sql, position: Fragment) => sql`(${RANKED}::text[])[${position}]`;

/** State of one stream. In scope: `c` its connection, `s` the stream, `r` its run in flight or nulls. */
const streamState = (sql: Sql) => sql`case
  when c.status = 'disconnected' or s.status = 'off' then 'disconnected'
  when c.status = 'reauth' or 'auth' = any (s.pause_reasons) then 'reauth'
  when s.pause_reasons && array['customer', 'vendor'] then 'paused'
  when 'quarantine' = any (s.pause_reasons) or s.missing_count is not null or s.held_count > 0 or s.conflict_count > 0 then 'attention'
  when 'provider' = any (s.pause_reasons) then 'delayed'
  when r.id is null and s.failure_code = 'reauth_required' then 'reauth'
  when r.id is null and s.failure_code = any (${NEEDS_SOMEONE}::text[]) then 'attention'
  when r.id is null and s.failure_code is not null then 'delayed'
  when s.phase = 'backfill' and s.last_success_at is null and s.record_count + coalesce(r.seen, 0) = 0 then 'connecting'
  when r.id is not null or s.phase = 'backfill' then 'syncing'
  else 'active' end`;

const runInFlight = (sql: Sql) =>
  sql`left join runs r on r.environment_id = s.environment_id and r.customer_id = s.customer_id and r.id = s.run_id and r.status = 'running'`;
const ofConnection = (sql: Sql) => sql`s.environment_id = c.environment_id and s.customer_id = c.customer_id and s.connection_id = c.id`;

/** The worst state of connection `c`'s active streams, as `st.rank`: all that a filter or a count needs. */
const rankOf = (sql: Sql) => sql`left join lateral (
  select min(${rank(sql, streamState(sql))}) as rank from streams s ${runInFlight(sql)}
   where ${ofConnection(sql)} and s.status = 'active'
) st on true`;

/** Fields of stream `s` that its customer was to map and nothing fills, as `leftOpen` of the mapping says. */
const leftOpen = (sql: Sql) => sql`coalesce((
  select count(*)::int
    from mappings m cross join jsonb_each(m.choices) e
    left join lateral (select o.overrides->e.key as patch from stream_overrides o
                        where o.stream_id = s.id and o.environment_id = s.environment_id order by o.n desc limit 1) p on true
   where m.environment_id = s.environment_id and m.template_id = s.template_id and m.stream_key = s.key and m.version = s.template_version
     and m.status <> 'draft' and e.value->>'customer' = 'must_choose'
     and case when p.patch is null then not exists (select 1 from jsonb_array_elements(m.fields) f where f->>'target' = e.key)
              else jsonb_typeof(p.patch->'field') = 'null' end
     and exists (select 1 from models x where x.environment_id = s.environment_id and x.key = s.model_key
                    and x.fields @> jsonb_build_array(jsonb_build_object('key', e.key)))), 0)`;

/** What a customer has to decide about stream `s`'s mapping: drifts that are open and not the vendor's, fields both sides have changed, and those left to them. */
const decisions = (sql: Sql) => sql`case when s.status = 'active' then
  (select count(*)::int from drifts d where d.stream_id = s.id and d.environment_id = s.environment_id and d.status = 'open'
     and not (coalesce((d.detail->>'filter')::boolean, false) and not coalesce((d.detail->>'own')::boolean, false) and (d.kind in ('removed', 'renamed') or d.detail->'targets' = '[]')))
  + coalesce((select jsonb_array_length(o.conflicts) from stream_overrides o
      where o.stream_id = s.id and o.environment_id = s.environment_id order by o.n desc limit 1), 0) + ${leftOpen(sql)} else 0 end`;

/** The streams of connection `c`, as `st.streams` (JSON, in the template's order) and `st.rank`. */
const streamsOf = (sql: Sql) => sql`left join lateral (
  select min(${rank(sql, sql`x.state`)}) filter (where x.status = 'active') as rank,
         coalesce(jsonb_agg(to_jsonb(x) order by x."createdAt", x.ordinal, x.id), '[]') as streams
    from (
      select s.id, s.key, s.template_id as "templateId", coalesce(l.label, s.key) as label, l.ordinal, s.object, s.model_key as "modelKey", s.direction, s.held_count as "heldCount", s.conflict_count as "conflictCount", s.status, s.phase,
             ${streamState(sql)} as state, s.record_count as "recordCount", s.quarantine_count as "quarantineCount",
             s.template_version as "templateVersion", s.mapping_version as "mappingVersion", s.mapped_version as "mappedVersion", s.pause_reasons as "pauseReasons",
             s.last_success_at as "lastSuccessAt", s.created_at as "createdAt", s.total_estimate as "totalEstimate",
             case when c.status = 'active' and s.status = 'active' and cardinality(s.pause_reasons) = 0 then s.due_at end as "nextRunAt",
             case when r.id is not null and s.waiting_until > clock_timestamp() then s.waiting_until end as "waitingUntil",
             s.failure_code as "failureCode", s.failure_message as "failureMessage", ${decisions(sql)} as decisions,
             s.missing_count as "missingCount", s.missing_left_out as "missingLeftOut", s.missing_since as "missingSince",
             r.id as "runId", r.kind as "runKind", r.seen as "runSeen", extract(epoch from clock_timestamp() - r.started_at)::float8 as "runSeconds"
        from streams s
        ${runInFlight(sql)}
        left join templates t on t.environment_id = s.environment_id and t.id = s.template_id
        left join lateral (
          select e.value->>'label' as label, e.ordinality as ordinal
            from jsonb_array_elements(t.streams) with ordinality e where e.value->>'key' = s.key limit 1
        ) l on true
       where ${ofConnection(sql)}
    ) x
) st on true`;

/** State of connection `c` once {@link streamsOf} or {@link rankOf} is joined. Without an active stream it is simply connected. */
const connectionState = (sql: Sql) => sql`case c.status when 'disconnected' then 'disconnected' when 'reauth' then 'reauth'
  else coalesce(${stateAt(sql, sql`st.rank`)}, 'active') end`;

/** Worst state of the customer with the id `customer`, as a scalar; null without a connection. */
export const customerState = (sql: Sql, scope: Scope, customer: Fragment) => sql`(
  select ${stateAt(sql, sql`min(${rank(sql, connectionState(sql))})`)}
    from connections c ${rankOf(sql)}
   where c.environment_id = ${scope.environmentId} and c.customer_id = ${customer}
)`;

/**
 * What needs a person first, then what waits, then what is well: the order of a list that is looked through for trouble. Behind
 * them all, as null, customers without a connection.
 */
const URGENCY = ["reauth", "attention", "delayed", "paused", "connecting", "syncing", "active", "disconnected"];

/**
 * All connections in scope as `id`, `customer_id`, `state` and the `failure` behind it. One pass over streams and connections: for
 * counts and lists over everything, where {@link connectionStates} would look up each by itself.
 */
export const allConnectionStates = (sql: Sql, scope: Scope) => sql`
  select c.id, c.customer_id, ${connectionState(sql)} as state,
         case when c.status = 'reauth' then 'reauth_required' else st.failure end as failure
    from connections c
    left join (
      select s.customer_id, s.connection_id, min(${rank(sql, streamState(sql))}) as rank,
             (array_agg(coalesce(case when s.missing_count is not null then 'delete_guard_tripped' end, s.failure_code,
                case when 'quarantine' = any (s.pause_reasons) then 'record_invalid' end)
                order by ${rank(sql, streamState(sql))}))[1] as failure
        from streams s
        join connections c on ${ofConnection(sql)}
        ${runInFlight(sql)}
       where s.environment_id = ${scope.environmentId} and s.status = 'active'
       group by s.customer_id, s.connection_id
    ) st on st.customer_id = c.customer_id and st.connection_id = c.id
   where c.environment_id = ${scope.environmentId} ${ofCustomer(sql, scope, sql`c.customer_id`)}`;

/**
 * Every customer in scope that has connections, as `customer_id`, `state` (the worst of its connections), `urgency` (1 = first to be
 * looked at) and the `failure` behind it.
 */
export const customerStates = (sql: Sql, scope: Scope) => sql`
  select k.customer_id, ${stateAt(sql, sql`min(${rank(sql, sql`k.state`)})`)} as state,
         min(array_position(${URGENCY}::text[], k.state)) as urgency,
         (array_agg(k.failure order by array_position(${URGENCY}::text[], k.state), k.failure) filter (where k.failure is not null))[1] as failure
    from (${allConnectionStates(sql, scope)}) k
   group by k.customer_id`;

/** Connections in scope that meet `where` (on `c`, `cu` customer) as `id`, `state`. Without a use of `state`, that costs nothing. */
export const connectionStates = (sql: Sql, scope: Scope, where: Fragment = sql``) => sql`
  select c.id, ${connectionState(sql)} as state
    from connections c
    join customers cu on cu.environment_id = c.environment_id and cu.id = c.customer_id
    ${rankOf(sql)}
   where c.environment_id = ${scope.environmentId} ${ofCustomer(sql, scope, sql`c.customer_id`)} ${where}`;

/**
 * Connections in scope that meet `where` (on `c` connection, `cu` customer, `i` integration), one row each, in the shape of
 * {@link ConnectionRow}. Much work a row: choose the page by {@link connectionStates} first.
 */
export const connectionRows = (sql: Sql, scope: Scope, where: Fragment) => sql`
  select c.id, c.integration_id as "integrationId", i.name as "integrationName", i.connector_key as "connectorKey",
         c.customer_id as "customerId", cu.name as "customerName", c.status, c.status_reason as "statusReason",
         c.account_id as "accountId", c.account_label as "accountLabel", c.created_at as "createdAt",
         ${connectionState(sql)} as state, st.streams
    from connections c
    join customers cu on cu.environment_id = c.environment_id and cu.id = c.customer_id
    join integrations i on i.environment_id = c.environment_id and i.id = c.integration_id
    ${streamsOf(sql)}
   where c.environment_id = ${scope.environmentId} ${ofCustomer(sql, scope, sql`c.customer_id`)} ${where}`;

/** The second wall in words: narrows to the scope's customer when it names one. */
export const ofCustomer = (sql: Sql, scope: Scope, column: Fragment) =>
  scope.customerId === undefined ? sql`` : sql`and ${column} = ${scope.customerId}`;

/** The fragment for a filter that is given, nothing for one that is not. */
export const given = <T>(sql: Sql, value: T | null | undefined, part: (value: T) => Fragment): Fragment =>
  value === undefined || value === null ? sql`` : part(value);
