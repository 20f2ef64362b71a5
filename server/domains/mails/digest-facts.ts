import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { ERRORS, type Fixer, isErrorCode } from "#server/lib/errors";
import { listNotices } from "../overview/list-notices";
import { allConnectionStates } from "../views/connection-sql";

/** Figures of one environment's customers, without the vendor's own test ones. */
export type DigestFacts = {
  /** With at least one connection. */
  customers: number;
  /** Customers in trouble, each counted once, by who can do something about the worst of it. */
  attention: Record<Fixer, number>;
  /** In the time of the digest. */
  fresh: number;
  records: number;
  healed: number;
  /** What waits for the vendor now. */
  deletesHeld: number;
  conflicts: number;
  requests: number;
  endpointsOff: number;
  consumersBehind: number;
};

type Trouble = { state: "reauth" | "attention" | "delayed"; failure: string | null; n: number };
type Row = Pick<DigestFacts, "customers" | "fresh" | "records" | "healed" | "deletesHeld" | "conflicts" | "requests"> & {
  troubles: Trouble[];
};

/** What a connection waits for: without a failure it is a question to the vendor or to both, such as a conflict. */
function fixerOf({ state, failure }: Trouble): Fixer {
  if (failure !== null && isErrorCode(failure)) return ERRORS[failure].fixer;
  return state === "reauth" ? "customer" : state === "delayed" ? "provider" : "vendor";
}

function readFacts(ctx: Ctx, days: number): Promise<Row[]> {
  const env = ctx.scope.environmentId;
  return readScoped<Row[]>(ctx, (sql) => {
    const since = sql`now() - ${days} * interval '1 day'`;
    return sql`
    with states as materialized (
      select x.* from (${allConnectionStates(sql, ctx.scope)}) x
        join customers cu on cu.environment_id = ${env} and cu.id = x.customer_id and not cu.internal
       where x.state <> 'disconnected'
    ), worst as (
      select distinct on (customer_id) customer_id, state, failure from states where state in ('reauth', 'attention', 'delayed')
       order by customer_id, array_position(array['attention', 'reauth', 'delayed'], state)
    ), own as (
      select s.* from streams s join customers cu on cu.environment_id = s.environment_id and cu.id = s.customer_id and not cu.internal
       where s.environment_id = ${env} and s.status = 'active'
    )
    select (select count(distinct customer_id)::int from states) as customers,
      (select coalesce(jsonb_agg(jsonb_build_object('state', state, 'failure', failure, 'n', n)), '[]')
         from (select state, failure, count(*)::int as n from worst group by 1, 2) w) as troubles,
      (select count(*)::int from states st join connections c on c.id = st.id and c.environment_id = ${env} where c.created_at >= ${since}) as fresh,
      (select coalesce(sum(r.created + r.updated + r.deleted), 0)::float8 from runs r join own s on s.id = r.stream_id
        where r.environment_id = ${env} and r.started_at >= ${since}) as records,
      (select count(distinct s.id)::int from own s join runs r on r.stream_id = s.id and r.environment_id = ${env}
        where r.status = 'failed' and r.started_at >= ${since} and s.failure_code is null and cardinality(s.pause_reasons) = 0
          and s.last_success_at > r.finished_at) as healed,
      (select count(*)::int from own where missing_count is not null) as "deletesHeld",
      (select coalesce(sum(conflict_count), 0)::int from own) as conflicts,
      (select count(distinct q.customer_id)::int from integration_requests q where q.environment_id = ${env} and q.created_at >= ${since}) as requests`;
  });
}

/** How the environment's customers fared in the last `days`, and what waits for the vendor now. Two statements, whatever there is. */
export async function digestFacts(ctx: Ctx, days: number): Promise<DigestFacts> {
  const [[row], notices] = await Promise.all([readFacts(ctx, days), listNotices(ctx)]);
  if (!row) throw new Error("an aggregate without a row");
  const { troubles, ...counted } = row;
  const attention: Record<Fixer, number> = { customer: 0, vendor: 0, provider: 0, inlay: 0 };
  for (const trouble of troubles) attention[fixerOf(trouble)] += trouble.n;
  const endpointsOff = notices.filter(({ kind }) => kind === "endpointOff").length;
  return { ...counted, attention, endpointsOff, consumersBehind: notices.length - endpointsOff };
}
