import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import type { ConnectionView } from "#server/trpc/views";
import { connectionRows } from "./connection-sql";
import { type ConnectionRow, connectionView } from "./connection-view";
import { audienceOf } from "./problem";

/** One connection with its streams as they stand now. */
export async function getConnection(ctx: Ctx, input: { connectionId: string }): Promise<ConnectionView> {
  const [row] = await readScoped<ConnectionRow[]>(
    ctx,
    (sql) => sql`${connectionRows(sql, ctx.scope, sql`and c.id = ${input.connectionId}`)}`,
  );
  if (!row) throw new AppError("not_found", `no connection ${input.connectionId} here`);
  return connectionView(row, audienceOf(ctx));
}
