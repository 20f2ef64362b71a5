import type postgres from "postgres";
import type { ModelField } from "#server/domains/models/schema";
import { compileMapping } from "#server/mapping/compile";
import { ensureExpressions } from "#server/mapping/expression-slot";
import type { FieldMapping } from "#server/mapping/schema";

/** The mapping that a stream runs by, compiled, as the vendor published it. */
export async function mappingInForce(owner: postgres.Sql, streamId: string) {
  const [row] = await owner<{ fields: FieldMapping[]; model: ModelField[] }[]>`
    select m.fields, o.fields as model from streams s
      join mappings m on m.template_id = s.template_id and m.stream_key = s.key and m.version = s.template_version
      join models o on o.environment_id = s.environment_id and o.key = s.model_key
     where s.id = ${streamId}`;
  if (!row) throw new Error("the stream has no mapping");
  await ensureExpressions(row.fields);
  return compileMapping(row.fields, row.model);
}
