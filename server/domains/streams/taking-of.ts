import type { ModelField } from "#server/domains/models/schema";
import { compileMapping } from "#server/mapping/compile";
import { ensureExpressions } from "#server/mapping/expression-slot";
import { compileFilter } from "#server/mapping/filter";
import type { FieldMapping } from "#server/mapping/schema";
import type { Taking } from "./page-batch";

type Given = { fields: readonly FieldMapping[]; filter: string | null; model: readonly ModelField[]; version: number };

/** Compiles a mapping and its filter for use on pages: of a run, and of a dry run. Throws RangeError for what cannot work. */
export async function takingOf({ fields, filter, model, version }: Given): Promise<Taking> {
  await ensureExpressions(fields, filter);
  return { mapping: compileMapping(fields, model), filter: filter === null ? null : compileFilter(filter), version };
}
