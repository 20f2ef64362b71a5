import { readScoped } from "#server/db/tenancy";
import { ofCustomer } from "#server/domains/views/connection-sql";
import { audienceOf } from "#server/domains/views/problem";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { RunRow } from "#server/trpc/views";
import { runRow, runRows, type StoredRun } from "./run-sql";

/** One run with its counts. */
export async function getRun(ctx: Ctx, input: { runId: string }): Promise<RunRow> {
  const [row] = await readScoped<StoredRun[]>(ctx, (sql) => {
    const where = sql`r.environment_id = ${ctx.scope.environmentId} and r.id = ${input.runId} ${ofCustomer(sql, ctx.scope, sql`r.customer_id`)}`;
    return sql`${runRows(sql, where, 1)}`;
  });
  if (!row) throw new AppError("not_found", `no run ${input.runId} here`);
  return runRow(row, audienceOf(ctx));
}
