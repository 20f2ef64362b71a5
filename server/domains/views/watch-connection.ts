import { setTimeout as sleep } from "node:timers/promises";
import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionView } from "#server/trpc/views";
import { ofCustomer } from "./connection-sql";
import { getConnection } from "./get-connection";

const BUSY_MS = 500;
const IDLE_MS = 2_000;

/**
 * Changes when anything a screen shows of the connection does: the transaction ids of its rows. A few indexed reads, and no
 * connection is held between two looks.
 */
async function lookAt(ctx: Ctx, connectionId: string): Promise<{ version: string; busy: boolean }> {
  const [row] = await readScoped<{ version: string; busy: boolean }[]>(
    ctx,
    (sql) => sql`
    select max(c.xmin::text) || coalesce(string_agg('.' || s.xmin::text || coalesce('-' || r.xmin::text, ''), '' order by s.id), '') as version,
           coalesce(bool_or(r.id is not null or (s.status = 'active' and s.pause_reasons = '{}' and s.due_at <= clock_timestamp())), false) as busy
      from connections c
      left join streams s on s.environment_id = c.environment_id and s.customer_id = c.customer_id and s.connection_id = c.id
      left join runs r on r.environment_id = s.environment_id and r.customer_id = s.customer_id and r.id = s.run_id and r.status = 'running'
     where c.environment_id = ${ctx.scope.environmentId} and c.id = ${connectionId} ${ofCustomer(sql, ctx.scope, sql`c.customer_id`)}
     group by c.id`,
  );
  if (!row) throw new AppError("not_found", `no connection ${connectionId} here`);
  return row;
}

/**
 * The connection now, and again after every change, until `signal` aborts. With `lastEventId` (the version seen last) the
 * first one is left out if nothing has changed since. Looks twice a second while a run is in flight or due, else every two seconds.
 */
export async function* watchConnection(
  ctx: Ctx,
  input: { connectionId: string; lastEventId?: string | null | undefined },
  signal: AbortSignal | undefined,
): AsyncGenerator<{ version: string; view: ConnectionView }> {
  let seen = input.lastEventId ?? null;
  while (!signal?.aborted) {
    const { version, busy } = await lookAt(ctx, input.connectionId);
    if (version !== seen) {
      seen = version;
      yield { version, view: await getConnection(ctx, input) };
    }
    await sleep(busy ? BUSY_MS : IDLE_MS, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}
