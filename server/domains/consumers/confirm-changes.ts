import { sql } from "drizzle-orm";
import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { noSuch } from "./internal";

/**
 * Notes that a consumer is done with all up to `position`; never moves it back. `conflict` for more than it was given: then it was moved
 * meanwhile, or another reader's position was taken for this one's.
 */
export async function confirmChanges(ctx: Ctx, { name, position }: { name: string; position: number }): Promise<{ position: number }> {
  const { environmentId } = ctx.scope;
  const [row] = await withScope(ctx, (tx) =>
    tx.execute<{ position: string; given: string }>(sql`
      update consumers set seen_at = now(), position = case when ${position}::bigint <= given then greatest(position, ${position}::bigint) else position end
       where environment_id = ${environmentId} and name = ${name} returning position, given`),
  );
  if (!row) throw noSuch(name);
  if (position > Number(row.given)) {
    const message = `"${name}" was given changes up to ${row.given}, not ${position}: it may have been moved. Read on without \`after\`.`;
    throw new AppError("conflict", message, { details: { position: Number(row.position), given: Number(row.given) } });
  }
  return { position: Number(row.position) };
}
