import { readScoped } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { noModel } from "./internal";
import type { ModelField } from "./schema";

export type ModelDetail = {
  id: string;
  key: string;
  name: string;
  description: string;
  fields: ModelField[];
  version: number;
  updatedBy: string;
  updatedAt: Date;
  archivedAt: Date | null;
  /** Streams of templates that fill it. */
  usedBy: { templateId: string; template: string; stream: string }[];
  /** What it was before, newest first. */
  history: { version: number; name: string; fields: ModelField[]; createdBy: string; createdAt: Date }[];
};

type Row = Omit<ModelDetail, "updatedAt" | "archivedAt" | "history"> & {
  updatedAt: string;
  archivedAt: string | null;
  history: (Omit<ModelDetail["history"][number], "createdAt"> & { createdAt: string })[];
};

/** One model with its history and who fills it, in one statement. */
export async function getModel(ctx: Ctx, input: { key: string }): Promise<ModelDetail> {
  const { environmentId } = ctx.scope;
  const [row] = await readScoped<Row[]>(
    ctx,
    (sql) => sql`
    select m.id, m.key, m.name, m.description, m.fields, m.version, m.updated_by as "updatedBy", m.updated_at as "updatedAt", m.archived_at as "archivedAt",
           (select coalesce(jsonb_agg(jsonb_build_object('templateId', t.id, 'template', t.name, 'stream', e.value->>'label') order by t.name, e.ordinality), '[]')
              from templates t cross join jsonb_array_elements(t.streams) with ordinality e
             where t.environment_id = m.environment_id and t.status <> 'archived' and e.value->>'model' = m.key) as "usedBy",
           (select coalesce(jsonb_agg(jsonb_build_object('version', v.version, 'name', v.name, 'fields', v.fields, 'createdBy', v.created_by,
                     'createdAt', v.created_at) order by v.version desc), '[]')
              from (select * from model_versions v where v.model_id = m.id and v.environment_id = m.environment_id order by v.version desc limit 50) v) as history
      from models m where m.environment_id = ${environmentId} and m.key = ${input.key}`,
  );
  if (!row) throw noModel(input.key);
  return {
    ...row,
    updatedAt: new Date(row.updatedAt),
    archivedAt: row.archivedAt === null ? null : new Date(row.archivedAt),
    history: row.history.map((one) => ({ ...one, createdAt: new Date(one.createdAt) })),
  };
}
