import { readScoped } from "#server/db/tenancy";
import { runRow, runRows, type StoredRun } from "#server/domains/runs/run-sql";
import { connectionRows, connectionStates, ofCustomer } from "#server/domains/views/connection-sql";
import { type ConnectionRow, connectionView } from "#server/domains/views/connection-view";
import { audienceOf } from "#server/domains/views/problem";
import type { Ctx } from "#server/lib/context";
import type { ConnectionState, Overview } from "#server/trpc/views";

const ATTENTION_LIMIT = 10;
const RUNS_LIMIT = 10;

type Row = {
  customers: number;
  connections: Partial<Record<ConnectionState, number>>;
  attention: ConnectionRow[];
  records: number;
  quarantined: number;
  runs24h: Overview["runs24h"];
  activity: { hour: string; created: number; updated: number; failedRuns: number }[];
  recentRuns: StoredRun[];
};

const NONE = { connecting: 0, active: 0, syncing: 0, delayed: 0, attention: 0, reauth: 0, paused: 0, disconnected: 0 };

/** The state of the whole environment for the first screen, in one statement. Hours are whole hours in UTC, the last one still running. */
export async function getOverview(ctx: Ctx): Promise<Overview> {
  const { scope } = ctx;
  const env = scope.environmentId;
  const [row] = await readScoped<Row[]>(ctx, (sql) => {
    const own = ofCustomer(sql, scope, sql`customer_id`);
    const urgent = connectionRows(
      sql,
      scope,
      sql`and c.id = any (array(select id from states where state in ('reauth', 'attention') order by id desc limit ${ATTENTION_LIMIT}))`,
    );
    return sql`
    with states as materialized (${connectionStates(sql, scope)}), hours as (
      select h as hour from generate_series(date_trunc('hour', now(), 'UTC') - interval '23 hours', now(), interval '1 hour') h
    ), recent as materialized (
      select id, status, finished_at from runs
       where environment_id = ${env} and started_at > now() - interval '48 hours' ${own}
    )
    select (select count(*)::int from customers where environment_id = ${env} ${ofCustomer(sql, scope, sql`id`)}) as customers,
      (select coalesce(jsonb_object_agg(state, n), '{}') from (select state, count(*)::int as n from states group by state) x) as connections,
      (select coalesce(jsonb_agg(to_jsonb(x) order by x.id desc), '[]') from (${urgent}) x) as attention,
      f.records, f.quarantined,
      (select jsonb_build_object('succeeded', count(*) filter (where status = 'succeeded' and finished_at > now() - interval '24 hours'),
         'failed', count(*) filter (where status = 'failed' and finished_at > now() - interval '24 hours'),
         'running', (select count(*) from runs where environment_id = ${env} and status = 'running' ${own})) from recent) as "runs24h",
      (select jsonb_agg(jsonb_build_object('hour', h.hour, 'created', coalesce(p.created, 0), 'updated', coalesce(p.updated, 0),
         'failedRuns', coalesce(x.failed, 0)) order by h.hour) from hours h
         left join (select date_trunc('hour', p.at, 'UTC') as hour, sum(p.created)::int as created, sum(p.updated)::int as updated
           from recent r join run_pages p on p.run_id = r.id and p.environment_id = ${env} group by 1) p on p.hour = h.hour
         left join (select date_trunc('hour', finished_at, 'UTC') as hour, count(*)::int as failed
           from recent where status = 'failed' group by 1) x on x.hour = h.hour) as activity,
      (select coalesce(jsonb_agg(to_jsonb(x) order by x."startedAt" desc, x.id desc), '[]')
         from (${runRows(sql, sql`r.environment_id = ${env} ${ofCustomer(sql, scope, sql`r.customer_id`)}`, RUNS_LIMIT)}) x) as "recentRuns"
      from (select coalesce(sum(record_count), 0)::float8 as records, coalesce(sum(quarantine_count), 0)::float8 as quarantined
              from streams where environment_id = ${env} ${own}) f`;
  });
  if (!row) throw new Error("an aggregate without a row");
  const audience = audienceOf(ctx);
  return {
    ...row,
    connections: { ...NONE, ...row.connections },
    attention: row.attention.map((item) => connectionView(item, audience)),
    activity: row.activity.map((entry) => ({ ...entry, hour: new Date(entry.hour) })),
    recentRuns: row.recentRuns.map((item) => runRow(item, audience)),
  };
}
