import { readScoped } from "#server/db/tenancy";
import { runRow, runRows, type StoredRun } from "#server/domains/runs/run-sql";
import { allConnectionStates, connectionRows, ofCustomer } from "#server/domains/views/connection-sql";
import { type ConnectionRow, connectionView } from "#server/domains/views/connection-view";
import { audienceOf } from "#server/domains/views/problem";
import type { Ctx } from "#server/lib/context";
import type { ConnectionState, Overview } from "#server/trpc/views";
import { askFrom, completeHours, type HourFacts, shownHours } from "./hours";

const ATTENTION_LIMIT = 8;
const RUNS_LIMIT = 8;

type Row = {
  customers: number;
  connections: Partial<Record<ConnectionState, number>>;
  attention: ConnectionRow[];
  records: number;
  quarantined: number;
  hours: { hour: string; started: number; created: number; updated: number }[];
  ended: { hour: string; status: string; n: number }[];
  running: { n: number; recent: number };
  recentRuns: StoredRun[];
};

const NONE = { connecting: 0, active: 0, syncing: 0, delayed: 0, attention: 0, reauth: 0, paused: 0, disconnected: 0 };

/** One statement. Pages and runs are added up from `from` on only; what was before is remembered. */
function readOverview(ctx: Ctx, from: Date, since: Date): Promise<Row[]> {
  const { scope } = ctx;
  const env = scope.environmentId;
  return readScoped<Row[]>(ctx, (sql) => {
    const own = ofCustomer(sql, scope, sql`customer_id`);
    const urgent = connectionRows(
      sql,
      scope,
      sql`and c.id = any (array(select id from states where state in ('reauth', 'attention')
            order by array_position(array['reauth', 'attention'], state), id desc limit ${ATTENTION_LIMIT}))`,
    );
    return sql`
    with states as materialized (${allConnectionStates(sql, scope)}), written as (
      select date_trunc('hour', at, 'UTC') as hour, sum(created)::int as created, sum(updated)::int as updated
        from run_pages where environment_id = ${env} and at >= ${from} ${own} group by 1
    ), begun as (
      select date_trunc('hour', started_at, 'UTC') as hour, count(*)::int as started
        from runs where environment_id = ${env} and started_at >= ${from} ${own} group by 1
    )
    select (select count(*)::int from customers where environment_id = ${env} ${ofCustomer(sql, scope, sql`id`)}) as customers,
      (select coalesce(jsonb_object_agg(state, n), '{}') from (select state, count(*)::int as n from states group by state) x) as connections,
      (select coalesce(jsonb_agg(to_jsonb(x) order by array_position(array['reauth', 'attention'], x.state), x.id desc), '[]')
         from (${urgent}) x) as attention,
      f.records, f.quarantined,
      (select coalesce(jsonb_agg(jsonb_build_object('hour', hour, 'started', coalesce(started, 0), 'created', coalesce(created, 0),
         'updated', coalesce(updated, 0))), '[]') from written full join begun using (hour)) as hours,
      (select coalesce(jsonb_agg(jsonb_build_object('hour', x.hour, 'status', x.status, 'n', x.n)), '[]') from (
         select date_trunc('hour', coalesce(finished_at, started_at), 'UTC') as hour, status, count(*)::int as n from runs
          where environment_id = ${env} and status in ('failed', 'cancelled') and started_at >= ${since} ${own} group by 1, 2) x) as ended,
      (select jsonb_build_object('n', count(*), 'recent', count(*) filter (where started_at >= ${since})) from runs
        where environment_id = ${env} and status = 'running' ${own}) as running,
      (select coalesce(jsonb_agg(to_jsonb(x) order by x."startedAt" desc, x.id desc), '[]')
         from (${runRows(sql, sql`r.environment_id = ${env} ${ofCustomer(sql, scope, sql`r.customer_id`)}`, RUNS_LIMIT)}) x) as "recentRuns"
      from (select coalesce(sum(record_count), 0)::float8 as records, coalesce(sum(quarantine_count), 0)::float8 as quarantined
              from streams where environment_id = ${env} ${own}) f`;
  });
}

const total = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + n, 0);

/** Runs that began in the shown hours, by how they ended. The good ones are what is left of all that began. */
function runsOf(hours: readonly HourFacts[], { ended, running }: Pick<Row, "ended" | "running">): Overview["runs24h"] {
  const failed = total(ended.filter(({ status }) => status === "failed").map(({ n }) => n));
  const others = total(ended.map(({ n }) => n)) + running.recent;
  return { succeeded: Math.max(0, total(hours.map(({ started }) => started)) - others), failed, running: running.n };
}

/**
 * The state of the whole environment for the first screen, in one statement. Hours are whole hours in UTC, the last one still
 * running; "24 hours" are these 24.
 */
export async function getOverview(ctx: Ctx): Promise<Overview> {
  const scope = `${ctx.scope.environmentId} ${ctx.scope.customerId ?? ""}`;
  const now = ctx.clock.now().getTime();
  const [first = now] = shownHours(now);
  const [row] = await readOverview(ctx, new Date(askFrom(ctx.db, scope, now)), new Date(first));
  if (!row) throw new Error("an aggregate without a row");
  const audience = audienceOf(ctx);
  const hours = completeHours(
    ctx.db,
    scope,
    now,
    row.hours.map((facts) => ({ ...facts, hour: Date.parse(facts.hour) })),
  );
  const failedIn = (hour: number) =>
    total(row.ended.filter((one) => one.status === "failed" && Date.parse(one.hour) === hour).map(({ n }) => n));
  return {
    customers: row.customers,
    connections: { ...NONE, ...row.connections },
    records: row.records,
    quarantined: row.quarantined,
    runs24h: runsOf(hours, row),
    attention: row.attention.map((item) => connectionView(item, audience)),
    activity: hours.map(({ hour, created, updated }) => ({ hour: new Date(hour), created, updated, failedRuns: failedIn(hour) })),
    recentRuns: row.recentRuns.map((item) => runRow(item, audience)),
  };
}
