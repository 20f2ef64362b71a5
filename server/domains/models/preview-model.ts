import { withScope } from "#server/db/tenancy";
import type { Ctx } from "#server/lib/context";
import { lockModel, noModel } from "./internal";
import { type ModelImpact, modelImpact } from "./model-impact";
import type { ModelField } from "./schema";

/** What saving these fields would change, and for whom. Nothing is written. */
export async function previewModel(ctx: Ctx, input: { key: string; fields: readonly ModelField[] }): Promise<{ changes: ModelImpact[] }> {
  const row = await withScope(ctx, (tx) => lockModel(ctx, tx, input.key));
  if (!row) throw noModel(input.key);
  return { changes: await modelImpact(ctx, input.key, row.fields, input.fields) };
}
