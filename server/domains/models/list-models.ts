import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { ModelField } from "./schema";

export type ModelItem = { id: string; key: string; name: string; fields: ModelField[] };

/** The objects of the vendor's own world, by name. */
export async function listModels(ctx: Ctx): Promise<ModelItem[]> {
  const rows = await readScoped<ModelItem[]>(
    ctx,
    (sql) => sql`select id, key, name, fields from models where environment_id = ${ctx.scope.environmentId} order by name, id`,
  );
  return [...rows];
}
