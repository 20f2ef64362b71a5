import { and, eq } from "drizzle-orm";
import { models } from "#server/db/schema";
import { readScoped, withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { AppError } from "#server/lib/errors";
import { lockModel, noModel } from "./internal";

/** Puts a model away, or takes it out again. `conflict` while a template fills it; its key stays taken. */
export async function archiveModel(ctx: Ctx, input: { key: string; archived: boolean }): Promise<void> {
  const { environmentId } = ctx.scope;
  const users = await readScoped<{ name: string }[]>(
    ctx,
    (sql) => sql`
    select t.name from templates t
     where t.environment_id = ${environmentId} and t.status <> 'archived'
       and exists (select 1 from jsonb_array_elements(t.streams || coalesce(t.draft->'streams', '[]')) e where e.value->>'model' = ${input.key})
     order by t.name limit 5`,
  );
  if (input.archived && users.length > 0)
    throw new AppError(
      "conflict",
      `"${input.key}" is filled by ${users.map((one) => `“${one.name}”`).join(", ")}. Take it out of there first.`,
    );
  await withScope(ctx, async (tx) => {
    const row = await lockModel(ctx, tx, input.key);
    if (!row) throw noModel(input.key);
    await tx
      .update(models)
      .set({ archivedAt: input.archived ? (row.archivedAt ?? ctx.clock.now()) : null })
      .where(and(eq(models.id, row.id), eq(models.environmentId, environmentId)));
  });
}
