import type postgres from "postgres";
import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { RunOutcome } from "#workflows/contract";

const FIRST_RETRY_MS = 30_000;
const LAST_RETRY_MS = 3_600_000;

/**
 * Whether nothing is to be done on the stream `s` but to pull when it is due: it is on and not paused, no run is open, it goes one way, its records are at
 * its mapping, all of them need not be read anew, no call has named one, and
 * nobody wants one tried again.
 */
export const isOrdinary = (sql: postgres.TransactionSql) => sql`(
  s.status = 'active' and cardinality(s.pause_reasons) = 0 and s.run_id is null and s.direction = 'pull' and s.mapping_version = s.mapped_version
  and not s.reread and not exists (select from named_records n where n.stream_id = s.id and n.read_at is null)
  and not exists (select from retries a where a.stream_id = s.id)
  and exists (select from connections c where c.id = s.connection_id and c.environment_id = s.environment_id and c.status <> 'disconnected'))`;

/** How long until the stream `s` is due, in ms; 0 = now. */
export const dueInMs = (sql: postgres.TransactionSql) =>
  sql`greatest(0, ceil(extract(epoch from s.due_at - clock_timestamp()) * 1000))::float8`;

/**
 * Closes the run and says when the stream is due again: after its interval, at once when it was asked for meanwhile, or after a
 * back-off that doubles with each failure. A refused credential pauses the stream for `auth`. Who asks while a run is failing, by hand or by
 * connecting the account anew, gets one more try at once: what failed began before. And an account that was connected anew since it refused us
 * pauses nothing: nobody would lift that. Calling it twice changes nothing.
 * Returns in how many ms the stream is due, or null when there may be other things to do (`claimRun` knows).
 */
export async function finishRun(ctx: Ctx, input: { streamId: string; runId: string; outcome: RunOutcome }): Promise<number | null> {
  const { outcome } = input;
  const failed = outcome.kind === "failed" ? outcome : null;
  const status = outcome.kind === "paused" ? "cancelled" : outcome.kind;
  const needsReconnect = failed !== null && ["reauth_required", "insufficient_scope", "account_mismatch"].includes(failed.code);
  const { environmentId, customerId } = ctx.scope;
  // Of the stream as it stands once its row is ours. A reading has set the trigger back when it began; a remap and a push left it as it was, so there the moment tells.
  const asked = (sql: postgres.TransactionSql) =>
    sql`(s.trigger <> 'schedule' and (r.kind not in ('remap', 'push') or s.due_at between r.started_at and clock_timestamp()))`;
  const [row] = await readScoped<{ due_in_ms: number | null }[]>(
    ctx,
    (sql) => sql`
    with r as (
      update runs set status = ${status}, finished_at = clock_timestamp(), error_code = ${failed?.code ?? null}, 
             error_message = case when ${status} = 'failed' then coalesce(error_message, ${failed?.message.slice(0, 1000) ?? null}) end
       where id = ${input.runId} and environment_id = ${environmentId} and customer_id = ${customerId ?? ""} and status = 'running'
      returning kind, error_message, started_at
    )
    update streams s set run_id = null, waiting_until = null,
      phase = case when ${status} = 'succeeded' and r.kind = 'backfill' then 'incremental' else s.phase end,
      last_success_at = case when ${status} = 'succeeded' and r.kind not in ('remap', 'named') and (r.kind <> 'push' or s.direction = 'push') then clock_timestamp() else s.last_success_at end,
      failures = case when ${status} = 'failed' then s.failures + 1 when ${status} = 'cancelled' or silent then s.failures else 0 end,
      failure_code = case when ${status} = 'cancelled' or silent then s.failure_code else ${failed?.code ?? null} end,
      failure_message = case when ${status} = 'cancelled' or silent then s.failure_message else r.error_message end,
      pause_reasons = case when ${needsReconnect} and not ${asked(sql)} and refused and not 'auth' = any (s.pause_reasons) then array_append(s.pause_reasons, 'auth') else s.pause_reasons end,
      due_at = case
        when ${status} = 'failed' and ${asked(sql)} then greatest(s.due_at, clock_timestamp() + ${failed?.retryAfterMs ?? 0}::float8 * interval '1 ms')
        when ${status} = 'failed' then clock_timestamp() + greatest(${failed?.retryAfterMs ?? 0}::float8, least(${LAST_RETRY_MS}::float8, ${FIRST_RETRY_MS} * power(2, least(s.failures, 20)))) * interval '1 ms'
        when s.trigger <> 'schedule' or r.kind in ('remap', 'named', 'push') then s.due_at
        else greatest(s.due_at, clock_timestamp() + s.interval_ms / 2 * interval '1 ms') end
     from (
       -- A remap that went well says nothing about the third party: a pull's failure and its back-off stay. Nor does a push about reading.
       select r.*, ${status} = 'succeeded' and r.kind = 'remap' and coalesce(x.failure_code, '') not in ('config_invalid', 'mapping_failed', 'platform_error')
              or ${status} = 'succeeded' and r.kind = 'push' and x.direction = 'two_way' as silent,
              -- A refused credential has put its connection in need of its customer; what else asks for a reconnect leaves it active.
              ${failed?.code ?? ""} <> 'reauth_required' or exists (
                select from connections c where c.id = x.connection_id and c.environment_id = x.environment_id and c.status = 'reauth') as refused
         from r join streams x on x.id = ${input.streamId} and x.environment_id = ${environmentId}
     ) r
     where s.id = ${input.streamId} and s.environment_id = ${environmentId} and s.run_id = ${input.runId}
    returning case when ${isOrdinary(sql)} then ${dueInMs(sql)} end as due_in_ms`,
  );
  return row?.due_in_ms ?? null;
}
