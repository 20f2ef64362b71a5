import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import type { ModelField } from "./schema";

export type ModelItem = {
  id: string;
  key: string;
  name: string;
  description: string;
  fields: ModelField[];
  version: number;
  updatedAt: Date;
  archivedAt: Date | null;
  /** How many templates fill it. */
  templates: number;
};

/** The objects of the vendor's own world, by name; those put away last. */
export async function listModels(ctx: Ctx): Promise<ModelItem[]> {
  const rows = await readScoped<(Omit<ModelItem, "updatedAt" | "archivedAt"> & { updatedAt: string; archivedAt: string | null })[]>(
    ctx,
    (sql) => sql`
    select m.id, m.key, m.name, m.description, m.fields, m.version, m.updated_at as "updatedAt", m.archived_at as "archivedAt",
           (select count(*)::int from templates t where t.environment_id = m.environment_id and t.status <> 'archived'
             and exists (select 1 from jsonb_array_elements(t.streams) e where e.value->>'model' = m.key)) as templates
      from models m where m.environment_id = ${ctx.scope.environmentId} order by m.archived_at is not null, m.name, m.id`,
  );
  return rows.map((row) => ({
    ...row,
    updatedAt: new Date(row.updatedAt),
    archivedAt: row.archivedAt === null ? null : new Date(row.archivedAt),
  }));
}
