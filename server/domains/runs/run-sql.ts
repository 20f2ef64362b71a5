import type postgres from "postgres";
import type { Fragment } from "#server/domains/views/connection-sql";
import { type Audience, problemOf } from "#server/domains/views/problem";
import type { RunKind, RunRow, RunStatus } from "#server/trpc/views";
import { inWordsOf } from "#server/words/connector-words";

type Moment = Date | string;

export type StoredRun = {
  id: string;
  streamId: string;
  kind: RunKind;
  trigger: string;
  status: RunStatus;
  pages: number;
  seen: number;
  created: number;
  updated: number;
  deleted: number;
  skipped: number;
  unchanged: number;
  quarantined: number;
  legs: number;
  errorCode: string | null;
  errorMessage: string | null;
  startedAt: Moment;
  finishedAt: Moment | null;
  customerId: string;
  customerName: string;
  integrationName: string;
  streamLabel: string;
  /** `startedAt` as text with microseconds, for the cursor. */
  at: string;
};

/** Runs that meet `where` (on `r`), newest first, `limit` at most, in the shape of {@link StoredRun}. */
export const runRows = (sql: postgres.TransactionSql, where: Fragment, limit: number) => sql`
  select r.id, r.stream_id as "streamId", r.kind, r.trigger, r.status, r.pages, r.seen, r.created, r.updated, r.deleted, r.skipped, r.unchanged, r.quarantined, r.legs,
         r.error_code as "errorCode", r.error_message as "errorMessage", r.started_at as "startedAt", r.finished_at as "finishedAt",
         r.customer_id as "customerId", cu.name as "customerName", i.name as "integrationName", coalesce(l.label, s.key) as "streamLabel",
         r.started_at::text as at
    from (select r.* from runs r where ${where} order by r.started_at desc, r.id desc limit ${limit}) r
    join streams s on s.environment_id = r.environment_id and s.customer_id = r.customer_id and s.id = r.stream_id
    join customers cu on cu.environment_id = r.environment_id and cu.id = r.customer_id
    join templates t on t.environment_id = s.environment_id and t.id = s.template_id
    join integrations i on i.environment_id = t.environment_id and i.id = t.integration_id
    left join lateral (select e->>'label' as label from jsonb_array_elements(t.streams) e where e->>'key' = s.key limit 1) l on true
   order by r.started_at desc, r.id desc`;

/** A run in its reader's words. */
export function runRow(row: StoredRun, audience: Audience): RunRow {
  const { errorCode, errorMessage, at: _, ...run } = row;
  return {
    ...run,
    streamLabel: audience === "vendor" ? run.streamLabel : inWordsOf(audience.language, run.streamLabel),
    problem: errorCode === null ? null : problemOf(audience, errorCode, errorMessage),
    startedAt: new Date(row.startedAt),
    finishedAt: row.finishedAt === null ? null : new Date(row.finishedAt),
  };
}
